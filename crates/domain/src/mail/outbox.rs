//! The port that keeps the mails to send: they wait, are leased for sending, and settled.

use crate::{
    email::Email,
    id::MailId,
    outbox::state::{Ended, SendState},
    outgoing::{OutgoingMail, Words},
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

/// What is known of a queued mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which mail.
    pub id: MailId,
    /// Where it stands.
    pub state: SendState,
    /// How often it was claimed.
    pub attempts: u32,
    /// How many of its attempts had an end that nobody knows.
    pub ambiguous: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// The server's newest reply code.
    pub code: Option<u16>,
    /// Whether sealed words are still kept.
    pub has_sealed_words: bool,
}

/// What a worker asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseOrder {
    /// At most so many.
    pub limit: usize,
    /// Names the lease; only its holder may settle.
    pub lease: Tag,
    /// The present.
    pub now: Timestamp,
    /// When the lease ends by itself; whatever it still holds is then ambiguous.
    pub until: Timestamp,
}

/// A mail that its holder alone may send now, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedMail {
    /// Its row.
    pub id: MailId,
    /// Names the row towards the sealer and the mailbox.
    pub tag: Tag,
    /// The lease that holds it.
    pub lease: Tag,
    /// Who receives it.
    pub to: Email,
    /// Its subject line.
    pub subject: String,
    /// What it says; `None` once it was erased.
    pub words: Option<Words>,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// How many of its attempts had an end that nobody knows.
    pub ambiguous: u32,
}

/// What becomes of a leased mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// A server has it.
    Sent,
    /// It waits for another attempt.
    Again {
        /// Not before this instant.
        at: Timestamp,
        /// Whether nobody knows if this attempt reached the server.
        ambiguous: bool,
        /// The server's reply code.
        code: Option<u16>,
    },
    /// It ends here.
    Ended {
        /// How.
        state: Ended,
        /// The server's reply code.
        code: Option<u16>,
    },
}

/// The end of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Which mail.
    pub id: MailId,
    /// The lease under which it was sent.
    pub lease: Tag,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: SendOutcome,
}

/// Keeps the mails to send. Contract: `thunderbird_testkit::contract::mail_outbox`.
pub trait MailOutbox: Send + Sync {
    /// Queues mails that belong to no other change. A tag that is queued stays as it is.
    fn queue(&self, mails: Vec<OutgoingMail>, at: Timestamp) -> PortFuture<'_, ()>;

    /// What is known of the mail with this tag.
    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress>>;

    /// Claims due mails in the order of queueing. No mail is claimed by two leases.
    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Vec<LeasedMail>>;

    /// Ends leases, all settlements or none. One whose lease no longer holds the mail changes nothing, except that a
    /// mail known to be sent is never sent again. A mail that ends keeps no sealed words.
    fn settle(&self, settlements: Vec<Settlement>) -> PortFuture<'_, ()>;

    /// Mails whose lease ended at or before `now` without being settled, at most `limit`; they stay leased.
    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMail>>;

    /// Ends waiting mails with less than a second of life as expired, and erases sealed words whose secret has
    /// expired; at most 500 rows of each. Returns how many rows it changed.
    fn expire(&self, now: Timestamp) -> PortFuture<'_, usize>;
}
