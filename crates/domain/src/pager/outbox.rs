//! Pages in the outbox: what their rows carry.

use crate::{
    id::PageId,
    outbox::{message::Payload, state::SendState},
    page::{Page, PageKind},
};

/// A page as the outbox sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePayload {
    /// What it tells of.
    pub kind: PageKind,
    /// The title that it has.
    pub title: String,
    /// The console's page about it.
    pub link: String,
}

impl Payload for PagePayload {
    type Id = PageId;
    type Queued = Page;
    type Receipt = ();

    const TAKEN_OVER: SendState = SendState::Sent;
}
