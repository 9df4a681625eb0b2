//! What Thunderbird's tests share: in-memory adapters, contract suites, doubles and builders.
//!
//! Test code: it may panic, and says what went wrong when it does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "a test double that cannot go on fails its test"
)]

pub mod accounts;
pub mod bent_forecasts;
pub mod caller;
pub mod catalogue;
pub mod clock;
pub mod contract;
pub mod crypto;
pub mod entropy;
mod eventually;
pub mod fake_forecast;
pub mod fake_smtp;
pub mod fake_twilio;
pub mod forecast_oracle;
pub mod forecaster;
pub mod gateway;
pub mod hostile;
pub mod hunt;
pub mod legacy;
pub mod memory;
pub mod pager;
pub mod postgres;
mod request_head;
pub mod service;
pub mod watchdog;

pub use eventually::{eventually, eventually_holds};
