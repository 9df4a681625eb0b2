//! Whether every text to us is known: webhooks may have been lost while the service did not run.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::sms::{
    collect::Collected,
    reception::{Deaf, Gap},
};
use tokio::time::Instant;

/// What the workers know about receiving texts. Clones share it.
#[derive(Debug, Clone)]
pub struct Hearing(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    started: Instant,
    gap: Mutex<Gap>,
    whole: AtomicU64,
    failed: AtomicU64,
    fetched: AtomicU64,
    unreadable: AtomicU64,
    lag_seconds: AtomicU64,
    last_whole: AtomicU64,
}

/// What is counted about fetching texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HearingFigures {
    /// Rounds after which every text was known.
    pub whole: u64,
    /// Rounds that failed.
    pub failed: u64,
    /// Texts that no webhook had brought.
    pub fetched: u64,
    /// Entries of the provider's list that could not be read as texts.
    pub unreadable: u64,
    /// By how much the latest of the newest fetched texts was late.
    pub lag_seconds: u64,
    /// How long ago every text was known, since the start at most.
    pub age_seconds: u64,
    /// Whether alerts to contacts are held, because texts may be missing.
    pub is_holding: bool,
}

impl Default for Hearing {
    /// At the start it is not known which texts were missed.
    fn default() -> Self {
        let mut gap = Gap::default();
        gap.notice(Duration::ZERO);
        Self(Arc::new(Shared {
            started: Instant::now(),
            gap: Mutex::new(gap),
            whole: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            fetched: AtomicU64::new(0),
            unreadable: AtomicU64::new(0),
            lag_seconds: AtomicU64::new(0),
            last_whole: AtomicU64::new(0),
        }))
    }
}

impl Hearing {
    /// The time since the start.
    pub fn passed(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Notices that the service did not run for a while until now.
    pub fn notice_gap(&self) {
        let passed = self.passed();
        self.gap().notice(passed);
    }

    /// The service had run until just before it started.
    pub fn no_gap_at_start(&self) {
        self.gap().attempted(Duration::ZERO, true);
    }

    /// Whether texts may be missing.
    pub fn has_gap(&self) -> bool {
        self.gap().is_open()
    }

    /// How long texts may be missing by now; nothing if every text is known.
    pub fn deaf_for(&self) -> Option<Duration> {
        let passed = self.passed();
        self.gap().lasted(passed)
    }

    /// What may not be sent now.
    pub fn deaf(&self) -> Deaf {
        let passed = self.passed();
        self.gap().at(passed)
    }

    /// Notes how a round of fetching ended that began at `began`; nothing for one that failed. If the list cannot be read,
    /// webhooks may not come either, so a failed round is a gap although the service runs.
    pub fn attempted(&self, began: Duration, collected: Option<Collected>) {
        let mut gap = self.gap();
        if collected.is_none() {
            gap.notice(began);
        }
        gap.attempted(began, collected.is_some());
        drop(gap);
        let shared = &self.0;
        match collected {
            Some(collected) => {
                shared.whole.fetch_add(1, Ordering::Relaxed);
                shared.fetched.fetch_add(collected.fetched, Ordering::Relaxed);
                shared
                    .unreadable
                    .fetch_add(collected.unreadable, Ordering::Relaxed);
                shared.last_whole.store(began.as_secs(), Ordering::Relaxed);
                if collected.fetched > 0 {
                    shared
                        .lag_seconds
                        .store(collected.lag.as_secs(), Ordering::Relaxed);
                }
            }
            None => drop(shared.failed.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// What is counted.
    pub fn figures(&self) -> HearingFigures {
        let shared = &self.0;
        let read = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        HearingFigures {
            whole: read(&shared.whole),
            failed: read(&shared.failed),
            fetched: read(&shared.fetched),
            unreadable: read(&shared.unreadable),
            lag_seconds: read(&shared.lag_seconds),
            age_seconds: self.passed().as_secs().saturating_sub(read(&shared.last_whole)),
            is_holding: matches!(self.deaf(), Deaf::Fetching | Deaf::Holding),
        }
    }

    fn gap(&self) -> MutexGuard<'_, Gap> {
        self.0.gap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_fails_while_the_service_runs_holds_alerts_until_one_succeeds() {
        let hearing = Hearing::default();
        hearing.no_gap_at_start();
        assert!(!hearing.has_gap());
        hearing.attempted(Duration::from_secs(1), None);
        assert!(hearing.has_gap() && hearing.figures().is_holding);
        let collected = Collected {
            fetched: 0,
            lag: Duration::ZERO,
            unreadable: 0,
        };
        hearing.attempted(Duration::from_secs(2), Some(collected));
        assert!(!hearing.has_gap() && !hearing.figures().is_holding);
    }
}
