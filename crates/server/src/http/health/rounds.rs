//! Whether the watch over promises does its rounds: a watchdog outside hears so.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::time::Timestamp;

/// A stage that is later than this is no sign of life.
const LATEST: Duration = Duration::from_mins(1);

/// What the workers know about the rounds of the watch. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    rounds: Mutex<SinceLast>,
    heard: AtomicU64,
    unheard: AtomicU64,
    withheld: AtomicU64,
}

/// The rounds since the last sign of life was due.
#[derive(Debug, Default, Clone, Copy)]
struct SinceLast {
    whole: u64,
    failed: u64,
    judged_at: Option<Timestamp>,
}

/// Why no sign of life is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// A round failed since the last one, or none came to its end.
    Failed,
    /// A stage is late, or it cannot be read whether one is.
    Late,
}

/// What is counted about signs of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundFigures {
    /// Those that the watchdog has heard.
    pub heard: u64,
    /// Those that it may not have heard.
    pub unheard: u64,
    /// Those that were not given.
    pub withheld: u64,
}

impl Rounds {
    /// Notes how a round ended, and by which time it was judged if not by the machine's clock.
    pub fn ticked(&self, went_through: bool, judged_at: Option<Timestamp>) {
        let mut rounds = self.since_last();
        let count = if went_through {
            &mut rounds.whole
        } else {
            &mut rounds.failed
        };
        *count = count.saturating_add(1);
        rounds.judged_at = judged_at;
    }

    /// Whether there was a round since the last sign of life was due.
    pub fn has_ticked(&self) -> bool {
        let rounds = self.since_last();
        rounds.whole > 0 || rounds.failed > 0
    }

    /// By which time promises are judged, if not by the machine's clock.
    pub fn judged_by(&self) -> Option<Timestamp> {
        self.since_last().judged_at
    }

    /// Whether a sign of life may be given now; the rounds so far are then forgotten. `late` is by how much the oldest
    /// stage is late; `None` if that cannot be read.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub fn beat(&self, late: Option<Duration>) -> Result<(), Withheld> {
        let rounds = std::mem::take(&mut *self.since_last());
        let verdict = if rounds.failed > 0 || rounds.whole == 0 {
            Err(Withheld::Failed)
        } else if late.is_none_or(|late| late > LATEST) {
            Err(Withheld::Late)
        } else {
            Ok(())
        };
        if verdict.is_err() {
            self.0.withheld.fetch_add(1, Ordering::Relaxed);
        }
        verdict
    }

    /// Notes whether a sign of life was heard.
    pub fn pinged(&self, heard: bool) {
        let count = if heard { &self.0.heard } else { &self.0.unheard };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// What is counted.
    pub fn figures(&self) -> RoundFigures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        RoundFigures {
            heard: read(&self.0.heard),
            unheard: read(&self.0.unheard),
            withheld: read(&self.0.withheld),
        }
    }

    fn since_last(&self) -> MutexGuard<'_, SinceLast> {
        self.0.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Option<Duration> = Some(Duration::from_mins(1));

    #[test]
    fn a_sign_of_life_needs_whole_rounds_and_no_late_stage() {
        let rounds = Rounds::default();
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed));
        rounds.ticked(true, None);
        assert_eq!(rounds.beat(SOON), Ok(()));
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed), "no round since");
        rounds.ticked(true, None);
        rounds.ticked(false, None);
        rounds.ticked(true, None);
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed));
        for late in [Some(Duration::from_millis(60_001)), None] {
            rounds.ticked(true, None);
            assert_eq!(rounds.beat(late), Err(Withheld::Late));
        }
        assert_eq!(rounds.figures().withheld, 5);
    }
}
