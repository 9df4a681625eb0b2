//! The route catalogue for anybody.

pub mod list;
pub mod one;
mod view;
