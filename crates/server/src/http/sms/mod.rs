//! Webhooks of the SMS provider.

pub mod inbound;
pub mod status;
