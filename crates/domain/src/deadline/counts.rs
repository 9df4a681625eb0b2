//! What has happened to promises since the process began, for its metrics.
//!
//! A whole process shares it, as it shares [`crate::refusals`], and for the same reason: promises change in texts, on the
//! web and by the clock, and a number that nothing decides by need not travel through all of them. An event is counted
//! after the commit that made it true.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    promise::{Deadline, How, Kind},
    store::DeadlineChange,
};
use crate::time::Timestamp;

static COUNTS: Mutex<Counts> = Mutex::new(Counts::new());

/// When a promise ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Before its time.
    BeforeTime,
    /// Later, and before the contacts were alerted.
    BeforeAlert,
    /// After they were alerted.
    AfterAlert,
}

crate::word::word_enum!(When {
    BeforeTime => "before_time",
    BeforeAlert => "before_alert",
    AfterAlert => "after_alert",
});

/// What has happened to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A time was set, in this way.
    Set(&'static str),
    /// A promise ended.
    Closed(How, When),
    /// A stage fired, this long after it was due.
    Fired(Duration),
    /// A contact was the first to deal with an alarm, this long after it was opened.
    Claimed(Duration),
    /// A text with this verb set no time, for this reason.
    Refused(&'static str, &'static str),
    /// A hiker who is asked texted something that ends nothing.
    NearMiss,
    /// A hiker whose time is watched texted a word that ends all our texts.
    CarrierWord(&'static str),
}

/// How many took at most so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram<const BOUNDS: usize> {
    /// The bounds in seconds, ascending.
    pub bounds: [u64; BOUNDS],
    /// How many took at most as long as each bound, and more than the one before.
    pub within: [u64; BOUNDS],
    /// How many there were.
    pub count: u64,
    /// How long all of them took together.
    pub sum: Duration,
}

impl<const BOUNDS: usize> Histogram<BOUNDS> {
    const fn new(bounds: [u64; BOUNDS]) -> Self {
        Self {
            bounds,
            within: [0; BOUNDS],
            count: 0,
            sum: Duration::ZERO,
        }
    }

    fn note(&mut self, took: Duration) {
        let mut bounds = self.bounds.iter().zip(&mut self.within);
        if let Some((_, within)) = bounds.find(|(bound, _)| took <= Duration::from_secs(**bound)) {
            *within = within.saturating_add(1);
        }
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(took);
    }
}

/// Everything that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Promises that were set, by how.
    pub set: BTreeMap<&'static str, u64>,
    /// Promises that were closed, by how and when.
    pub closed: BTreeMap<(&'static str, &'static str), u64>,
    /// How late stages fired.
    pub lateness: Histogram<7>,
    /// How long it took until a contact dealt with an alarm.
    pub claims: Histogram<6>,
    /// Texts that set no time, by verb and reason.
    pub refused: BTreeMap<(&'static str, &'static str), u64>,
    /// Texts of hikers who are asked that ended nothing.
    pub near_misses: u64,
    /// Words that end all our texts, of hikers whose time is watched.
    pub carrier_words: BTreeMap<&'static str, u64>,
}

impl Counts {
    const fn new() -> Self {
        Self {
            set: BTreeMap::new(),
            closed: BTreeMap::new(),
            lateness: Histogram::new([1, 5, 15, 60, 600, 3_600, 86_400]),
            claims: Histogram::new([300, 900, 1_800, 3_600, 7_200, 14_400]),
            refused: BTreeMap::new(),
            near_misses: 0,
            carrier_words: BTreeMap::new(),
        }
    }

    fn note(&mut self, event: Event) {
        let count = match event {
            Event::Fired(late) => return self.lateness.note(late),
            Event::Claimed(after) => return self.claims.note(after),
            Event::Set(by) => self.set.entry(by).or_default(),
            Event::Closed(how, when) => self.closed.entry((how.as_str(), when.as_str())).or_default(),
            Event::Refused(verb, reason) => self.refused.entry((verb, reason)).or_default(),
            Event::NearMiss => &mut self.near_misses,
            Event::CarrierWord(word) => self.carrier_words.entry(word).or_default(),
        };
        *count = count.saturating_add(1);
    }
}

/// What these changes of promises mean, once they are stored. `at` is the instant of the decision.
pub fn events(changes: &[DeadlineChange], at: Timestamp) -> Vec<Event> {
    let of = |change: &DeadlineChange| {
        let state = &change.state;
        let is_new = change.replaces.is_none() && state.kind == Kind::Out;
        let set = is_new.then(|| Event::Set(state.set_by.as_str()));
        [set, ended(state), claimed(state, at)]
    };
    changes.iter().flat_map(of).flatten().collect()
}

fn ended(state: &Deadline) -> Option<Event> {
    // A call for help promises no time, so its end says nothing of times that were kept.
    let closed = state.closed.as_ref().filter(|_| state.kind == Kind::Out)?;
    let when = if state.alarm.is_some() {
        When::AfterAlert
    } else if closed.at < state.due_at {
        When::BeforeTime
    } else {
        When::BeforeAlert
    };
    Some(Event::Closed(closed.how, when))
}

fn claimed(state: &Deadline, at: Timestamp) -> Option<Event> {
    let alarm = state.alarm.as_ref().filter(|alarm| alarm.claims == 1)?;
    let (_, since) = alarm.acting.as_ref()?;
    (*since == at && state.is_open()).then(|| Event::Claimed(at.since(alarm.opened_at)))
}

/// Counts what has become true.
pub fn count(events: impl IntoIterator<Item = Event>) {
    let mut counts = counts();
    events.into_iter().for_each(|event| counts.note(event));
}

/// Everything so far.
pub fn so_far() -> Counts {
    counts().clone()
}

fn counts() -> MutexGuard<'static, Counts> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_counted_under_its_words() {
        let mut counts = Counts::new();
        for event in [
            Event::Set("text"),
            Event::Set("late"),
            Event::Set("text"),
            Event::Closed(How::Back, When::BeforeTime),
            Event::Refused("OUT", "needs_day"),
            Event::NearMiss,
            Event::CarrierWord("END"),
        ] {
            counts.note(event);
        }
        assert_eq!(counts.set, BTreeMap::from([("text", 2), ("late", 1)]));
        assert_eq!(counts.closed, BTreeMap::from([(("back", "before_time"), 1)]));
        assert_eq!(counts.refused, BTreeMap::from([(("OUT", "needs_day"), 1)]));
        assert_eq!(
            (counts.near_misses, counts.carrier_words.get("END")),
            (1, Some(&1))
        );
    }

    #[test]
    fn a_span_counts_below_the_first_bound_that_it_does_not_pass() {
        let mut counts = Counts::new();
        for millis in [0, 1_000, 1_001, 90_000_000] {
            counts.note(Event::Fired(Duration::from_millis(millis)));
        }
        let lateness = counts.lateness;
        assert_eq!((lateness.within[0], lateness.within[1]), (2, 1));
        assert_eq!(
            (lateness.count, lateness.sum),
            (4, Duration::from_millis(90_002_001))
        );
        assert_eq!(lateness.within.iter().sum::<u64>(), 3, "a day is the last bound");
    }
}
