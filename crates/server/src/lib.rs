//! The thunderbird binary: HTTP, command line, workers and composition.

pub mod http;
pub mod wiring;
