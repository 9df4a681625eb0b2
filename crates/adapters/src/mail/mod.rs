//! Mail, over SMTP.

pub mod smtp;
