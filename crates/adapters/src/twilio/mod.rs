//! Twilio: webhooks in, answers back, texts out.

pub mod client;
pub mod error_code;
pub mod signature;
pub mod status;
pub mod twiml;
pub mod webhook;
