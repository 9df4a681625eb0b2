//! Is it up, is it ready, is it healthy.

pub mod alive;
pub mod clock;
pub mod hearing;
pub mod ready;
pub mod report;
pub mod report_legacy;
pub mod rounds;
pub mod upstream;
