//! Reads the duration after LATE.

use std::time::Duration;

/// Shortest delay that LATE accepts.
pub const SHORTEST_DELAY: Duration = Duration::from_mins(15);

/// Longest delay that LATE accepts.
pub const LONGEST_DELAY: Duration = Duration::from_hours(24);

/// The same LATE within this time counts once: networks repeat texts, and people do when no answer comes.
pub const LATE_COUNTS_ONCE: Duration = Duration::from_mins(30);

/// How much later a hiker will be: [`SHORTEST_DELAY`] to [`LONGEST_DELAY`], in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delay(Duration);

/// Why no delay was read. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DelayRefusal {
    /// Nothing follows LATE.
    #[error("A duration is missing, such as LATE 2H.")]
    Missing,
    /// A number without a unit: hours and minutes are both possible.
    #[error("A unit is missing: H for hours or M for minutes.")]
    NoUnit,
    /// A number with a decimal point or comma.
    #[error("Write whole numbers, such as LATE 1H30.")]
    Fraction,
    /// Anything else stands after LATE.
    #[error("This is not a duration such as 2H, 90M or 1H30.")]
    NotADelay,
    /// Less than [`SHORTEST_DELAY`].
    #[error("The shortest delay is 15 minutes.")]
    TooShort,
    /// More than [`LONGEST_DELAY`].
    #[error("The longest delay is 24 hours.")]
    TooLong,
}

impl DelayRefusal {
    /// The word for it in the metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NoUnit => "no_unit",
            Self::Fraction => "fraction",
            Self::NotADelay => "not_a_delay",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
        }
    }
}

impl Delay {
    /// Reads the raw tail of LATE: `2H`, `2 HOURS`, `90M`, `1H30`, `1H30M`, `1 DAY`.
    ///
    /// # Errors
    ///
    /// [`DelayRefusal`] for anything that is not one duration with whole numbers and a unit.
    pub fn parse(tail: &str) -> Result<Self, DelayRefusal> {
        let text = tail.trim().trim_end_matches(['.', '!']).to_ascii_uppercase();
        if text.is_empty() {
            return Err(DelayRefusal::Missing);
        }
        Self::of_minutes(minutes(&text)?)
    }

    /// A delay of so many minutes.
    ///
    /// # Errors
    ///
    /// [`DelayRefusal::TooShort`] or [`DelayRefusal::TooLong`].
    pub fn of_minutes(minutes: u64) -> Result<Self, DelayRefusal> {
        let delay = Duration::from_mins(minutes);
        if delay < SHORTEST_DELAY {
            return Err(DelayRefusal::TooShort);
        }
        if delay > LONGEST_DELAY {
            return Err(DelayRefusal::TooLong);
        }
        Ok(Self(delay))
    }

    /// The duration that was read.
    pub const fn as_duration(self) -> Duration {
        self.0
    }
}

/// Whether the tail of LATE is empty or meant as a duration, right or wrong.
pub fn names_duration(tail: &str) -> bool {
    !matches!(Delay::parse(tail), Err(DelayRefusal::NotADelay))
}

/// Minutes of a text that consists of numbers with units, the largest unit first.
fn minutes(text: &str) -> Result<u64, DelayRefusal> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut last_unit = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).ok_or(DelayRefusal::NotADelay)?;
        if number.is_empty() || number.len() > 5 {
            return Err(DelayRefusal::NotADelay);
        }
        let number: u64 = number.parse().map_err(|_| DelayRefusal::NotADelay)?;
        if after.starts_with(['.', ',']) {
            return Err(DelayRefusal::Fraction);
        }
        let after = after.trim_start();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, after) = after.split_at_checked(letters).ok_or(DelayRefusal::NotADelay)?;
        let unit = match word {
            // The minutes of `1H30` need no unit of their own.
            "" if last_unit == 60 && after.is_empty() => 1,
            "" if last_unit == u64::MAX && after.is_empty() => return Err(DelayRefusal::NoUnit),
            "M" | "MIN" | "MINS" | "MINUTE" | "MINUTES" => 1,
            "H" | "HR" | "HRS" | "HOUR" | "HOURS" => 60,
            "D" | "DAY" | "DAYS" => 24 * 60,
            _ => return Err(DelayRefusal::NotADelay),
        };
        if unit >= last_unit {
            return Err(DelayRefusal::NotADelay);
        }
        last_unit = unit;
        total = total.saturating_add(number.saturating_mul(unit));
        rest = after.trim_start();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_with_units_is_read() {
        for (tail, minutes) in [
            ("2H", 120),
            ("2 hours", 120),
            ("2hrs", 120),
            ("90M", 90),
            ("90 min", 90),
            ("1H30", 90),
            ("1h30m", 90),
            ("1 hour 30 minutes", 90),
            ("1D", 1_440),
            ("1 day", 1_440),
            ("15m", 15),
            ("2H.", 120),
        ] {
            assert_eq!(
                Delay::parse(tail),
                Ok(Delay(Duration::from_mins(minutes))),
                "{tail}"
            );
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (tail, refusal) in [
            ("", DelayRefusal::Missing),
            ("2", DelayRefusal::NoUnit),
            ("1.5H", DelayRefusal::Fraction),
            ("1,5 hours", DelayRefusal::Fraction),
            ("again", DelayRefusal::NotADelay),
            ("2H please", DelayRefusal::NotADelay),
            ("30M 1H", DelayRefusal::NotADelay),
            ("2H 2H", DelayRefusal::NotADelay),
            ("-2H", DelayRefusal::NotADelay),
            ("two hours", DelayRefusal::NotADelay),
            ("123456H", DelayRefusal::NotADelay),
            ("14M", DelayRefusal::TooShort),
            ("0H", DelayRefusal::TooShort),
            ("25H", DelayRefusal::TooLong),
            ("2D", DelayRefusal::TooLong),
        ] {
            assert_eq!(Delay::parse(tail), Err(refusal), "{tail}");
        }
    }

    proptest! {
        #[test]
        fn reading_is_total_and_bounded(tail in "\\PC{0,20}|[0-9]{1,4} ?(H|M|D|HOURS)[0-9]{0,2}") {
            if let Ok(delay) = Delay::parse(&tail) {
                prop_assert!((SHORTEST_DELAY..=LONGEST_DELAY).contains(&delay.as_duration()));
            }
        }
    }
}
