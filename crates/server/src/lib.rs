//! The thunderbird binary: HTTP, command line, workers and composition.

pub mod cli;
pub mod config;
pub mod http;
mod limits;
pub mod metrics;
pub mod telemetry;
pub mod wiring;
pub mod worker;
