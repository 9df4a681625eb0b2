//! The outside world, as the domain's ports see it. No HTTP server in here, and no decision.

pub mod catalogue;
pub mod clock;
pub mod contained;
pub mod crypto;
pub mod forecast;
pub mod legacy;
pub mod mail;
pub mod pager;
pub mod simulator;
pub mod store;
pub mod twilio;
pub mod watchdog;
