//! Changing the password while signed in.

use super::{
    AccountChange, Accounts, Caller, EndReason, MailPurpose, OwnPasswordError, WhichSessions,
    end_session::end_of,
    password::{Hashed, Password, PasswordAttempt, PasswordError},
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    messages::account as messages,
    port::{Commit, Fault, contended},
    secret::Secret,
};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password was not accepted.
    #[error(transparent)]
    Current(#[from] OwnPasswordError),
    /// The new password cannot be used.
    #[error(transparent)]
    New(#[from] PasswordError),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// Changes the caller's password. Every other session ends in the same commit, and mailed reset links with them.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`]; the password is the old one then.
    pub async fn change_password(
        &self,
        caller: Caller,
        current: &PasswordAttempt,
        new: &Secret<String>,
    ) -> Result<(), ChangePasswordError> {
        let owner = self
            .accounts
            .by_id(caller.account_id)
            .await?
            .ok_or(OwnPasswordError::Gone)?;
        let new = Password::parse(new.expose(), &owner.email)?;
        let (account, _turn) = self.own_password(caller, current).await?;
        let Hashed::Done(hash) = self.hasher.hash(&new).await? else {
            return Err(OwnPasswordError::Busy.into());
        };
        let (now, owner) = (self.clock.now(), Subject::Account(account.id));
        let ends = end_of(
            caller,
            WhichSessions::AllBut(caller.session_id),
            EndReason::PasswordChanged,
            now,
        );
        let audit = AuditEvent::new(now, Actor::Account(account.id), "account.password_changed", owner);
        let change = AccountChange {
            voids: vec![MailPurpose::ResetPassword],
            ends: Some(ends),
            clears: vec![self.login_identifier(account.email.as_str())],
            outgoing: self.notice(&account, messages::password_changed(), now),
            audit: vec![audit],
            ..AccountChange::new(&account, now, |account| account.password = Some(hash))
        };
        match self.accounts.change(change).await? {
            Commit::Stored(()) => Ok(()),
            // The password that was just verified may no longer be the account's: nothing is decided anew on that.
            Commit::Stale => Err(contended("account store").into()),
        }
    }
}
