//! The thunderbird binary: HTTP, command line, workers and composition.

pub mod config;
pub mod http;
pub mod wiring;
