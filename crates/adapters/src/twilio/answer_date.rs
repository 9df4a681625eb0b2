//! The clock of Twilio, as the `Date` of its answers shows it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::header::{self, HeaderMap};
use thunderbird_domain::time::{Reference, ReferenceClock, Timestamp};
use tokio::time::Instant;

use super::date::instant;

/// An answer that took longer says too little about the present.
const SLOWEST: Duration = Duration::from_secs(10);

/// Two answers that are further apart than this contradict each other.
const APART: Duration = Duration::from_mins(2);

#[derive(Debug, Clone, Copy)]
struct Dated {
    date: Timestamp,
    asked: Instant,
    came: Instant,
}

impl Dated {
    fn at(&self, now: Instant) -> Timestamp {
        self.date.plus(now.saturating_duration_since(self.came))
    }

    fn agrees_with(&self, later: &Self) -> bool {
        self.at(later.came).within(APART, later.date)
    }
}

/// What the answers said. One that contradicts the answer before it counts only if the next one confirms it, so a single
/// wrong date changes nothing.
#[derive(Debug, Default)]
pub struct AnswerDates(Mutex<Dates>);

#[derive(Debug, Default)]
struct Dates {
    counts: Option<Dated>,
    doubtful: Option<Dated>,
}

impl AnswerDates {
    /// Notes the date of an answer that was asked for at `asked` and came just now. One that cannot be read is ignored.
    pub(super) fn note(&self, headers: &HeaderMap, asked: Instant) {
        let written = headers.get(header::DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = written.and_then(instant) {
            let came = Instant::now();
            self.keep(Dated { date, asked, came });
        }
    }

    fn keep(&self, newest: Dated) {
        if newest.came.saturating_duration_since(newest.asked) > SLOWEST {
            return;
        }
        let mut dates = self.dates();
        let is_confirmed = |by: Option<Dated>| by.is_none_or(|before| before.agrees_with(&newest));
        if is_confirmed(dates.counts) || (dates.doubtful.is_some() && is_confirmed(dates.doubtful)) {
            *dates = Dates {
                counts: Some(newest),
                doubtful: None,
            };
        } else {
            dates.doubtful = Some(newest);
        }
    }

    fn dates(&self) -> MutexGuard<'_, Dates> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReferenceClock for AnswerDates {
    fn last(&self) -> Option<Reference> {
        let newest = self.dates().counts?;
        let now = Instant::now();
        Some(Reference {
            at: newest.at(now),
            age: now.saturating_duration_since(newest.asked),
        })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const NOON: Timestamp = Timestamp::from_micros(1_795_347_600_000_000);

    fn dated(dates: &AnswerDates, date: Timestamp, came: Instant) -> Option<Timestamp> {
        let asked = came.checked_sub(Duration::from_secs(1)).unwrap();
        dates.keep(Dated { date, asked, came });
        dates.dates().counts.map(|counts| counts.at(came))
    }

    #[tokio::test]
    async fn a_date_is_carried_on_by_the_time_that_passes() {
        let dates = AnswerDates::default();
        assert_eq!(dates.last(), None);
        let mut headers = HeaderMap::new();
        headers.insert(header::DATE, HeaderValue::from_static("yesterday"));
        dates.note(&headers, Instant::now());
        assert_eq!(dates.last(), None);
        headers.insert(
            header::DATE,
            HeaderValue::from_static("Sun, 22 Nov 2026 19:00:00 GMT"),
        );
        let long_ago = Instant::now().checked_sub(Duration::from_secs(11)).unwrap();
        dates.note(&headers, long_ago);
        assert_eq!(dates.last(), None, "a slow answer");
        let asked = Instant::now().checked_sub(Duration::from_secs(3)).unwrap();
        dates.note(&headers, asked);
        let last = dates.last().unwrap();
        assert!(last.at.within(
            Duration::from_secs(2),
            instant("Sun, 22 Nov 2026 19:00:00 GMT").unwrap()
        ));
        assert!(last.age >= Duration::from_secs(3));
    }

    #[tokio::test]
    async fn a_date_that_contradicts_the_one_before_counts_if_the_next_one_confirms_it() {
        let (dates, start) = (AnswerDates::default(), Instant::now());
        let minute = Duration::from_mins(1);
        assert_eq!(dated(&dates, NOON, start), Some(NOON));
        let wrong = NOON.plus(Duration::from_hours(3));
        assert_eq!(dated(&dates, wrong, start + minute), Some(NOON.plus(minute)));
        let right = NOON.plus(minute * 2);
        assert_eq!(dated(&dates, right, start + minute * 2), Some(right));
        assert_eq!(dated(&dates, wrong, start + minute * 3), Some(right.plus(minute)));
        let again = wrong.plus(minute);
        assert_eq!(dated(&dates, again, start + minute * 4), Some(again));
    }
}
