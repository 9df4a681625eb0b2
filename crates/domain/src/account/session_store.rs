//! The port that keeps sessions, and what it is handed.

use std::time::Duration;

use super::{EndReason, IDLE_LIFE, KnownDevice, Session, SigningDevice, UserAgent, WHOLE_LIFE};
use crate::{
    audit::AuditEvent,
    id::{AccountId, SessionId},
    limit::{Limit, LimitKey},
    outgoing::Outgoing,
    port::{Change, Commit, PortFuture, Revision},
    random::Tag,
    secret::TokenDigest,
    time::Timestamp,
};

/// As much of a session as every authenticated request looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionStatus {
    /// Whose session it is.
    pub account: AccountId,
    /// Its end, whatever happens in it.
    pub expires_at: Timestamp,
    /// Its end, if it is not seen until then.
    pub idle_expires_at: Timestamp,
    /// Which refresh token is current.
    pub generation: i64,
    /// Whether that one, or an access token that came with it, was used.
    pub used: bool,
    /// Whether the session has ended, its time being over included once that was written down.
    pub ended: bool,
}

impl SessionStatus {
    /// Whether the session is neither ended nor past its time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.ended && now < self.expires_at && now < self.idle_expires_at
    }
}

/// A new session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStart {
    /// Names the session before it has an id.
    pub tag: Tag,
    /// Account that the session belongs to.
    pub account: AccountId,
    /// The account's state in which the password was verified.
    pub verified: Revision,
    /// Its first refresh token.
    pub refresh: TokenDigest,
    /// What its client calls itself.
    pub user_agent: Option<UserAgent>,
    /// The device on which it begins.
    pub device: SigningDevice,
    /// When the sign-in happens (UTC).
    pub at: Timestamp,
    /// Limits that must still allow the sign-in: guesses made meanwhile may have closed one.
    pub limits: Vec<Limit>,
    /// What the session is counted under; these must allow it, too.
    pub counts: Vec<Limit>,
    /// The counter that the sign-in clears.
    pub clears: LimitKey,
    /// What is written into the audit log, once for the session and once for each that it ends; the store adds the
    /// session's id, and the reason of an end.
    pub audit: StartAudit,
}

impl Session {
    /// A session of generation 1, as a store keeps it under `id`.
    pub fn begin(id: SessionId, start: &SessionStart) -> Self {
        Self {
            id,
            account: start.account,
            started_at: start.at,
            last_seen_at: start.at,
            user_agent: start.user_agent.clone(),
            expires_at: start.at.plus(WHOLE_LIFE),
            idle_expires_at: start.at.plus(IDLE_LIFE),
            generation: 1,
            current: start.refresh,
            used: false,
            successor: None,
            ended: None,
            revision: Revision::At(Revision::Absent.next()),
        }
    }
}

/// The audit of a session's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartAudit {
    /// For the new session.
    pub started: AuditEvent,
    /// For each session that ends because there are too many, or because its time is over.
    pub ended: AuditEvent,
}

/// What became of a sign-in.
#[must_use = "only a stored session is one"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It is stored, and the counter cleared.
    Stored(SessionId),
    /// The account is no longer as it was verified, or the device was forgotten; nothing was stored.
    Stale,
    /// A limit refuses by now; nothing was stored.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

/// A session's new state, with what leaves and is written only if it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionChange {
    /// The state and what it replaces.
    pub change: Change<Session>,
    /// When the session changes (UTC).
    pub at: Timestamp,
    /// What is sent.
    pub outgoing: Vec<Outgoing>,
    /// What is written into the audit log.
    pub audit: Vec<AuditEvent>,
}

/// Which of an account's sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichSessions {
    /// Only the session with this id.
    One(SessionId),
    /// Every session of the account.
    All,
    /// Every one but this.
    AllBut(SessionId),
}

/// Ends sessions before their time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSessions {
    /// Account whose sessions end.
    pub account: AccountId,
    /// Which of them.
    pub which: WhichSessions,
    /// When they end (UTC).
    pub at: Timestamp,
    /// Why they end.
    pub reason: EndReason,
    /// What is written into the audit log for each session that ends; the store adds the session's id and the reason.
    pub audit: AuditEvent,
}

impl EndSessions {
    /// Whether the devices on which these sessions began last are forgotten with them. Only who signs out where they are
    /// stays known there.
    pub fn forgets_devices(&self) -> bool {
        !matches!(
            (self.which, self.reason),
            (WhichSessions::One(_), EndReason::LoggedOut)
        )
    }
}

/// Ends sessions whose time was over by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireSessions {
    /// Whose; `None` for everybody's.
    pub account: Option<AccountId>,
    /// The instant at which it is judged.
    pub at: Timestamp,
    /// What is written into the audit log for each session that ends; the store adds the account as
    /// [`crate::audit::Subject::Stored`], the session's id and the reason.
    pub audit: AuditEvent,
}

/// Most sessions that one commit ends for their time.
pub const EXPIRED_AT_ONCE: usize = 200;

/// Keeps sessions. Contract: `thunderbird_testkit::contract::session`.
pub trait SessionStore: Send + Sync {
    /// What every authenticated request looks at; one indexed read. `None` for an id that was never given.
    fn session_status(&self, id: SessionId) -> PortFuture<'_, Option<SessionStatus>>;

    /// The session that a refresh token belongs to, however old the token, and the token's generation.
    fn by_refresh(&self, digest: TokenDigest) -> PortFuture<'_, Option<(Session, i64)>>;

    /// An account's sessions that have not ended, newest first; their time may be over.
    fn of_account(&self, account: AccountId) -> PortFuture<'_, Vec<Session>>;

    /// The device that a token was given to, unless it was forgotten. It may be another account's, and its time may be
    /// over.
    fn device(&self, token: TokenDigest) -> PortFuture<'_, Option<KnownDevice>>;

    /// Starts a session of generation 1, ends those of [`Session::surplus`] and those whose time is over, clears the
    /// counter and writes the audit. Its device has signed in just now; one that is new is remembered, and those of
    /// [`KnownDevice::surplus`] are forgotten.
    ///
    /// Nothing is stored when the account is disabled or not at the revision in which it was verified, or its device was
    /// forgotten ([`Started::Stale`]), or a limit refuses by now ([`Started::Throttled`]).
    fn start(&self, start: SessionStart) -> PortFuture<'_, Started>;

    /// Remembers that the token of `generation`, or an access token that came with it, was used, as
    /// [`Session::mark_used`] says. Nothing changes when the session is at another generation or has ended.
    fn mark_used(&self, id: SessionId, generation: i64, at: Timestamp) -> PortFuture<'_, ()>;

    /// Stores a session's new state, its token if that is new, and its audit, and queues what leaves. If it has ended, the
    /// device on which it began is forgotten.
    ///
    /// [`Commit::Stale`], and nothing stored or queued, unless the session is at the revision that is replaced; of
    /// many at once, one is stored. [`Self::mark_used`] and [`Self::end`] make a revision of their own.
    fn commit(&self, change: SessionChange) -> PortFuture<'_, Commit>;

    /// Ends sessions that have not ended yet, with an audit line each, and says how many. The devices on which they began
    /// last are forgotten, if [`EndSessions::forgets_devices`]; for all sessions that is every device of the account.
    fn end(&self, end: EndSessions) -> PortFuture<'_, usize>;

    /// Ends expired sessions at [`Session::time_over_at`], oldest expiry first, at most [`EXPIRED_AT_ONCE`]. Writes one
    /// audit line for each and returns how many ended. A session that was refreshed in the meantime is kept.
    fn expire(&self, expire: ExpireSessions) -> PortFuture<'_, usize>;
}
