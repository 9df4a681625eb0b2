//! The outbox port: texts that wait, are leased for sending and settled, and what the provider says of them later.

pub use super::delivery::Callback;
use super::{
    delivery::Delivery,
    gateway::{MessageSid, ProviderStatus},
    price::Price,
};
use crate::{
    id::MessageId,
    opt_out::OptOutChange,
    outbox::state::{Ended, SendState},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

impl From<ProviderStatus> for SendState {
    fn from(status: ProviderStatus) -> Self {
        match status {
            ProviderStatus::Accepted => Self::Accepted,
            ProviderStatus::Sent => Self::Sent,
            ProviderStatus::Failed => Self::Ended(Ended::Failed),
            ProviderStatus::Undelivered => Self::Undelivered,
            ProviderStatus::Delivered => Self::Delivered,
        }
    }
}

/// What is known of a queued text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which text.
    pub id: MessageId,
    /// Where it stands.
    pub state: SendState,
    /// The provider's name for it.
    pub sid: Option<MessageSid>,
    /// The provider's newest error code.
    pub code: Option<u32>,
    /// Billed segments, 0 before it was accepted.
    pub segments: u32,
    /// What it costs, once it was accepted.
    pub price: Option<Price>,
    /// How often it was claimed.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// Whether its words are still kept.
    pub has_words: bool,
}

/// What a worker asks for: texts of one class that are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseOrder {
    /// Of which class.
    pub class: Class,
    /// At most so many (and never more than [`MAX_LEASE`]).
    pub limit: usize,
    /// Names the lease; only its holder may settle.
    pub lease: Tag,
    /// The present.
    pub now: Timestamp,
    /// When the lease ends by itself; whatever it still holds is then ambiguous.
    pub until: Timestamp,
    /// Texts of all classes that may be claimed in a day (UTC) before this class has to wait; `None` never waits.
    /// A text counts once, at its first attempt.
    pub daily_room: Option<u32>,
}

/// Most texts that one lease takes.
pub const MAX_LEASE: usize = 256;

/// A text that its holder alone may send now, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedText {
    /// Its row.
    pub id: MessageId,
    /// Names the row towards the sealer.
    pub tag: Tag,
    /// The lease that holds it.
    pub lease: Tag,
    /// Who receives it.
    pub to: PhoneNumber,
    /// How urgent it is.
    pub class: Class,
    /// What it says; `None` once it was erased.
    pub words: Option<Words>,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// How many of its attempts had an end that nobody knows.
    pub ambiguous: u32,
}

/// What a lease took, and what it ended on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leased {
    /// To be sent, in the order of queueing; at most one per recipient.
    pub texts: Vec<LeasedText>,
    /// Ended because the recipient has opted out.
    pub withheld: u32,
    /// Ended because their life was over.
    pub expired: u32,
    /// Whether texts wait because of the daily cap.
    pub capped: bool,
    /// Texts of all classes claimed today.
    pub claimed_today: u32,
}

/// What becomes of a leased text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider has it.
    Accepted {
        /// The provider's name for it, unless its answer could not be read.
        sid: Option<MessageSid>,
        /// Billed segments.
        segments: u32,
        /// What it costs, an estimate until it is read back.
        price: Price,
    },
    /// It waits for another attempt.
    Again {
        /// Not before this instant.
        at: Timestamp,
        /// Whether nobody knows if this attempt reached the recipient.
        ambiguous: bool,
        /// The provider's error code.
        code: Option<u32>,
    },
    /// It ends here.
    Ended {
        /// How.
        state: Ended,
        /// The provider's error code.
        code: Option<u32>,
        /// Whether nobody knows if this attempt reached the recipient.
        ambiguous: bool,
    },
}

/// The end of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which text.
    pub id: MessageId,
    /// The lease under which it was sent.
    pub lease: Tag,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: SendOutcome,
    /// What this tells about the recipient.
    pub opt_out: Option<OptOutChange>,
}

/// What a callback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackResult {
    /// It is part of the text's state now.
    Applied,
    /// The same was said before: nothing changed.
    Repeated,
    /// The sid is not known yet: kept, and applied when it is.
    Kept,
}

/// A text whose price is to be read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Which text.
    pub id: MessageId,
    /// The provider's name for it.
    pub sid: MessageSid,
    /// How often it was read already since its last state.
    pub readings: u32,
    /// How far it has come.
    pub delivery: Delivery,
}

/// What reading a text back told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which text.
    pub id: MessageId,
    /// When it was read.
    pub at: Timestamp,
    /// The provider's word on its delivery, if it gave one.
    pub delivery: Option<Delivery>,
    /// What it cost, if known.
    pub price: Option<Price>,
    /// Billed segments, if known.
    pub segments: Option<u32>,
    /// When to read it again.
    pub again_at: Option<Timestamp>,
}

/// Keeps the texts to send. Contract: `thunderbird_testkit::contract::outbox`.
pub trait Outbox: Send + Sync {
    /// Queues texts that belong to no other change, such as an operator's test. A tag that is queued stays as it is.
    fn queue(&self, texts: Vec<OutgoingText>, at: Timestamp) -> PortFuture<'_, ()>;

    /// What is known of the text with this tag.
    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress>>;

    /// Claims due texts of one class, of each recipient only the earliest that is not ended, in order of queueing.
    ///
    /// In the commit of the claim: a text with less than a second of life ends as expired, one whose recipient has
    /// opted out as withheld, and beyond `daily_room` nothing is claimed. No text is claimed by two leases.
    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased>;

    /// Ends leases, all settlements or none. One whose lease no longer holds the text changes nothing, except that a
    /// text known to be accepted is never sent again. Callbacks that came early are applied; sealed words are erased.
    fn settle(&self, settlements: Vec<Settlement>) -> PortFuture<'_, ()>;

    /// Texts whose lease ended before `now` without being settled, at most `limit`; they stay leased.
    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedText>>;

    /// Takes a callback: once per (sid, status, code), in any order, also before the sid is known. A code that means
    /// an opt-out records one for the recipient.
    fn hear(&self, callback: Callback) -> PortFuture<'_, CallbackResult>;

    /// Texts that are due for reading back, at most `limit`.
    fn unread(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<Unread>>;

    /// Stores what reading back told, all readings or none; delivery never goes backwards.
    fn record(&self, readings: Vec<Reading>) -> PortFuture<'_, ()>;

    /// Erases sealed words whose secret has expired, and callbacks that no text claimed within a day; at most 500
    /// rows of each. Returns how many rows it changed.
    fn erase(&self, now: Timestamp) -> PortFuture<'_, usize>;
}
