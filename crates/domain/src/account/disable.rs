//! Disabling an account, and enabling it again.

use super::{AccountChange, Accounts, EndReason, EndSessions, MailPurpose, WhichSessions};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    port::{Commit, Fault, until_stored},
};

/// Why an account was neither disabled nor enabled.
#[derive(Debug, thiserror::Error)]
pub enum DisableError {
    /// There is no such account.
    #[error("no such account")]
    Unknown,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Accounts {
    /// Disables an account: it signs in like an unknown one, and its sessions end in the same commit. A disabled one
    /// stays as it is.
    ///
    /// # Errors
    ///
    /// Fails with [`DisableError::Unknown`].
    pub async fn disable(&self, id: AccountId, by: Actor) -> Result<(), DisableError> {
        let (now, subject) = (self.clock.now(), Subject::Account(id));
        until_stored("account store", || async {
            let account = self.accounts.by_id(id).await?.ok_or(DisableError::Unknown)?;
            if account.disabled_at.is_some() {
                return Ok(Commit::Stored(()));
            }
            let ends = EndSessions {
                account: id,
                which: WhichSessions::All,
                at: now,
                reason: EndReason::Disabled,
                audit: AuditEvent::new(now, by, "session.ended", subject),
            };
            let change = AccountChange {
                voids: vec![MailPurpose::ResetPassword, MailPurpose::VerifyEmail],
                ends: Some(ends),
                audit: vec![AuditEvent::new(now, by, "account.disabled", subject)],
                ..AccountChange::new(&account, now, |account| account.disabled_at = Some(now))
            };
            Ok(self.accounts.change(change).await?)
        })
        .await
    }

    /// Lets a disabled account sign in again. Its old sessions stay ended.
    ///
    /// # Errors
    ///
    /// Fails with [`DisableError::Unknown`].
    pub async fn enable(&self, id: AccountId, by: Actor) -> Result<(), DisableError> {
        let (now, subject) = (self.clock.now(), Subject::Account(id));
        until_stored("account store", || async {
            let account = self.accounts.by_id(id).await?.ok_or(DisableError::Unknown)?;
            if account.disabled_at.is_none() {
                return Ok(Commit::Stored(()));
            }
            let change = AccountChange {
                audit: vec![AuditEvent::new(now, by, "account.enabled", subject)],
                ..AccountChange::new(&account, now, |account| account.disabled_at = None)
            };
            Ok(self.accounts.change(change).await?)
        })
        .await
    }
}
