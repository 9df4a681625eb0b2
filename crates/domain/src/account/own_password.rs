//! Asking a signed-in caller for the password once more, before something that cannot be undone.

use std::time::Duration;

use super::{
    Account, Accounts, Caller, SignInQueue,
    password::{Hashed, PasswordAttempt, Verified},
    sign_in_queue::WAITING,
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    keyed_lock::KeyGuard,
    limit::{Limit, LimitKey, Rule},
    port::Fault,
    refusals,
};

/// Why a caller's password was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OwnPasswordError {
    /// It is not the account's.
    #[error("wrong password")]
    Wrong,
    /// Too many failures in this session.
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
    /// The caller's account, if `attempt` is its password, and its turn: until it is dropped, no other password of the
    /// account is hashed for a signed-in caller, so that one account takes one place among those who hash. A stolen session
    /// guesses no faster than a login does. Attempts count for the session alone, so that failures elsewhere do not keep a
    /// signed-in owner out. Each is counted before it is compared, and a right one is given back.
    pub(crate) async fn own_password(
        &self,
        caller: Caller,
        attempt: &PasswordAttempt,
    ) -> Result<(Account, KeyGuard<'_, SignInQueue>), OwnPasswordError> {
        let queue = SignInQueue::Account(caller.account_id);
        let turn = self.signing_in.lock_among(&queue, WAITING).await;
        let turn = turn.ok_or_else(OwnPasswordError::queue_is_full)?;
        let now = self.clock.now();
        let account = self.accounts.by_id(caller.account_id).await?;
        let account = account.ok_or(OwnPasswordError::Gone)?;
        let limits = vec![Limit {
            key: LimitKey::new("password.session", caller.session_id.get().to_be_bytes()),
            rule: Rule::LoginCurve,
        }];
        self.limiter
            .take(limits.clone(), now, Vec::new())
            .await?
            .or_throttled(OwnPasswordError::throttled)?;
        match self.hasher.verify(attempt, account.password.as_ref()).await? {
            Hashed::Busy => {
                self.limiter.give_back(limits, now).await?;
                Err(OwnPasswordError::Busy)
            }
            Hashed::Done(Verified::Match) => {
                self.limiter.give_back(limits, now).await?;
                Ok((account, turn))
            }
            Hashed::Done(Verified::NoMatch) => {
                let subject = Subject::Account(account.id);
                let event =
                    AuditEvent::new(now, Actor::Account(account.id), "account.password_wrong", subject);
                // It is counted already; only the line of the audit log is missing.
                let _ = self.limiter.take(Vec::new(), now, vec![event]).await?;
                Err(OwnPasswordError::Wrong)
            }
        }
    }
}

impl OwnPasswordError {
    fn throttled(retry_after: Duration) -> Self {
        Self::Throttled { retry_after }
    }

    fn queue_is_full() -> Self {
        refusals::count("password.queue");
        Self::Busy
    }
}
