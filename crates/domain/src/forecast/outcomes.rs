//! What became of the questions to providers since the process began, for its metrics.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use super::{cell::Cell, forecast::Source};
use crate::time::Timestamp;

/// Cells of which the last failure is remembered.
const MOST_FAILURES: usize = 2_000;

/// Why there is no newer forecast of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// When the provider was asked.
    pub at: Timestamp,
    /// What became of it, in the word of the metrics.
    pub outcome: &'static str,
    /// When it is asked again at the earliest.
    pub again_at: Timestamp,
}

/// Counters of this process, and the last failure of each cell since it began.
#[derive(Debug)]
pub struct Outcomes {
    failures: Mutex<BTreeMap<(Cell, Source), Failure>>,
    fetched: Mutex<BTreeMap<(Source, &'static str), u64>>,
    under_way: Mutex<BTreeSet<Cell>>,
    impossible: AtomicU64,
    waiting: AtomicU64,
    oldest: AtomicI64,
}

/// Stands for no instant.
const NEVER: i64 = i64::MIN;

impl Default for Outcomes {
    fn default() -> Self {
        Self {
            failures: Mutex::default(),
            fetched: Mutex::default(),
            under_way: Mutex::default(),
            impossible: AtomicU64::default(),
            waiting: AtomicU64::default(),
            oldest: AtomicI64::new(NEVER),
        }
    }
}

/// A cell that is being fetched, until this is dropped.
pub(super) struct UnderWay<'a> {
    of: &'a Outcomes,
    cell: Cell,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.of.cells_under_way().remove(&self.cell);
    }
}

impl Outcomes {
    fn cells_under_way(&self) -> MutexGuard<'_, BTreeSet<Cell>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This process fetches the cell from now on.
    pub(super) fn fetching(&self, cell: Cell) -> UnderWay<'_> {
        self.cells_under_way().insert(cell);
        UnderWay { of: self, cell }
    }

    /// Whether this process fetches all of these cells at this moment.
    pub(super) fn are_under_way(&self, cells: &[Cell]) -> bool {
        let under_way = self.cells_under_way();
        cells.iter().all(|cell| under_way.contains(cell))
    }

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

    fn failures(&self) -> MutexGuard<'_, BTreeMap<(Cell, Source), Failure>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The provider gave no forecast of the cell. Of too many cells, the oldest failure is forgotten.
    pub fn failed(&self, cell: Cell, source: Source, failure: Failure) {
        let mut failures = self.failures();
        failures.insert((cell, source), failure);
        if failures.len() > MOST_FAILURES
            && let Some(oldest) = failures
                .iter()
                .min_by_key(|(_, failure)| failure.at)
                .map(|(key, _)| *key)
        {
            failures.remove(&oldest);
        }
    }

    /// The provider gave one, or confirmed the one that is kept.
    pub fn succeeded(&self, cell: Cell, source: Source) {
        self.failures().remove(&(cell, source));
    }

    /// Why the provider gave no newer forecast of the cell, if it gave none when it was last asked.
    pub fn failure(&self, cell: Cell, source: Source) -> Option<Failure> {
        self.failures().get(&(cell, source)).copied()
    }

    /// Every cell that a provider gave no newer forecast of.
    pub fn failing(&self) -> Vec<(Cell, Source, Failure)> {
        let failures = self.failures();
        let failing = failures
            .iter()
            .map(|((cell, source), failure)| (*cell, *source, *failure));
        failing.collect()
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

    /// Of the usable forecasts of walked routes, the oldest was last confirmed at this instant; nothing if there is none.
    pub fn note_oldest(&self, oldest: Option<Timestamp>) {
        self.oldest
            .store(oldest.map_or(NEVER, Timestamp::as_micros), Ordering::Relaxed);
    }

    /// When the oldest usable forecast of walked routes was confirmed, at the last look.
    pub fn oldest(&self) -> Option<Timestamp> {
        let oldest = self.oldest.load(Ordering::Relaxed);
        (oldest != NEVER).then(|| Timestamp::from_micros(oldest))
    }
}
