//! What became of the questions to providers since the process began, for its metrics.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::forecast::Source;

/// Counters of this process.
#[derive(Debug, Default)]
pub struct Outcomes {
    fetched: Mutex<BTreeMap<(Source, &'static str), u64>>,
    impossible: AtomicU64,
    waiting: AtomicU64,
}

impl Outcomes {
    /// A provider was asked, and this became of it.
    pub fn count(&self, source: Source, outcome: &'static str) {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        let times = fetched.entry((source, outcome)).or_default();
        *times = times.saturating_add(1);
    }

    /// How often each provider was asked, by what became of it.
    pub fn counted(&self) -> Vec<(Source, &'static str, u64)> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched
            .iter()
            .map(|((source, outcome), times)| (*source, *outcome, *times))
            .collect()
    }

    /// So many impossible values were left out.
    pub fn left_out(&self, values: u32) {
        self.impossible.fetch_add(values.into(), Ordering::Relaxed);
    }

    /// Impossible values that were left out in all.
    pub fn impossible(&self) -> u64 {
        self.impossible.load(Ordering::Relaxed)
    }

    /// So many questions wait at this moment.
    pub fn wait(&self, questions: usize) {
        self.waiting
            .store(u64::try_from(questions).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Questions that waited at the last look.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }
}
