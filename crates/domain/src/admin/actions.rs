//! The port that carries out what an operator decides, and what it answers.

use crate::{
    audit::AuditEvent,
    id::{MessageId, UserId},
    opt_out::OptOutChange,
    outgoing::{Outgoing, OutgoingText},
    phone::PhoneChange,
    port::{Commit, PortFuture},
    time::Timestamp,
    user::UserChange,
};

/// A hiker whose time on the number ends by an operator's decision, and all that goes with it, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveUser {
    /// Hiker to remove.
    pub user: UserId,
    /// When the operator decided it.
    pub at: Timestamp,
    /// The end of the number's link, if it has one.
    pub link: Option<PhoneChange>,
    /// The mail to the account that the number was linked to.
    pub outgoing: Vec<Outgoing>,
    /// Events of the audit log.
    pub audit: Vec<AuditEvent>,
}

/// What a store answers to a removal.
#[must_use = "only a stored removal happened"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// The removal is stored.
    Stored,
    /// The number was linked, or its link ended, meanwhile; nothing was stored.
    Stale,
    /// The hiker does not exist any more, or never did.
    UnknownUser,
}

/// What became of the wish to send a text again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// It is queued again.
    Queued,
    /// It is not in a state that can be sent again.
    NotGivenUp,
    /// Its words were erased, or they carried a code.
    WordsGone,
    /// The number does not want our texts.
    OptedOut,
    /// The text does not exist.
    Unknown,
}

/// What became of a text that was to be queued.
#[must_use = "only a queued text is one"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queueing {
    /// It is queued.
    Queued,
    /// A text of this tag was queued before.
    QueuedBefore,
    /// The number does not want our texts.
    OptedOut,
}

/// Carries out what an operator decides. Each method is one commit with its audit, which is written only if something
/// was changed. Contract: `thunderbird_testkit::contract::admin_actions`.
pub trait AdminActions: Send + Sync {
    /// Registers a hiker and ends the conversation that the number may be in. [`Commit::Stale`], and nothing stored, if
    /// a live hiker has the number already, or if the number is not linked to the account of the new hiker.
    fn register_user(&self, change: UserChange, audit: AuditEvent) -> PortFuture<'_, Commit<UserId>>;

    /// Ends a hiker's time on the number and the number's link with it, as it was planned, and queues the mail: contacts
    /// hear nothing more, queued texts to them are withheld, history stays.
    ///
    /// [`Removal::Stale`], and nothing stored, when the number's link is not the one that the plan ends, or there is one
    /// and no plan.
    fn remove_user(&self, remove: RemoveUser) -> PortFuture<'_, Removal>;

    /// Queues a text again, if [`super::SentText::resend`] lets it, until the instant that it says.
    fn resend(&self, message: MessageId, at: Timestamp, audit: AuditEvent) -> PortFuture<'_, Resent>;

    /// Queues a text, unless one of its tag was queued before or the number is opted out.
    fn send(&self, text: OutgoingText, audit: AuditEvent) -> PortFuture<'_, Queueing>;

    /// Records or clears an opt-out, and queues the texts to the hikers who must know of it. False, and nothing queued,
    /// when it changed nothing.
    fn change_opt_out(
        &self,
        change: OptOutChange,
        outgoing: Vec<Outgoing>,
        audit: AuditEvent,
    ) -> PortFuture<'_, bool>;

    /// Writes an audit event and nothing else, so that what it permits is never shown without it.
    fn record(&self, audit: AuditEvent) -> PortFuture<'_, ()>;
}
