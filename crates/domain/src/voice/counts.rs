//! What has happened to calls since the process began, for its metrics.
//!
//! A whole process shares it, as it shares [`crate::refusals`], and for the same reason: a number that nothing decides by
//! need not travel.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{caller::Placed, status::CallStatus, store::Key};

static COUNTS: Mutex<BTreeMap<Event, u64>> = Mutex::new(BTreeMap::new());

/// What has happened to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The provider has taken it over.
    Placed,
    /// The provider will never place it.
    Refused,
    /// It was not placed, and is tried again.
    Failed,
    /// It may have been placed or not.
    Unknown,
    /// The provider reports this status for the first time.
    Reported(CallStatus),
    /// This key was pressed.
    Pressed(Key),
}

impl Event {
    /// Every event that is counted.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Placed, Self::Refused, Self::Failed, Self::Unknown]
            .into_iter()
            .chain(CallStatus::ALL.into_iter().map(Self::Reported))
            .chain(Key::ALL.into_iter().map(Self::Pressed))
    }

    /// The word for it in the metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Refused => "refused",
            Self::Failed => "not_placed",
            Self::Unknown => "result_unknown",
            Self::Reported(status) => status.as_str(),
            Self::Pressed(Key::Acting) => "key_1",
            Self::Pressed(Key::Again) => "key_2",
            Self::Pressed(Key::NoCalls) => "key_9",
        }
    }
}

impl From<&Placed> for Event {
    fn from(placed: &Placed) -> Self {
        match placed {
            Placed::Accepted(_) | Placed::AcceptedUnreadable => Self::Placed,
            Placed::Refused { .. } => Self::Refused,
            Placed::Temporary { .. } => Self::Failed,
            Placed::Ambiguous => Self::Unknown,
        }
    }
}

/// This has happened once more.
pub fn count(event: Event) {
    let mut counts = counts();
    let times = counts.entry(event).or_default();
    *times = times.saturating_add(1);
}

/// How often this has happened.
pub fn of(event: Event) -> u64 {
    counts().get(&event).copied().unwrap_or_default()
}

fn counts() -> MutexGuard<'static, BTreeMap<Event, u64>> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_has_a_word_of_its_own() {
        let words: BTreeSet<&str> = Event::all().map(Event::as_str).collect();
        assert_eq!(words.len(), Event::all().count());
    }
}
