//! Disabling an account, and enabling it again.

use super::{AccountChange, Accounts, EndReason, EndSessions, MailPurpose, WhichSessions};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    port::{Commit, Fault, STALE_ATTEMPTS, contended},
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
    /// [`DisableError::Unknown`].
    pub async fn disable(&self, id: AccountId, by: Actor) -> Result<(), DisableError> {
        let (now, subject) = (self.clock.now(), Subject::Account(id));
        for _ in 0..STALE_ATTEMPTS {
            let account = self.accounts.by_id(id).await?.ok_or(DisableError::Unknown)?;
            if account.disabled_at.is_some() {
                return Ok(());
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
            if self.accounts.change(change).await? == Commit::Stored(()) {
                return Ok(());
            }
        }
        Err(contended("account store").into())
    }

    /// Lets a disabled account sign in again. Its old sessions stay ended.
    ///
    /// # Errors
    ///
    /// [`DisableError::Unknown`].
    pub async fn enable(&self, id: AccountId, by: Actor) -> Result<(), DisableError> {
        let (now, subject) = (self.clock.now(), Subject::Account(id));
        for _ in 0..STALE_ATTEMPTS {
            let account = self.accounts.by_id(id).await?.ok_or(DisableError::Unknown)?;
            if account.disabled_at.is_none() {
                return Ok(());
            }
            let change = AccountChange {
                audit: vec![AuditEvent::new(now, by, "account.enabled", subject)],
                ..AccountChange::new(&account, now, |account| account.disabled_at = None)
            };
            if self.accounts.change(change).await? == Commit::Stored(()) {
                return Ok(());
            }
        }
        Err(contended("account store").into())
    }
}
