//! Reading one's own account.

use super::{Account, Accounts, Caller};
use crate::port::Fault;

/// Why an account cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MeError {
    /// It is gone; its sessions are about to be.
    #[error("the account is gone")]
    Gone,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// The caller's own account.
    ///
    /// # Errors
    ///
    /// [`MeError::Gone`] when it was deleted since the caller was let in.
    pub async fn me(&self, caller: Caller) -> Result<Account, MeError> {
        self.accounts.by_id(caller.account_id).await?.ok_or(MeError::Gone)
    }
}
