//! Twilio: webhooks in, answers back.

pub mod signature;
pub mod twiml;
pub mod webhook;
