//! The session: what a sign-in starts, what a refresh token belongs to, and when it is over.

use std::time::Duration;

use super::{OpaqueToken, SealedToken};
use crate::{
    id::{AccountId, SessionId},
    port::{Change, Revision},
    secret::TokenDigest,
    time::Timestamp,
};

/// A session that was not seen for this long is over.
pub const IDLE_LIFE: Duration = Duration::from_hours(14 * 24);
/// A session is over this long after its start, whatever happens in it (NIST SP 800-63B-4, AAL1).
pub const WHOLE_LIFE: Duration = Duration::from_hours(30 * 24);
/// Live sessions of one account; starting one more ends the one that was not seen for longest.
pub const SESSIONS_PER_ACCOUNT: usize = 10;

const LONGEST_USER_AGENT: usize = 200;

/// What a client calls itself, for the list of sessions: at most 200 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent(Box<str>);

impl UserAgent {
    /// What is left of a header's value; `None` when nothing is.
    pub fn parse(raw: &str) -> Option<Self> {
        let printable = |letter: &char| matches!(letter, ' '..='~');
        let kept: String = raw
            .trim()
            .chars()
            .filter(printable)
            .take(LONGEST_USER_AGENT)
            .collect();
        (!kept.is_empty()).then(|| Self(kept.into()))
    }

    /// The text that is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its client signed out.
    LoggedOut,
    /// The owner ended it from another session.
    EndedByOwner,
    /// An operator ended every session of the account.
    EndedByOperator,
    /// A refresh token was presented again after its successor was used.
    Reused,
    /// The account had too many sessions, and this one was idle for longest.
    Surplus,
    /// The password was changed in another session.
    PasswordChanged,
    /// The password was reset by mail.
    PasswordReset,
    /// The account was disabled.
    Disabled,
    /// The account was deleted.
    Deleted,
    /// The operator replaced the key ring.
    KeysReplaced,
    /// Its time was over.
    Expired,
}

crate::word::word_enum!(EndReason {
    LoggedOut => "logged_out",
    EndedByOwner => "ended_by_owner",
    EndedByOperator => "ended_by_operator",
    Reused => "reused",
    Surplus => "surplus",
    PasswordChanged => "password_changed",
    PasswordReset => "password_reset",
    Disabled => "disabled",
    Deleted => "deleted",
    KeysReplaced => "keys_replaced",
    Expired => "expired",
});

/// A client's stay, from its sign-in on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id of the session.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last refreshed, or first used after a refresh.
    pub last_seen_at: Timestamp,
    /// What its client calls itself.
    pub user_agent: Option<UserAgent>,
    /// Its end, whatever happens in it.
    pub expires_at: Timestamp,
    /// Its end, if it is not seen until then.
    pub idle_expires_at: Timestamp,
    /// Which refresh token is current, counted from 1.
    pub generation: i64,
    /// The current refresh token.
    pub current: TokenDigest,
    /// Whether the current refresh token, or an access token that came with it, was used.
    pub used: bool,
    /// The current refresh token, readable for the holder of the one before; dropped at its first use.
    pub successor: Option<SealedToken>,
    /// When and why it ended. A session whose time is over has ended once that was seen and written down: a clock that
    /// is set back afterwards does not bring it back.
    pub ended: Option<(Timestamp, EndReason)>,
    /// The state that a change replaces.
    pub revision: Revision,
}

/// What presenting a refresh token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// The session has ended; nothing changes.
    Over,
    /// The session's time is over, which is to be written down: a clock that is set back must not revive it.
    Expired,
    /// The token was current: its successor is from now on.
    Rotate(Change<Session>),
    /// The answer with the current token may have been lost; here it is again. Nothing changes.
    Again(SameToken),
    /// A token that was replaced and must have been copied: the session ends.
    Reused(Change<Session>),
}

/// A token that its holder is given once more.
#[derive(Debug, Clone)]
pub struct SameToken(pub OpaqueToken);

impl PartialEq for SameToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.digest() == other.0.digest()
    }
}

impl Eq for SameToken {}

impl Session {
    /// Whether the session is neither ended nor past its time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires_at && now < self.idle_expires_at
    }

    /// What presenting `token`, its refresh token of `generation`, leads to; `successor` is a fresh token.
    pub fn present(
        &self,
        (token, generation): (&OpaqueToken, i64),
        successor: &OpaqueToken,
        now: Timestamp,
    ) -> Presented {
        if self.ended.is_some() {
            return Presented::Over;
        }
        if !self.is_live(now) {
            return Presented::Expired;
        }
        if generation == self.generation {
            return Presented::Rotate(self.becomes(|next| {
                next.generation += 1;
                next.current = successor.digest();
                next.used = false;
                next.successor = Some(token.seal(successor));
                next.see(now);
            }));
        }
        match self.lost_answer(token, generation) {
            Some(current) => Presented::Again(SameToken(current)),
            None => Presented::Reused(self.becomes(|next| {
                next.successor = None;
                next.ended = Some((now, EndReason::Reused));
            })),
        }
    }

    /// The current token, if `token` is the one before and the current one was never used.
    fn lost_answer(&self, token: &OpaqueToken, generation: i64) -> Option<OpaqueToken> {
        if self.used || generation + 1 != self.generation {
            return None;
        }
        token.open(self.successor.as_ref()?, &self.current)
    }

    /// Remembers that its current token, or an access token that came with it, was used.
    pub fn mark_used(&mut self, now: Timestamp) {
        self.used = true;
        self.successor = None;
        self.see(now);
    }

    fn see(&mut self, now: Timestamp) {
        self.last_seen_at = self.last_seen_at.max(now);
        self.idle_expires_at = self.idle_expires_at.max(now.plus(IDLE_LIFE)).min(self.expires_at);
    }

    /// When its time is, or was, over.
    pub fn time_over_at(&self) -> Timestamp {
        self.expires_at.min(self.idle_expires_at)
    }

    fn becomes(&self, change: impl FnOnce(&mut Self)) -> Change<Self> {
        let mut state = self.clone();
        change(&mut state);
        Change {
            replaces: self.revision,
            state,
        }
    }

    /// Which of an account's sessions must end, so that one more can start.
    pub fn surplus(sessions: &[Self], now: Timestamp) -> Vec<SessionId> {
        let mut live: Vec<_> = sessions.iter().filter(|session| session.is_live(now)).collect();
        live.sort_by_key(|session| {
            (
                std::cmp::Reverse(session.last_seen_at),
                std::cmp::Reverse(session.id),
            )
        });
        live.iter()
            .skip(SESSIONS_PER_ACCOUNT - 1)
            .map(|session| session.id)
            .collect()
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
