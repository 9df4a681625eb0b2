//! Webhooks of the SMS provider.

pub mod inbound;
mod lanes;

pub use lanes::SenderLanes;
