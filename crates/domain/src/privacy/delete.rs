//! Deleting one's own account.

use super::{Deletion, Privacy};
use crate::{
    account::{Caller, OwnPasswordError, password::PasswordAttempt},
    audit::{Actor, AuditEvent, Subject},
    port::{Commit, Fault, contended},
};

/// Why an account was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAccountError {
    /// The password was not accepted.
    #[error(transparent)]
    Password(#[from] OwnPasswordError),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Privacy {
    /// Deletes the caller's account. Its sessions end, its number is free, the hiker on it stays.
    ///
    /// # Errors
    ///
    /// [`DeleteAccountError`]; the account stands then.
    pub async fn delete_account(
        &self,
        caller: Caller,
        password: &PasswordAttempt,
    ) -> Result<(), DeleteAccountError> {
        let (account, _turn) = self.accounts.own_password(caller, password).await?;
        let (now, id) = (self.accounts.clock.now(), account.id);
        while self.store.prune(id, now).await? {}
        let deletion = Deletion {
            account: id,
            replaces: account.revision,
            at: now,
            clears: vec![self.accounts.login_identifier(account.email.as_str())],
            audit: vec![AuditEvent::new(
                now,
                Actor::Account(id),
                "account.deleted",
                Subject::Account(id),
            )],
        };
        match self.store.delete(deletion).await? {
            Commit::Stored(()) => Ok(()),
            // The password that was just verified may no longer be the account's: nothing is decided anew on that.
            Commit::Stale => match self.accounts.accounts.by_id(id).await? {
                Some(_) => Err(contended("privacy store").into()),
                None => Err(OwnPasswordError::Gone.into()),
            },
        }
    }
}
