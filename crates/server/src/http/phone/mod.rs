//! The link between the caller's account and a phone.

pub mod confirm;
pub mod release;
pub mod start;
pub mod text_in;

pub use self::start::not_textable;
