//! The days of a zone that a forecast covers.

use jiff::{ToSpan as _, Zoned, tz::TimeZone};

use crate::time::Timestamp;

/// Days that are shown, today among them.
pub const DAYS: i64 = 7;

/// A day, or what is left of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
}

/// The days from this hour on that a forecast covers wholly. Days are those of the zone: some have 23 or 25 hours.
pub fn days(now: Timestamp, zone: &TimeZone, known_to: Timestamp) -> Vec<Day> {
    let start = Timestamp::from_micros(now.as_micros().div_euclid(3_600_000_000) * 3_600_000_000);
    let today = zoned(start, zone).date();
    let mut from = start;
    let mut days = Vec::new();
    for after in 1..=DAYS {
        let midnight = today.saturating_add(after.days()).to_zoned(zone.clone());
        let Ok(midnight) = midnight else { break };
        let to = Timestamp::from_micros(midnight.timestamp().as_microsecond());
        if to > known_to {
            break;
        }
        days.push(Day { from, to });
        from = to;
    }
    days
}

/// An instant in a zone.
pub fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    let instant = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    instant.to_zoned(zone.clone())
}

/// The middle of the day that an instant lies in, by the clocks of the zone.
pub fn noon(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let noon = zoned(at, zone)
        .with()
        .time(jiff::civil::time(12, 0, 0, 0))
        .build();
    noon.map_or(at, |noon| {
        Timestamp::from_micros(noon.timestamp().as_microsecond())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LONGEST_DAY: Duration = Duration::from_hours(25);

    #[test]
    fn a_day_in_which_clocks_change_has_23_or_25_hours() {
        let zone = jiff::tz::TimeZoneDatabase::bundled()
            .get("Australia/Hobart")
            .unwrap();
        let lengths = |now: &str| -> Vec<u64> {
            let now: jiff::Timestamp = now.parse().unwrap();
            let now = Timestamp::from_micros(now.as_microsecond());
            days(now, &zone, now.plus(LONGEST_DAY * 9))
                .iter()
                .map(|day| day.to.since(day.from).as_secs() / 3_600)
                .collect()
        };
        assert_eq!(lengths("2027-04-02T13:30:00Z"), [24, 25, 24, 24, 24, 24, 24]);
        assert_eq!(lengths("2026-10-02T20:00:00Z"), [18, 23, 24, 24, 24, 24, 24]);
    }

    #[test]
    fn a_last_day_that_is_not_covered_to_its_end_is_left_out() {
        let zone = TimeZone::UTC;
        let now = Timestamp::from_micros(1_795_074_000_000_000);
        assert_eq!(days(now, &zone, now.plus(Duration::from_hours(41))).len(), 2);
        assert_eq!(days(now, &zone, now.plus(Duration::from_hours(16))).len(), 0);
    }
}
