//! The ports that keep administrators and their sessions.

use std::time::Duration;

use super::{Admin, AdminName, AdminSession, Role};
use crate::{
    account::password::PasswordHash,
    audit::AuditEvent,
    id::AdminId,
    limit::{Limit, LimitKey},
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
    /// When the change happens (UTC): sessions end and a recovery code is used at this instant.
    pub at: Timestamp,
    /// The recovery code that is used up by this; it must be unused still.
    pub spends: Option<TokenDigest>,
    /// The recovery codes that replace all earlier ones.
    pub recovery: Option<Vec<TokenDigest>>,
    /// Counters that are cleared.
    pub clears: Vec<LimitKey>,
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
    /// The change that uses up the code that was given for it.
    pub spends: Option<AdminCommit>,
    /// What the attempt was counted under before it was judged.
    pub limits: Vec<Limit>,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// The counter that begins again with this session.
    pub clears: Option<LimitKey>,
    /// Written in the same commit.
    pub audit: AuditEvent,
}

/// What became of a session that was to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It has begun.
    Stored,
    /// The limits refuse it.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The administrator has changed, or the code is used up.
    Stale,
}

/// Keeps the console's sessions. Contract: `thunderbird_testkit::contract::admin_sessions`.
pub trait AdminSessions: Send + Sync {
    /// Begins a session, ending the one it replaces, uses the code up, and takes back what was counted. Unless it answers
    /// [`Begun::Stored`], nothing is stored, and the attempt stays counted: the limits refuse even without it, or the change
    /// is stale.
    fn begin(&self, new: NewAdminSession) -> PortFuture<'_, Begun>;

    /// The session of this digest and whose it is, unless it has ended.
    fn by_digest(&self, digest: TokenDigest) -> PortFuture<'_, Option<(AdminSession, Admin)>>;

    /// Writes down that the session was used.
    fn seen(&self, digest: TokenDigest, at: Timestamp) -> PortFuture<'_, ()>;

    /// Ends a session; ending an ended one changes nothing but the audit log.
    fn end(&self, digest: TokenDigest, audit: AuditEvent) -> PortFuture<'_, ()>;
}
