//! What the writer has done, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the writer has done since the store was opened, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreStatistics {
    /// Jobs that wait or run now.
    pub waiting: u64,
    /// Jobs that were committed.
    pub jobs: u64,
    /// Batches that were committed.
    pub batches: u64,
    /// Batches that were lost.
    pub failed_batches: u64,
    /// Jobs in the newest batch.
    pub last_batch: u64,
    /// Microseconds spent in COMMIT.
    pub commit_micros: u64,
}

/// What the writer has done since it started.
#[derive(Debug, Default)]
pub(super) struct WriterStats {
    pub(super) waiting: AtomicU64,
    pub(super) jobs: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) failed_batches: AtomicU64,
    pub(super) commit_micros: AtomicU64,
    pub(super) last_batch: AtomicU64,
}

impl WriterStats {
    /// The numbers as they are now.
    pub(super) fn read(&self) -> StoreStatistics {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StoreStatistics {
            waiting: now(&self.waiting),
            jobs: now(&self.jobs),
            batches: now(&self.batches),
            failed_batches: now(&self.failed_batches),
            last_batch: now(&self.last_batch),
            commit_micros: now(&self.commit_micros),
        }
    }
}
