//! Texts in and out.

pub mod body;
pub mod gateway;
pub mod parts;
pub mod price;
