//! The port that carries out what an operator decides.

use super::{Queueing, Removal, RemoveUser, Resent};
use crate::{
    audit::AuditEvent,
    id::{MessageId, UserId},
    opt_out::OptOutChange,
    outgoing::OutgoingText,
    port::{Commit, PortFuture},
    time::Timestamp,
    user::UserChange,
};

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

    /// Records or clears an opt-out. False when it changed nothing.
    fn change_opt_out(&self, change: OptOutChange, audit: AuditEvent) -> PortFuture<'_, bool>;

    /// Writes an audit event and nothing else, so that what it permits is never shown without it.
    fn record(&self, audit: AuditEvent) -> PortFuture<'_, ()>;
}
