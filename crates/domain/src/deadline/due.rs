//! Reads the promised time after OUT. The text has one reading, or nothing is set.

use std::time::Duration;

use jiff::{
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{
    clock_time::ClockTime,
    day::{Day, DayConflict},
    due_refusal::DueRefusal,
    due_words::Said,
};
use crate::time::Timestamp;

/// A promised time lies at least this far ahead, so that a delayed text does not arm a passed time.
pub const SHORTEST_NOTICE: Duration = Duration::from_mins(15);

/// A promised time lies at most this many days ahead. The longest route takes 14 days; a date further ahead is usually
/// a passed date that was read as next year's.
pub const LONGEST_AHEAD_DAYS: u64 = 31;

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;

/// A promised time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The promised instant.
    pub at: Timestamp,
}

impl Due {
    /// Reads the raw tail of OUT, DUE or ETA, such as `SUN 6PM`, at the instant `now`. Times are local to `zone`.
    ///
    /// # Errors
    ///
    /// [`DueRefusal`] unless every word belongs to exactly one reading that lies 15 minutes to 31 days ahead.
    pub fn parse(tail: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, DueRefusal> {
        let instant = jiff::Timestamp::from_microsecond(now.as_micros()).map_err(|_| DueRefusal::Past)?;
        let today = instant.to_zoned(zone.clone()).date();
        let said = Said::parse(tail, today.year())?;
        let time = match said.time.ok_or(DueRefusal::NoTime)? {
            ClockTime::One(time) => time,
            ClockTime::Two { morning, evening } => return Err(DueRefusal::TwoReadings { morning, evening }),
            ClockTime::Midnight => return Err(DueRefusal::Midnight),
        };
        let date = said.day.resolve(today).map_err(|conflict| match conflict {
            DayConflict::NoSuchDate => DueRefusal::NoSuchDate,
            DayConflict::WeekdayDiffers(date) => DueRefusal::DaysDiffer {
                date,
                weekday: date.weekday(),
            },
        })?;
        let at = instant_of(date, time, zone)?;
        far_enough(at, now, &said.day, (date, time))?;
        near_enough(at, now)
    }
}

impl Due {
    /// Reads a dated time as a program writes it: `2026-11-22T18:00`, local to `zone`, or an instant with its offset as
    /// RFC 3339 writes it. Times are whole minutes.
    ///
    /// # Errors
    ///
    /// [`DueRefusal`] unless it is one instant that lies 15 minutes to 31 days ahead.
    pub fn parse_dated(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, DueRefusal> {
        if !text.contains('T') {
            return Err(DueRefusal::NoTime);
        }
        let at = if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            Timestamp::from_micros(instant.as_microsecond())
        } else {
            let is_bare = text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"-:T".contains(&byte));
            let local: DateTime = text.parse().ok().filter(|_| is_bare).ok_or(DueRefusal::NoTime)?;
            instant_of(local.date(), local.time(), zone)?
        };
        if at.as_micros() % MINUTE != 0 {
            return Err(DueRefusal::NoTime);
        }
        if at <= now {
            return Err(DueRefusal::Past);
        }
        if at < now.plus(SHORTEST_NOTICE) {
            return Err(DueRefusal::TooSoon);
        }
        near_enough(at, now)
    }
}

/// A promised time lies at most [`LONGEST_AHEAD_DAYS`] ahead.
fn near_enough(at: Timestamp, now: Timestamp) -> Result<Due, DueRefusal> {
    if at.since(now) > Duration::from_hours(24_u64.saturating_mul(LONGEST_AHEAD_DAYS)) {
        return Err(DueRefusal::TooFar);
    }
    Ok(Due { at })
}

/// Checks that the time lies ahead, and says what is wrong in the words that fit what was typed.
fn far_enough(
    at: Timestamp,
    now: Timestamp,
    day: &Day,
    (date, time): (Date, Time),
) -> Result<(), DueRefusal> {
    if at >= now.plus(SHORTEST_NOTICE) {
        return Ok(());
    }
    if day.is_unsaid() {
        return Err(DueRefusal::NeedsDay);
    }
    if at > now {
        return Err(DueRefusal::TooSoon);
    }
    let only_weekday = day.weekday.is_some() && day.date.is_none() && day.days_ahead.is_none();
    match date.nth_weekday(1, date.weekday()) {
        Ok(next) if only_weekday => Err(DueRefusal::PassedToday { next, time }),
        _ => Err(DueRefusal::Past),
    }
}

/// The instant of a local time. An hour that exists twice gives the later instant, so that no alarm comes before both
/// readings have passed; an hour that does not exist is refused.
fn instant_of(date: Date, time: Time, zone: &TimeZone) -> Result<Timestamp, DueRefusal> {
    let local = date.to_datetime(time);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() {
        // The minute that follows the gap: the local time that the first instant after the change has.
        let first = before
            .to_timestamp(local)
            .ok()
            .and_then(|instant| {
                zone.preceding(instant.checked_add(jiff::SignedDuration::from_secs(1)).ok()?)
                    .next()
            })
            .map(|change| change.timestamp().to_zoned(zone.clone()).time());
        return Err(DueRefusal::SkippedHour {
            next: first.unwrap_or(time),
        });
    }
    let instant = ambiguous.later().map_err(|_| DueRefusal::NoSuchDate)?;
    Ok(Timestamp::from_micros(instant.as_microsecond()))
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "due_printed_tests.rs"]
mod printed_tests;
