//! Twilio: webhooks in, answers back, texts out.

pub mod answer;
pub mod answer_date;
mod call;
pub mod call_webhook;
pub mod client;
mod date;
pub mod error_code;
mod form_value;
mod reading;
pub mod received;
mod received_page;
pub mod signature;
mod signed_string;
pub mod spoken;
pub mod status;
pub mod survey;
pub mod twiml;
mod variant;
pub mod webhook;
