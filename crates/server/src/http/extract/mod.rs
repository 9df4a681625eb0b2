//! What a handler asks of a request: each extractor refuses with a [`Problem`](super::problem::Problem).
//!
//! A guard (`Caller` and its like) is a handler's *first* argument, so that a stranger is sent away before his body is
//! read.

pub mod body;
pub mod caller;
pub mod client_addr;
pub mod console;
pub mod current_admin;
mod document;
pub mod form;
pub mod json;
pub mod page;
pub mod signed_form;

pub use caller::Caller;
pub use client_addr::ClientAddr;
pub use form::Form;
pub use json::Json;
pub use page::{Page, PageQuery};
