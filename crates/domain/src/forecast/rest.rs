//! How long a provider is left alone after it gave no forecast.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::forecast::Source;
use crate::{
    random::{Entropy, uniform_below},
    time::Timestamp,
};

/// The pause after the first failure; each further one doubles it.
const FIRST: Duration = Duration::from_mins(1);

/// The longest pause that we choose ourselves.
const LONGEST: Duration = Duration::from_mins(30);

/// At most so many seconds more, so that many services do not ask at the same moment.
const JITTER: u32 = 20;

/// Why there is no newer forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// No provider answers.
    Silence,
    /// The calls of the day are used up.
    UsedUp,
}

/// What stands between a question and every provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obstacle {
    /// From when on a provider can be asked.
    pub until: Timestamp,
    /// Why none can be asked before.
    pub cause: Cause,
}

/// The rest of one provider.
#[derive(Debug, Clone, Copy)]
struct Rest {
    until: Timestamp,
    failures: u32,
}

/// Which provider is left alone until when. It begins again with the process.
#[derive(Debug, Default)]
pub struct Rests(Mutex<BTreeMap<Source, Rest>>);

impl Rests {
    fn known(&self) -> MutexGuard<'_, BTreeMap<Source, Rest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when the provider is left alone, if it is.
    pub fn until(&self, source: Source, now: Timestamp) -> Option<Timestamp> {
        let until = self.known().get(&source).map(|rest| rest.until);
        // A clock that was wrong for a while must not silence a provider for longer than the longest rest.
        until.filter(|until| now < *until && until.since(now) <= LONGEST_ASKED)
    }

    /// Until when all of these are left alone, if they are.
    pub fn all_until(&self, sources: &[Source], now: Timestamp) -> Option<Timestamp> {
        let until: Option<Vec<Timestamp>> = sources.iter().map(|source| self.until(*source, now)).collect();
        until?.into_iter().min()
    }

    /// The provider failed.
    pub fn failed(&self, source: Source, now: Timestamp, entropy: &dyn Entropy) -> Timestamp {
        let mut known = self.known();
        let failures = known.get(&source).map_or(0, |rest| rest.failures);
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST);
        let jitter = Duration::from_secs(uniform_below(entropy, JITTER).into());
        let until = now.plus(pause).plus(jitter);
        known.insert(
            source,
            Rest {
                until,
                failures: failures.saturating_add(1),
            },
        );
        until
    }

    /// The provider wants to be left alone.
    pub fn asked(&self, source: Source, until: Timestamp, entropy: &dyn Entropy) -> Timestamp {
        let until = until.plus(Duration::from_secs(uniform_below(entropy, JITTER).into()));
        self.known().insert(source, Rest { until, failures: 0 });
        until
    }

    /// The provider works.
    pub fn over(&self, source: Source) {
        self.known().remove(&source);
    }
}

/// A provider's day, and a little more.
const LONGEST_ASKED: Duration = Duration::from_hours(25);
