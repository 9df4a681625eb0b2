//! Looks after the ring while the service runs: reads it again, has the database remember new keys, drops old ones.

use std::{collections::BTreeSet, sync::Arc};

use thunderbird_domain::{
    port::Fault,
    time::Clock,
    token::key_memory::{KeyMemory, RingChange},
};

use super::{key_ring_file::KeyRingFileError, live_ring::LiveRing};

/// Why the ring could not be looked after. What was in force before still is.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The file.
    #[error(transparent)]
    File(#[from] KeyRingFileError),
    /// The database.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Looks after one ring.
pub struct RingKeeper {
    ring: Arc<LiveRing>,
    memory: Arc<dyn KeyMemory>,
    clock: Arc<dyn Clock>,
}

impl RingKeeper {
    /// A keeper of this ring, which `memory` remembers already.
    pub fn new(ring: Arc<LiveRing>, memory: Arc<dyn KeyMemory>, clock: Arc<dyn Clock>) -> Self {
        Self { ring, memory, clock }
    }

    /// Reads the file again and drops what may go. Cheap when there is nothing to do.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; asked again later, it does what is left.
    pub async fn tend(&self) -> Result<(), KeepError> {
        let changed = self.ring.reread()?;
        let now = self.clock.now();
        if changed {
            let seen = self.ring.keys().ring().keys().to_vec();
            tracing::info!(keys = seen.len(), "the key ring was renewed");
            self.memory.remember(RingChange::seen(seen, now)).await?;
        }
        let keys = self.ring.keys();
        if !self.ring.is_renewable() || keys.ring().dropped(now, |_| false).is_empty() {
            return Ok(());
        }
        let named: BTreeSet<String> = self.memory.named().await?;
        let dropped: Vec<String> = keys
            .ring()
            .dropped(now, |id| named.contains(id))
            .into_iter()
            .map(str::to_owned)
            .collect();
        if !dropped.is_empty() {
            self.ring.drop_keys(&dropped)?;
            tracing::info!(keys = dropped.len(), "old keys left the ring");
            self.memory.remember(RingChange::dropped(dropped, now)).await?;
        }
        Ok(())
    }
}
