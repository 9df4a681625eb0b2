//! Mail, over SMTP.

mod bounded;
pub mod smtp;
mod wrapped;
