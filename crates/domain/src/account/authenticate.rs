//! Who is calling: an access token, and the session behind it.

use super::{Accounts, SessionStatus};
use crate::{
    id::{AccountId, SessionId},
    port::Fault,
    token::claims::TokenRefusal,
};

/// Somebody who has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Account that calls.
    pub account_id: AccountId,
    /// The session its access token belongs to.
    pub session_id: SessionId,
    /// The generation of the refresh token that the access token came with.
    pub generation: i64,
}

/// Why a bearer is not let in. The client hears the same about the first two.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// The access token is not ours, not for this, or not valid now.
    #[error("the access token was refused: {0}")]
    Token(#[from] TokenRefusal),
    /// Its session has ended.
    #[error("the session has ended")]
    Ended,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// Whose request this is. Looks at the session every time, so an ended one is out at once; the first use of a
    /// generation, and that a session's time is over, are written down before anything goes on.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Token`] or [`AuthenticateError::Ended`] if the caller must sign in again.
    pub async fn authenticate(&self, bearer: &str) -> Result<Caller, AuthenticateError> {
        let now = self.clock.now();
        let claims = self.sealer.open(bearer, now)?;
        let seen = self.sessions.session_status(claims.session).await?;
        let belongs = |seen: &SessionStatus| !seen.ended && seen.account == claims.account;
        let seen = seen.filter(belongs).ok_or(AuthenticateError::Ended)?;
        if !seen.is_live(now) {
            self.expire_sessions(Some(seen.account), now).await?;
            return Err(AuthenticateError::Ended);
        }
        if claims.generation >= seen.generation && !seen.used {
            self.sessions
                .mark_used(claims.session, seen.generation, now)
                .await?;
        }
        Ok(Caller {
            account_id: claims.account,
            session_id: claims.session,
            generation: claims.generation,
        })
    }
}
