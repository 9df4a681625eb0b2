//! How old a forecast may be. No setting changes it: numbers of unknown or great age are worse than none.

use std::time::Duration;

use super::forecast::{CLOCKS_DIFFER, Forecast};
use crate::time::Timestamp;

/// For so long after a check nothing is said of age beyond run and check.
const FRESH: Duration = Duration::from_hours(2);

/// For so long after a check the numbers are shown, with their age first.
const USABLE: Duration = Duration::from_hours(24);

/// No numbers of an older run are shown, whenever it was checked.
const OLDEST_RUN: Duration = Duration::from_hours(36);

/// The least and the most that a provider's `Expires` counts for.
const EXPIRES: (Duration, Duration) = (Duration::from_mins(10), Duration::from_hours(6));

/// Whether a forecast can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// As new as there is.
    Fresh,
    /// Shown, with the time since the check.
    Old(Duration),
    /// Never shown. The time since the run or the check, whichever is too long.
    TooOld(Duration),
}

impl Age {
    /// The age of a forecast.
    pub fn of(forecast: &Forecast, now: Timestamp) -> Self {
        let (run, check) = (now.since(forecast.run), now.since(forecast.checked));
        // Our clock was wrong when it was checked, or is wrong now: its age is not known.
        let is_ahead = forecast.checked > now.plus(CLOCKS_DIFFER);
        if run > OLDEST_RUN || is_ahead {
            Self::TooOld(run)
        } else if check > USABLE {
            Self::TooOld(check)
        } else if check <= FRESH || forecast.expires.is_some_and(|expires| now < expires) {
            Self::Fresh
        } else {
            Self::Old(check)
        }
    }

    /// Whether it is shown.
    pub const fn is_usable(self) -> bool {
        !matches!(self, Self::TooOld(_))
    }
}

/// Until when the provider wants not to be asked again, as far as it is plausible.
pub fn believed_expiry(expires: Timestamp, now: Timestamp) -> Timestamp {
    let (least, most) = EXPIRES;
    expires.clamp(now.plus(least), now.plus(most))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::forecast::{Cell, Source};

    fn aged(run: u64, checked: u64, expires: Option<u64>) -> Age {
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        let ago = |minutes| now.minus(Duration::from_mins(minutes));
        let forecast = Forecast {
            cell: Cell::at(-837, 2_921),
            source: Source::OpenMeteo,
            run: ago(run),
            fetched: ago(checked),
            checked: ago(checked),
            expires: expires.map(|minutes| now.plus(Duration::from_mins(minutes))),
            tag: None,
            ground: None,
            hours: Arc::default(),
        };
        Age::of(&forecast, now)
    }

    #[test]
    fn a_forecast_is_fresh_then_old_then_never_shown() {
        assert_eq!(aged(600, 120, None), Age::Fresh);
        assert_eq!(aged(600, 121, None), Age::Old(Duration::from_mins(121)));
        assert_eq!(aged(600, 200, Some(1)), Age::Fresh);
        assert_eq!(aged(2_000, 24 * 60, None), Age::Old(Duration::from_hours(24)));
        assert_eq!(
            aged(2_000, 24 * 60 + 1, None),
            Age::TooOld(Duration::from_mins(24 * 60 + 1))
        );
    }

    #[test]
    fn an_old_run_is_never_shown_however_often_it_was_checked() {
        assert_eq!(aged(36 * 60, 0, None), Age::Fresh);
        assert_eq!(
            aged(36 * 60 + 1, 0, Some(60)),
            Age::TooOld(Duration::from_mins(36 * 60 + 1))
        );
        assert!(!aged(36 * 60 + 1, 0, None).is_usable());
    }

    #[test]
    fn what_was_checked_hours_ahead_of_our_clock_is_never_shown() {
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        let forecast = |ahead| Forecast {
            cell: Cell::at(-837, 2_921),
            source: Source::OpenMeteo,
            run: now.minus(Duration::from_hours(5)),
            fetched: now,
            checked: now.plus(Duration::from_mins(ahead)),
            expires: None,
            tag: None,
            ground: None,
            hours: Arc::default(),
        };
        assert_eq!(Age::of(&forecast(60), now), Age::Fresh);
        assert_eq!(
            Age::of(&forecast(61), now),
            Age::TooOld(Duration::from_hours(5)),
            "the clock was set back since"
        );
    }

    #[test]
    fn a_wrong_expiry_counts_for_ten_minutes_to_six_hours() {
        let now = Timestamp::EPOCH.plus(Duration::from_hours(24 * 365 * 50));
        let (past, far) = (
            now.minus(Duration::from_hours(1)),
            now.plus(Duration::from_hours(240)),
        );
        assert_eq!(believed_expiry(past, now), now.plus(Duration::from_mins(10)));
        assert_eq!(believed_expiry(far, now), now.plus(Duration::from_hours(6)));
    }
}
