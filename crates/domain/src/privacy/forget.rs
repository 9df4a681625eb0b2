//! Forgetting what is over, and not needed any more.

use super::{Privacy, RetentionCutoffs};
use crate::{port::Fault, sms::inbound::TokenFingerprint};

impl Privacy {
    /// Forgets some of what is beyond the cutoffs, in commits of bounded size; says whether there may be more.
    /// `believed` are the auth tokens with which a captured webhook could still be played again.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the store fails.
    pub async fn forget(&self, believed: Vec<TokenFingerprint>) -> Result<bool, Fault> {
        let cutoffs = RetentionCutoffs::at(self.accounts.clock.now());
        let forgotten = self.store.forget(cutoffs).await?;
        let sids = self.store.forget_sids(cutoffs.metadata, believed).await?;
        Ok(forgotten + sids > 0)
    }
}
