//! Hands out everything that is held about an account.

use super::{Export, Privacy};
use crate::{
    account::{Caller, MeError},
    audit::{Actor, AuditEvent, Subject},
};

impl Privacy {
    /// Everything held about the caller's account. That it was asked for is audited before it is handed out.
    ///
    /// # Errors
    ///
    /// [`MeError::Gone`] when it was deleted since the caller was let in.
    pub async fn export(&self, caller: Caller) -> Result<Export, MeError> {
        let (now, id) = (self.accounts.clock.now(), caller.account_id);
        let export = self.store.export(id).await?.ok_or(MeError::Gone)?;
        let event = AuditEvent::new(now, Actor::Account(id), "account.exported", Subject::Account(id));
        self.store.record(event).await?;
        Ok(export)
    }
}
