//! How long the service was deaf: when it last ran, and up to when every text is known to be stored.

use std::time::Duration;

use crate::{port::PortFuture, time::Timestamp};

/// A pause longer than this may have cost texts: Twilio does not deliver a webhook a second time.
pub const GAP: Duration = Duration::from_mins(2);

/// How long contacts are not alerted while missed texts cannot be fetched.
pub const GAP_HOLD: Duration = Duration::from_mins(10);

/// How long everything about promises waits for the first attempt to fetch.
pub const FIRST_ATTEMPT: Duration = Duration::from_mins(1);

/// What was noted about receiving texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reception {
    /// When the service last ran.
    pub alive_at: Timestamp,
    /// Every text that the provider received before this instant is stored.
    pub read_to: Option<Timestamp>,
}

/// Keeps [`Reception`] over a restart. Contract: `thunderbird_testkit::contract::reception_log`.
pub trait ReceptionLog: Send + Sync {
    /// What was noted last.
    fn last(&self) -> PortFuture<'_, Option<Reception>>;

    /// Notes that the service runs.
    fn alive(&self, at: Timestamp) -> PortFuture<'_, ()>;

    /// Notes that every text that the provider received before `at` is stored.
    fn read_to(&self, at: Timestamp) -> PortFuture<'_, ()>;
}

/// What may not be sent yet, because a text that would change it may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deaf {
    /// Every text is known.
    No,
    /// The first attempt to fetch is under way: nothing about promises is sent.
    Fetching,
    /// Texts cannot be fetched: hikers are asked, but contacts are not alerted.
    Holding,
    /// Texts could not be fetched for [`GAP_HOLD`]: contacts are alerted, and read that a text may be lost.
    GivenUp,
}

/// A time in which webhooks may have been lost, until the provider's list was read. Instants are given as the time that
/// has passed since the process started, because no clock that can be set may end a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gap {
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    since: Duration,
    noticed: Duration,
    attempted: bool,
}

impl Gap {
    /// Notices a gap that ends at `passed`. One that is open already goes on: no further gap holds alerts for longer.
    pub fn notice(&mut self, passed: Duration) {
        self.open = Some(match self.open {
            Some(open) => Open {
                noticed: passed,
                ..open
            },
            None => Open {
                since: passed,
                noticed: passed,
                attempted: false,
            },
        });
    }

    /// Notes how an attempt ended that began at `began`. Only one that began after the gap was noticed closes it.
    pub fn attempted(&mut self, began: Duration, is_whole: bool) {
        if let Some(open) = &mut self.open {
            open.attempted = true;
            if is_whole && began >= open.noticed {
                self.open = None;
            }
        }
    }

    /// Whether texts may be missing.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// How long the gap has lasted at `passed`; nothing if every text is known.
    pub fn lasted(&self, passed: Duration) -> Option<Duration> {
        self.open.map(|open| passed.saturating_sub(open.since))
    }

    /// What may not be sent at `passed`.
    pub fn at(&self, passed: Duration) -> Deaf {
        let (Some(open), Some(lasted)) = (self.open, self.lasted(passed)) else {
            return Deaf::No;
        };
        if lasted >= GAP_HOLD {
            Deaf::GivenUp
        } else if open.attempted || lasted >= FIRST_ATTEMPT {
            Deaf::Holding
        } else {
            Deaf::Fetching
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn nothing_is_sent_until_texts_were_fetched_or_could_not_be_for_ten_minutes() {
        let mut gap = Gap::default();
        assert_eq!(gap.at(MINUTE), Deaf::No);
        gap.notice(MINUTE);
        assert_eq!(gap.at(MINUTE), Deaf::Fetching);
        assert_eq!(gap.at(MINUTE * 2), Deaf::Holding, "an attempt that hangs");
        gap.attempted(MINUTE, false);
        assert_eq!(gap.at(MINUTE + Duration::from_secs(1)), Deaf::Holding);
        assert_eq!(gap.at(MINUTE * 11), Deaf::GivenUp);
        gap.attempted(MINUTE * 12, true);
        assert_eq!(gap.at(MINUTE * 12), Deaf::No);
    }

    #[test]
    fn further_gaps_hold_nothing_for_longer_and_need_a_fetch_of_their_own() {
        let mut gap = Gap::default();
        gap.notice(Duration::ZERO);
        gap.notice(MINUTE * 9);
        gap.attempted(MINUTE * 8, true);
        assert!(gap.is_open(), "that list was read before the second gap ended");
        assert_eq!(gap.at(MINUTE * 10), Deaf::GivenUp);
        gap.attempted(MINUTE * 9, true);
        assert!(!gap.is_open());
    }
}
