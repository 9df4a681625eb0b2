//! Hours of forecasts that were read out of the database lately: a forecast is some 50 KiB of JSON, and reading it takes
//! longer than all the rest of an answer.
//!
//! Hours are kept under what the database says of their forecast: its run and when it was fetched. Each question reads that
//! from the database first, so hours of before a change are never used, whichever process changed them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use thunderbird_domain::forecast::{Cell, Hour, Source};

/// Forecasts whose hours are kept: those of two providers for twice as many cells as the built-in routes have. One of eight
/// days takes about 30 KiB, so that all of them take less than 4 MiB.
const MOST: usize = 128;

/// Which forecast it is, and which version of it: the columns `run_at` and `fetched_at`.
pub(crate) type Version = (i64, i64);

/// Kept hours of the forecasts of one database.
#[derive(Default)]
pub(crate) struct ForecastHours(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// How often hours were asked for; tells which were not needed for the longest time.
    asked: u64,
    of: HashMap<(Cell, Source), Read>,
}

struct Read {
    version: Version,
    hours: Arc<[Hour]>,
    asked: u64,
}

impl ForecastHours {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hours of this version, if they are kept.
    pub(crate) fn find(&self, key: (Cell, Source), version: Version) -> Option<Arc<[Hour]>> {
        let mut kept = self.kept();
        kept.asked = kept.asked.wrapping_add(1);
        let asked = kept.asked;
        let read = kept.of.get_mut(&key).filter(|read| read.version == version)?;
        read.asked = asked;
        Some(Arc::clone(&read.hours))
    }

    /// Keeps the hours of this version in place of those of another one. The ones that were not asked for during the longest
    /// time make room.
    pub(crate) fn keep(&self, key: (Cell, Source), version: Version, hours: Arc<[Hour]>) {
        let mut kept = self.kept();
        if kept.of.len() >= MOST
            && !kept.of.contains_key(&key)
            && let Some(idle) = kept
                .of
                .iter()
                .min_by_key(|(_, read)| read.asked)
                .map(|(key, _)| *key)
        {
            kept.of.remove(&idle);
        }
        let asked = kept.asked;
        let read = Read {
            version,
            hours,
            asked,
        };
        kept.of.insert(key, read);
    }
}

impl fmt::Debug for ForecastHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForecastHours({})", self.kept().of.len())
    }
}

#[cfg(test)]
mod tests {
    use thunderbird_domain::time::Timestamp;

    use super::*;

    fn hours(hours: u8) -> Arc<[Hour]> {
        [Hour::empty(Timestamp::EPOCH, hours)].into()
    }

    fn key(lat: usize) -> (Cell, Source) {
        (Cell::at(i16::try_from(lat).unwrap(), 0), Source::OpenMeteo)
    }

    #[test]
    fn hours_of_another_version_are_never_found() {
        let kept = ForecastHours::default();
        kept.keep(key(1), (1, 1), hours(1));
        assert_eq!(kept.find(key(1), (1, 1)), Some(hours(1)));
        assert_eq!(kept.find(key(1), (1, 2)), None);
        assert_eq!(kept.find(key(1), (2, 1)), None);
        assert_eq!(kept.find((key(1).0, Source::MetNorway), (1, 1)), None);
        kept.keep(key(1), (1, 2), hours(3));
        assert_eq!(kept.find(key(1), (1, 2)), Some(hours(3)));
        assert_eq!(kept.find(key(1), (1, 1)), None);
    }

    #[test]
    fn what_was_not_asked_for_during_the_longest_time_makes_room() {
        let kept = ForecastHours::default();
        for lat in 0..MOST {
            kept.keep(key(lat), (1, 1), hours(1));
            assert!(kept.find(key(lat), (1, 1)).is_some());
        }
        assert!(kept.find(key(0), (1, 1)).is_some());
        kept.keep(key(MOST), (1, 1), hours(1));
        assert_eq!(format!("{kept:?}"), format!("ForecastHours({MOST})"));
        assert!(kept.find(key(0), (1, 1)).is_some());
        assert!(kept.find(key(1), (1, 1)).is_none());
        assert!(kept.find(key(MOST), (1, 1)).is_some());
    }
}
