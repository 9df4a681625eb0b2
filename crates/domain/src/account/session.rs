//! The session: what a sign-in starts, what a refresh token belongs to, and when it is over.

use std::time::Duration;

use super::{AccountId, OpaqueToken, SealedToken, SessionStart};
use crate::{
    port::{Change, Revision},
    secret::TokenDigest,
    time::Timestamp,
    token::SessionId,
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

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a session ended before its time.
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
}

impl EndReason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::LoggedOut,
        Self::EndedByOwner,
        Self::EndedByOperator,
        Self::Reused,
        Self::Surplus,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::Disabled,
        Self::Deleted,
        Self::KeysReplaced,
    ];

    /// Its name in the store and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::EndedByOwner => "ended_by_owner",
            Self::EndedByOperator => "ended_by_operator",
            Self::Reused => "reused",
            Self::Surplus => "surplus",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
            Self::KeysReplaced => "keys_replaced",
        }
    }

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// A client's stay, from its sign-in on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
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
    /// When and why it ended before its time.
    pub ended: Option<(Timestamp, EndReason)>,
    /// The state that a change replaces.
    pub revision: Revision,
}

/// What presenting a refresh token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// The session is over; nothing changes.
    Over,
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
        if !self.is_live(now) {
            return Presented::Over;
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
        self.idle_expires_at = self.idle_expires_at.max(now.plus(IDLE_LIFE));
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
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn after(days: u64) -> Timestamp {
        NOON.plus(Duration::from_hours(days * 24))
    }

    fn token(fill: u8) -> OpaqueToken {
        OpaqueToken::parse(&format!("{fill:02x}").repeat(32)).unwrap()
    }

    /// A session of generation 1, whose token is `token(1)`.
    fn begun() -> Session {
        Session {
            id: SessionId::from_stored(7),
            account: AccountId::from_stored(3),
            started_at: NOON,
            last_seen_at: NOON,
            user_agent: None,
            expires_at: NOON.plus(WHOLE_LIFE),
            idle_expires_at: NOON.plus(IDLE_LIFE),
            generation: 1,
            current: token(1).digest(),
            used: false,
            successor: None,
            ended: None,
            revision: Revision::At(1),
        }
    }

    /// The session after its token of the first generation was traded for `token(2)`.
    fn rotated() -> Session {
        match begun().present((&token(1), 1), &token(2), NOON) {
            Presented::Rotate(change) => change.state,
            other => panic!("{other:?}"),
        }
    }

    fn present(session: &Session, fill: u8) -> Presented {
        session.present((&token(fill), i64::from(fill)), &token(99), NOON)
    }

    #[test]
    fn the_current_token_is_traded_for_a_successor() {
        let next = rotated();
        assert_eq!(
            (next.generation, next.current, next.used),
            (2, token(2).digest(), false)
        );
        assert!(matches!(present(&next, 2), Presented::Rotate(change) if change.state.generation == 3));
    }

    #[test]
    fn a_lost_answer_is_given_again_however_often_it_is_asked_for() {
        let next = rotated();
        for days in [0, 1, 13] {
            let again = next.present((&token(1), 1), &token(99), after(days));
            assert_eq!(again, Presented::Again(SameToken(token(2))), "{days}");
        }
    }

    #[test]
    fn a_token_is_reused_once_its_successor_was_used() {
        let mut next = rotated();
        next.mark_used(NOON);
        assert_eq!(next.successor, None);
        let Presented::Reused(change) = present(&next, 1) else {
            panic!()
        };
        assert_eq!(change.state.ended, Some((NOON, EndReason::Reused)));
        assert_eq!(change.replaces, next.revision);
        assert_eq!(present(&change.state, 2), Presented::Over);
    }

    #[test]
    fn a_token_older_than_the_last_but_one_is_reused_even_if_nothing_was_used() {
        let Presented::Rotate(third) = present(&rotated(), 2) else {
            panic!()
        };
        assert!(matches!(present(&third.state, 1), Presented::Reused(_)));
        assert!(matches!(present(&third.state, 2), Presented::Again(_)));
    }

    #[test]
    fn two_weeks_without_a_sign_or_thirty_days_in_all_end_a_session() {
        assert!(begun().is_live(after(14).minus(Duration::from_micros(1))));
        assert_eq!(
            begun().present((&token(1), 1), &token(2), after(14)),
            Presented::Over
        );
        let mut busy = begun();
        for day in (10..=20).step_by(10) {
            busy.mark_used(after(day));
        }
        assert!(busy.is_live(after(30).minus(Duration::from_micros(1))));
        assert!(!busy.is_live(after(30)));
    }

    #[test]
    fn a_clock_set_back_shortens_no_session() {
        let mut session = begun();
        session.mark_used(after(5));
        session.mark_used(after(1));
        assert_eq!(session.last_seen_at, after(5));
        assert!(session.is_live(after(18)));
    }

    #[test]
    fn the_sessions_idle_for_longest_are_surplus() {
        let sessions: Vec<_> = (0..12)
            .map(|age: i64| {
                let mut session = Session {
                    id: SessionId::from_stored(age + 1),
                    ..begun()
                };
                session.last_seen_at = after(1).minus(Duration::from_secs(u64::try_from(age).unwrap()));
                session
            })
            .collect();
        let surplus: Vec<_> = Session::surplus(&sessions, after(1))
            .iter()
            .map(|id| id.get())
            .collect();
        assert_eq!(surplus, [10, 11, 12]);
        assert!(Session::surplus(&sessions[..9], after(1)).is_empty());
        assert!(Session::surplus(&sessions, after(15)).is_empty());
    }

    #[test]
    fn a_client_name_is_cut_to_what_a_list_can_show() {
        let shown = |raw: &str| UserAgent::parse(raw).map(|name| name.as_str().to_owned());
        assert_eq!(shown("curl/8.5"), Some("curl/8.5".to_owned()));
        assert_eq!(shown("a\u{1b}[31m\u{202e}b\r\n"), Some("a[31mb".to_owned()));
        assert_eq!(shown(&"x".repeat(999)).unwrap().len(), 200);
        assert_eq!(shown(" \t"), None);
    }
}
