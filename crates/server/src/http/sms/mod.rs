//! Webhooks of the SMS provider.

pub mod inbound;
mod lanes;
pub mod status;

pub use lanes::SenderLanes;
