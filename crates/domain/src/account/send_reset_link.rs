//! An operator sends a reset link on an owner's behalf.

use super::{Accounts, ForgotPasswordError};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::AccountId,
    port::Fault,
};

/// Why no reset link was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendResetLinkError {
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// The request was refused, as it would be for the owner.
    #[error(transparent)]
    Refused(#[from] ForgotPasswordError),
}

impl From<Fault> for SendResetLinkError {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }
}

impl Accounts {
    /// Mails a reset link to the account's own address, under the same limits as [`Accounts::forgot_password`]. Who
    /// asked for it is audited in the commit that queues the mail. A disabled account receives no mail.
    ///
    /// # Errors
    ///
    /// [`SendResetLinkError`]; nothing is queued or audited then.
    pub async fn send_reset_link(&self, id: AccountId, by: Actor) -> Result<(), SendResetLinkError> {
        let account = self
            .accounts
            .by_id(id)
            .await?
            .ok_or(SendResetLinkError::Unknown)?;
        let asked = AuditEvent::new(
            self.clock.now(),
            by,
            "console.reset_link_asked",
            Subject::Account(id),
        );
        let email = account.email.clone();
        let known = Some(account).filter(|account| account.disabled_at.is_none());
        Ok(self.request_reset((&email, known), vec![asked]).await?)
    }
}
