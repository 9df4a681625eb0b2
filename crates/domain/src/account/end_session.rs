//! Listing and ending sessions.

use super::{Accounts, Caller, EndReason, EndSessions, ExpireSessions, Session, WhichSessions};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::{AccountId, SessionId},
    port::Fault,
    time::Timestamp,
};

/// Why a session was not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndSessionError {
    /// The caller has no such session, or it is over.
    #[error("no such session")]
    Unknown,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// The caller's live sessions, newest first; those whose time is over are ended by it.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn list_sessions(&self, caller: Caller) -> Result<Vec<Session>, Fault> {
        let now = self.clock.now();
        let mut sessions = self.sessions.of_account(caller.account_id).await?;
        let known = sessions.len();
        sessions.retain(|session| session.is_live(now));
        if sessions.len() < known {
            self.expire_sessions(Some(caller.account_id), now).await?;
        }
        Ok(sessions)
    }

    /// Ends some of the sessions whose time is over, whoever's they are; says whether there may be more.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn end_expired_sessions(&self) -> Result<bool, Fault> {
        let ended = self.expire_sessions(None, self.clock.now()).await?;
        Ok(ended > 0)
    }

    /// Writes down that the time of sessions is over, so that it stays over whatever the clock says later.
    pub(super) async fn expire_sessions(
        &self,
        account: Option<AccountId>,
        at: Timestamp,
    ) -> Result<usize, Fault> {
        let audit = AuditEvent::new(at, Actor::System, "session.ended", Subject::Stored);
        self.sessions.expire(ExpireSessions { account, at, audit }).await
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn log_out(&self, caller: Caller) -> Result<(), Fault> {
        let which = WhichSessions::One(caller.session_id);
        let end = end_of(caller, which, EndReason::LoggedOut, self.clock.now());
        self.sessions.end(end).await.map(|_| ())
    }

    /// Ends every session of the caller's account.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn log_out_everywhere(&self, caller: Caller) -> Result<(), Fault> {
        let end = end_of(caller, WhichSessions::All, EndReason::LoggedOut, self.clock.now());
        self.sessions.end(end).await.map(|_| ())
    }

    /// Ends every session of an account on behalf of an operator. Returns how many there were.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn end_sessions_of(&self, account: AccountId, by: Actor) -> Result<usize, Fault> {
        let at = self.clock.now();
        self.sessions
            .end(EndSessions {
                account,
                which: WhichSessions::All,
                at,
                reason: EndReason::EndedByOperator,
                audit: AuditEvent::new(at, by, "session.ended", Subject::Account(account)),
            })
            .await
    }

    /// Ends one session of the caller's account.
    ///
    /// # Errors
    ///
    /// [`EndSessionError::Unknown`] for anybody else's session, too.
    pub async fn end_session(&self, caller: Caller, session: SessionId) -> Result<(), EndSessionError> {
        let now = self.clock.now();
        let sessions = self.list_sessions(caller).await?;
        if !sessions.iter().any(|live| live.id == session) {
            return Err(EndSessionError::Unknown);
        }
        let end = end_of(caller, WhichSessions::One(session), EndReason::EndedByOwner, now);
        match self.sessions.end(end).await? {
            0 => Err(EndSessionError::Unknown),
            _ => Ok(()),
        }
    }
}

/// Ends sessions of the caller's own account, by the caller.
pub(super) fn end_of(caller: Caller, which: WhichSessions, reason: EndReason, at: Timestamp) -> EndSessions {
    let (actor, subject) = (
        Actor::Account(caller.account_id),
        Subject::Account(caller.account_id),
    );
    EndSessions {
        account: caller.account_id,
        which,
        at,
        reason,
        audit: AuditEvent::new(at, actor, "session.ended", subject),
    }
}
