//! What a hiker's texts were, for the account that the hiker is linked to.

use crate::{
    id::{MessageId, UserId},
    port::PortFuture,
    time::Timestamp,
};

/// Which way a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the hiker.
    In,
    /// To the hiker, or to a contact on the hiker's behalf.
    Out,
}

/// A text that was received or sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedMessage {
    /// Id of its row.
    pub id: MessageId,
    /// Which way it went.
    pub direction: Direction,
    /// What it said; `None` when it was erased, or carries a code or a word.
    pub body: Option<String>,
    /// What became of it, in the store's own word.
    pub state: String,
    /// When it was received or queued.
    pub at: Timestamp,
}

/// Reads back what was texted. Contract: `thunderbird_testkit::contract::message_log`.
pub trait MessageLog: Send + Sync {
    /// A hiker's newest texts with an id below `before`, newest first, at most `limit`; only this hiker's. A secret is never
    /// opened for it.
    fn messages(
        &self,
        user: UserId,
        before: Option<MessageId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<LoggedMessage>>;
}
