//! Webhooks about calls: what to say, which key was pressed, and how far a call has come.

pub mod script;
mod signed;
pub mod status;

use signed::Signed;
