//! Asking a signed-in caller for the password once more, before something that cannot be undone.

use std::time::Duration;

use super::{
    Account, Accounts, Caller,
    password::{Hashed, PasswordAttempt, Verified},
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, Rule},
    port::Fault,
};

/// Why a caller's password was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OwnPasswordError {
    /// It is not the account's.
    #[error("wrong password")]
    Wrong,
    /// Too many failures for this account; they count together with failed logins.
    #[error("too many failed attempts")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The password hasher has no room.
    #[error("the password hasher is busy")]
    Busy,
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// The caller's account, if `attempt` is its password. A stolen session guesses no faster than a login does.
    pub(crate) async fn own_password(
        &self,
        caller: Caller,
        attempt: &PasswordAttempt,
    ) -> Result<Account, OwnPasswordError> {
        let now = self.clock.now();
        let account = self
            .accounts
            .by_id(caller.account_id)
            .await?
            .ok_or(OwnPasswordError::Gone)?;
        let limits = vec![Limit {
            key: self.login_identifier(account.email.as_str()),
            rule: Rule::LoginCurve,
        }];
        self.limiter
            .check(limits.clone(), now)
            .await?
            .or_throttled(OwnPasswordError::throttled)?;
        match self.hasher.verify(attempt, account.password.as_ref()).await? {
            Hashed::Busy => Err(OwnPasswordError::Busy),
            Hashed::Done(Verified::Match) => {
                self.limiter
                    .check(limits, now)
                    .await?
                    .or_throttled(OwnPasswordError::throttled)?;
                Ok(account)
            }
            Hashed::Done(Verified::NoMatch) => {
                let subject = Subject::Account(account.id);
                let event =
                    AuditEvent::new(now, Actor::Account(account.id), "account.password_wrong", subject);
                self.limiter
                    .take(limits, now, vec![event])
                    .await?
                    .or_throttled(OwnPasswordError::throttled)?;
                Err(OwnPasswordError::Wrong)
            }
        }
    }
}

impl OwnPasswordError {
    fn throttled(retry_after: Duration) -> Self {
        Self::Throttled { retry_after }
    }
}
