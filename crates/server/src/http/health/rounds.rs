//! Whether the watch over promises does its rounds: a watchdog outside hears so.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::time::Timestamp;
use tokio::time::Instant;

/// A stage that is later than this is no sign of life.
const LATEST: Duration = Duration::from_mins(1);

/// What the workers know about the rounds of the watch. Clones share it.
#[derive(Debug, Clone)]
pub struct Rounds(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    started: Instant,
    rounds: Mutex<Known>,
    heard: AtomicU64,
    unheard: AtomicU64,
    withheld: AtomicU64,
}

/// What is known of the rounds. A sign of life forgets the counts, and never the last round: whether the watch stands still is
/// asked whether or not there is a watchdog.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    since_last: SinceLast,
    last: Option<LastRound>,
}

/// The rounds since the last sign of life was due.
#[derive(Debug, Default, Clone, Copy)]
struct SinceLast {
    whole: u64,
    failed: u64,
}

/// The last round that came to its end.
#[derive(Debug, Clone, Copy)]
struct LastRound {
    ended: Instant,
    judged_at: Timestamp,
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

impl Default for Rounds {
    fn default() -> Self {
        Self(Arc::new(Shared {
            started: Instant::now(),
            rounds: Mutex::default(),
            heard: AtomicU64::new(0),
            unheard: AtomicU64::new(0),
            withheld: AtomicU64::new(0),
        }))
    }
}

impl Rounds {
    /// Notes how a round ended, and by which time it was judged.
    pub fn ticked(&self, went_through: bool, judged_at: Timestamp) {
        self.ended(went_through, judged_at, Instant::now());
    }

    fn ended(&self, went_through: bool, judged_at: Timestamp, ended: Instant) {
        let mut rounds = self.known();
        let count = if went_through {
            &mut rounds.since_last.whole
        } else {
            &mut rounds.since_last.failed
        };
        *count = count.saturating_add(1);
        rounds.last = Some(LastRound { ended, judged_at });
    }

    /// Whether there was a round since the last sign of life was due.
    pub fn has_ticked(&self) -> bool {
        let SinceLast { whole, failed } = self.known().since_last;
        whole > 0 || failed > 0
    }

    /// By which time promises are judged: that of the last round, carried on, so that it also goes on while the watch stands
    /// still. `None` before the first round.
    pub fn judged_by(&self) -> Option<Timestamp> {
        self.judged_by_at(Instant::now())
    }

    fn judged_by_at(&self, now: Instant) -> Option<Timestamp> {
        let last = self.known().last?;
        let passed = now.saturating_duration_since(last.ended);
        Some(last.judged_at.plus(passed))
    }

    /// How long ago the last round came to its end; since the start if there was no round.
    pub fn stands_for(&self) -> Duration {
        self.stands_for_at(Instant::now())
    }

    fn stands_for_at(&self, now: Instant) -> Duration {
        let ended = self.known().last.map(|last| last.ended);
        now.saturating_duration_since(ended.unwrap_or(self.0.started))
    }

    /// Whether a sign of life may be given now; the rounds so far are then forgotten. `late` is by how much the oldest
    /// stage is late; `None` if that cannot be read.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub fn beat(&self, late: Option<Duration>) -> Result<(), Withheld> {
        let rounds = std::mem::take(&mut self.known().since_last);
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

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUDGED: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);
    const SOON: Option<Duration> = Some(Duration::from_mins(1));

    #[test]
    fn a_sign_of_life_needs_whole_rounds_and_no_late_stage() {
        let rounds = Rounds::default();
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed));
        rounds.ticked(true, JUDGED);
        assert_eq!(rounds.beat(SOON), Ok(()));
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed), "no round since");
        rounds.ticked(true, JUDGED);
        rounds.ticked(false, JUDGED);
        rounds.ticked(true, JUDGED);
        assert_eq!(rounds.beat(SOON), Err(Withheld::Failed));
        for late in [Some(Duration::from_millis(60_001)), None] {
            rounds.ticked(true, JUDGED);
            assert_eq!(rounds.beat(late), Err(Withheld::Late));
        }
        assert_eq!(rounds.figures().withheld, 5);
    }

    #[test]
    fn a_watch_that_stands_still_is_known_by_it_with_and_without_a_watchdog() {
        let rounds = Rounds::default();
        let (ended, judged_at) = (Instant::now(), JUDGED);
        let later = ended + Duration::from_mins(3);
        assert!(
            rounds.stands_for_at(later) >= Duration::from_mins(3),
            "no round yet"
        );
        rounds.ended(true, judged_at, ended);
        for _ in 0..2 {
            assert_eq!(rounds.stands_for_at(later), Duration::from_mins(3));
            let carried = judged_at.plus(Duration::from_mins(3));
            assert_eq!(
                rounds.judged_by_at(later),
                Some(carried),
                "the hour goes on without it"
            );
            // A sign of life is due meanwhile.
            let _ = rounds.beat(SOON);
        }
        assert!(!rounds.has_ticked());
    }
}
