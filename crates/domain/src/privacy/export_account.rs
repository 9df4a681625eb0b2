//! Hands out everything that is held about an account, to one at a time and not too often.

use std::time::Duration;

use super::{Export, Exporting, Privacy};
use crate::{
    account::Caller,
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, Rule},
    port::Fault,
};

/// Exports that an account may have in a day.
const EXPORTS_PER_DAY: u32 = 6;

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The account was deleted since the caller was let in.
    #[error("the account is gone")]
    Gone,
    /// An export of this account is under way, or too many of others.
    #[error("an export is under way")]
    Busy,
    /// The account had its exports of the day.
    #[error("too many exports")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Something outside failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Privacy {
    /// Everything held about the caller's account, and its place among the exports under way, to be kept until the
    /// export has left. It is counted before it is read, and audited before it is handed out.
    ///
    /// # Errors
    ///
    /// An [`ExportError`]; nothing is handed out.
    pub async fn export(&self, caller: Caller) -> Result<(Export, Exporting), ExportError> {
        let (now, id) = (self.accounts.clock.now(), caller.account_id);
        let place = self.exports.begin(id).ok_or(ExportError::Busy)?;
        let daily = Quota {
            events: EXPORTS_PER_DAY,
            per: Duration::from_hours(24),
        };
        let limit = Limit {
            key: LimitKey::new("export.account", id.get().to_be_bytes()),
            rule: Rule::Quota(daily),
        };
        let verdict = self.accounts.limiter.take(vec![limit], now, Vec::new()).await?;
        verdict.or_throttled(|retry_after| ExportError::Throttled { retry_after })?;
        let export = self.store.export(id).await?.ok_or(ExportError::Gone)?;
        let event = AuditEvent::new(now, Actor::Account(id), "account.exported", Subject::Account(id));
        self.store.record(event).await?;
        Ok((export, place))
    }
}
