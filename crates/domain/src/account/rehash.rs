//! Hashing a password again at today's cost, when its owner has just typed it.

use super::{
    Account, AccountChange, Accounts,
    password::{Hashed, Password, PasswordAttempt},
};
use crate::port::Fault;

impl Accounts {
    /// Replaces a hash that is weaker than those we make now, if the password is still the one that was verified. A busy
    /// hasher leaves it for the next login.
    pub(super) async fn rehash(&self, account: &Account, attempt: &PasswordAttempt) -> Result<(), Fault> {
        let weaker = account
            .password
            .as_ref()
            .is_some_and(|hash| self.hasher.is_weaker(hash));
        if !weaker {
            return Ok(());
        }
        let Hashed::Done(hash) = self.hasher.hash(&Password::matched(attempt)).await? else {
            return Ok(());
        };
        let change = AccountChange::new(account, self.clock.now(), |account| account.password = Some(hash));
        self.accounts.change(change).await.map(drop)
    }
}
