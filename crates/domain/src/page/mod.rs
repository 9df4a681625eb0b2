//! Pages to the operator: which events are reported, how often, and in which words. Nothing here names a person or repeats
//! what a hiker wrote.

mod event;
mod kind;
mod mail;

pub use event::{OutgoingPage, Page, Pagers};
pub use kind::{PageKind, Urgency};
