//! One text of a sender at a time.

use std::hash::{BuildHasher as _, RandomState};

use thunderbird_domain::sms::inbound::Sender;
use tokio::sync::{Mutex, MutexGuard};

/// Texts of the same sender wait here for each other, so that their decisions do not meet in the store again and
/// again; texts of different senders share a lane by chance only.
pub struct SenderLanes {
    lanes: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for SenderLanes {
    fn default() -> Self {
        Self {
            lanes: (0..4_096).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl SenderLanes {
    /// Waits for the sender's lane, and keeps it as long as the guard lives.
    pub async fn enter(&self, sender: &Sender) -> Option<MutexGuard<'_, ()>> {
        let lanes = u64::try_from(self.lanes.len()).unwrap_or(1).max(1);
        let lane = usize::try_from(self.hasher.hash_one(sender.as_str()) % lanes).unwrap_or(0);
        Some(self.lanes.get(lane)?.lock().await)
    }
}
