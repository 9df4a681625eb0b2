//! The ports that keep administrators and their sessions, and carry out an operator's decisions.

use super::{Admin, AdminName, AdminSession, Queueing, Removal, RemoveUser, Resent, Role};
use crate::{
    account::password::PasswordHash,
    audit::AuditEvent,
    id::{AdminId, UserId},
    opt_out::OptOutChange,
    outgoing::OutgoingText,
    port::{Change, Commit, PortFuture},
    random::Tag,
    secret::TokenDigest,
    time::Timestamp,
};

/// An administrator to be made.
#[derive(Debug, Clone)]
pub struct NewAdmin {
    /// What its sealed values will be bound to.
    pub tag: Tag,
    /// What it signs in as.
    pub name: AdminName,
    /// What it may do.
    pub role: Role,
    /// Its password.
    pub password: PasswordHash,
    /// Now.
    pub created_at: Timestamp,
    /// Written in the same commit.
    pub audit: AuditEvent,
}

/// A change to an administrator with all that belongs to it, all or none.
#[derive(Debug, Clone)]
pub struct AdminCommit {
    /// The administrator.
    pub change: Change<Admin>,
    /// The recovery code that is used up by this; it must be unused still.
    pub spends: Option<TokenDigest>,
    /// The recovery codes that replace all earlier ones.
    pub recovery: Option<Vec<TokenDigest>>,
    /// Whether every session of the administrator ends.
    pub ends_sessions: bool,
    /// Written in the same commit.
    pub audit: Vec<AuditEvent>,
}

/// Keeps administrators. Contract: `thunderbird_testkit::contract::admin_store`.
pub trait AdminStore: Send + Sync {
    /// The administrator of this name.
    fn by_name(&self, name: &AdminName) -> PortFuture<'_, Option<Admin>>;

    /// The administrator with this id.
    fn by_id(&self, id: AdminId) -> PortFuture<'_, Option<Admin>>;

    /// Every administrator, by name.
    fn list(&self) -> PortFuture<'_, Vec<Admin>>;

    /// Makes an administrator. [`Commit::Stale`], and nothing stored, when the name is taken.
    fn create(&self, new: NewAdmin) -> PortFuture<'_, Commit<AdminId>>;

    /// Whether the administrator holds this recovery code, unused.
    fn has_recovery_code(&self, id: AdminId, digest: TokenDigest) -> PortFuture<'_, bool>;

    /// Stores the change and all that belongs to it. [`Commit::Stale`], and nothing stored, unless the administrator is
    /// still at the revision and the recovery code, if one is spent, still unused.
    fn commit(&self, commit: AdminCommit) -> PortFuture<'_, Commit>;
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewAdminSession {
    /// The session.
    pub session: AdminSession,
    /// The session that ends as this one begins.
    pub replaces: Option<TokenDigest>,
    /// Written in the same commit.
    pub audit: AuditEvent,
}

/// Keeps the console's sessions. Contract: `thunderbird_testkit::contract::admin_sessions`.
pub trait AdminSessions: Send + Sync {
    /// Begins a session, ending the one it replaces.
    fn begin(&self, new: NewAdminSession) -> PortFuture<'_, ()>;

    /// The session of this digest and whose it is, unless it has ended.
    fn by_digest(&self, digest: TokenDigest) -> PortFuture<'_, Option<(AdminSession, Admin)>>;

    /// Writes down that the session was used.
    fn seen(&self, digest: TokenDigest, at: Timestamp) -> PortFuture<'_, ()>;

    /// Ends a session; ending an ended one changes nothing but the audit log.
    fn end(&self, digest: TokenDigest, audit: AuditEvent) -> PortFuture<'_, ()>;
}

/// Carries out what an operator decides; each method is one commit with its audit, which is written only when something
/// was changed. Contract: `thunderbird_testkit::contract::console_actions`.
pub trait ConsoleActions: Send + Sync {
    /// Registers a hiker, who joins the account that the number is linked to, and ends the conversation that the number
    /// may be in. [`Commit::Stale`], and nothing stored, when the number is a live hiker's already.
    fn register_user(&self, user: super::NewUser, audit: AuditEvent) -> PortFuture<'_, Commit<UserId>>;

    /// Puts a live hiker on another route and clears the position. False when there is no such live hiker.
    fn change_route(&self, user: UserId, route: String, audit: AuditEvent) -> PortFuture<'_, bool>;

    /// Ends a hiker's time on the number and the number's link with it, as it was planned, and queues the mail: contacts
    /// hear nothing more, queued texts to them are withheld, history stays.
    ///
    /// [`Removal::Stale`], and nothing stored, when the number's link is not the one that the plan ends, or there is one
    /// and no plan.
    fn remove_user(&self, remove: RemoveUser) -> PortFuture<'_, Removal>;

    /// Queues a text again, if [`super::SentText::resend`] lets it, until the instant that it says.
    fn resend(&self, message: i64, at: Timestamp, audit: AuditEvent) -> PortFuture<'_, Resent>;

    /// Queues a text, unless one of its tag was queued before or the number is opted out.
    fn send(&self, text: OutgoingText, audit: AuditEvent) -> PortFuture<'_, Queueing>;

    /// Records or clears an opt-out. False when it changed nothing.
    fn change_opt_out(&self, change: OptOutChange, audit: AuditEvent) -> PortFuture<'_, bool>;

    /// Writes an audit event and nothing else, so that what it permits is never shown without it.
    fn record(&self, audit: AuditEvent) -> PortFuture<'_, ()>;
}
