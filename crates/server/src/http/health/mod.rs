//! Is it up, is it ready, is it healthy.

pub mod alive;
pub mod partner;
pub mod ready;
pub mod report;
pub mod report_legacy;
