//! Trading a refresh token for the next tokens.

use super::{Accounts, Grant, OpaqueToken, Presented, SameToken, Session, SessionChange};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    messages::account as messages,
    port::{Change, Commit, Fault, until_stored},
    time::Timestamp,
};

/// Why a refresh token was not traded.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// It is unknown, its session is over, or it was replaced and copied. The last also ends the session.
    #[error("the refresh token is not, or no longer, valid")]
    Refused,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// Trades `token` for its successor and a new access token; for the same successor again while that is unused,
    /// because the answer may have been lost on the way.
    ///
    /// # Errors
    ///
    /// [`RefreshError::Refused`]. A token whose successor was used also ends its session, which is audited and mailed.
    pub async fn refresh(&self, token: &OpaqueToken) -> Result<Grant, RefreshError> {
        let (now, successor) = (self.clock.now(), OpaqueToken::draw(&*self.entropy));
        until_stored("session store", || async {
            let found = self.sessions.by_refresh(token.digest()).await?;
            let (session, generation) = found.ok_or(RefreshError::Refused)?;
            let (account, id) = (session.account, session.id);
            match session.present((token, generation), &successor, now) {
                Presented::Over => Err(RefreshError::Refused),
                Presented::Expired => {
                    self.expire_sessions(Some(account), now).await?;
                    Err(RefreshError::Refused)
                }
                Presented::Again(SameToken(current)) => {
                    let same = self.grant(account, (id, session.generation), &current);
                    Ok(Commit::Stored(same))
                }
                Presented::Rotate(change) => {
                    let generation = change.state.generation;
                    let change = SessionChange {
                        change,
                        at: now,
                        outgoing: Vec::new(),
                        audit: Vec::new(),
                    };
                    let commit = self.sessions.commit(change).await?;
                    Ok(commit.map(|()| self.grant(account, (id, generation), &successor)))
                }
                Presented::Reused(change) => {
                    let change = self.reused(change, generation, now).await?;
                    match self.sessions.commit(change).await? {
                        Commit::Stored(()) => Err(RefreshError::Refused),
                        Commit::Stale => Ok(Commit::Stale),
                    }
                }
            }
        })
        .await
    }

    async fn reused(
        &self,
        change: Change<Session>,
        presented: i64,
        now: Timestamp,
    ) -> Result<SessionChange, Fault> {
        let session = &change.state;
        let owner = self.accounts.by_id(session.account).await?;
        let mail = owner.map(|account| self.notice(&account, messages::session_copied(), now));
        let event = AuditEvent::new(
            now,
            Actor::Anonymous,
            "session.reused",
            Subject::Account(session.account),
        )
        .with("session", session.id.get())
        .with("presented", presented)
        .with("current", session.generation);
        Ok(SessionChange {
            at: now,
            outgoing: mail.unwrap_or_default(),
            audit: vec![event],
            change,
        })
    }
}
