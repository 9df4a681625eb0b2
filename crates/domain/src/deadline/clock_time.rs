//! Reads a time of day as hikers type it. A time that has two readings is not guessed.

use jiff::civil::Time;

/// What a word says about the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockTime {
    /// It has one reading.
    One(Time),
    /// Hour and minute without AM or PM, which can be morning or evening: both readings.
    Two {
        /// The reading before noon.
        morning: Time,
        /// The reading after noon.
        evening: Time,
    },
    /// Midnight, which belongs to two days.
    Midnight,
}

/// Which half of the day a time is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

impl ClockTime {
    /// Reads one word in capitals: `6PM`, `6:30PM`, `630PM`, `6.30PM`, `NOON`, `18:30`, `1830`, `18.30`, `0630`, `6`,
    /// `MIDNIGHT`. Returns `None` if the word is no time.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "NOON" | "MIDDAY" => return Time::new(12, 0, 0, 0).ok().map(Self::One),
            "MIDNIGHT" => return Some(Self::Midnight),
            _ => {}
        }
        let (digits, half) = match (word.strip_suffix("AM"), word.strip_suffix("PM")) {
            (Some(digits), _) => (digits, Some(Half::Am)),
            (_, Some(digits)) => (digits, Some(Half::Pm)),
            _ => (word, None),
        };
        let (hour, minute, leading_zero) = hour_and_minute(digits)?;
        match half {
            Some(half) => with_half(hour, minute, half),
            None => without_half(hour, minute, leading_zero),
        }
    }
}

fn with_half(hour: i8, minute: i8, half: Half) -> Option<ClockTime> {
    if !(1..=12).contains(&hour) {
        return None;
    }
    let hour = match (half, hour) {
        (Half::Am, 12) if minute == 0 => return Some(ClockTime::Midnight),
        (Half::Am, 12) => 0,
        (Half::Pm, 12) => 12,
        (Half::Am, hour) => hour,
        (Half::Pm, hour) => hour.checked_add(12)?,
    };
    Time::new(hour, minute, 0, 0).ok().map(ClockTime::One)
}

fn without_half(hour: i8, minute: i8, leading_zero: bool) -> Option<ClockTime> {
    if (hour, minute) == (24, 0) || (hour == 0 && minute == 0) {
        return Some(ClockTime::Midnight);
    }
    if hour >= 13 || leading_zero {
        return Time::new(hour, minute, 0, 0).ok().map(ClockTime::One);
    }
    let morning = Time::new(hour.checked_rem(12)?, minute, 0, 0).ok()?;
    let evening = Time::new(hour.checked_rem(12)?.checked_add(12)?, minute, 0, 0).ok()?;
    Some(ClockTime::Two { morning, evening })
}

/// Hour, minute, and whether the hour was written with a leading zero.
fn hour_and_minute(digits: &str) -> Option<(i8, i8, bool)> {
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        None if digits.len() >= 3 => digits.split_at_checked(digits.len().checked_sub(2)?)?,
        None => (digits, "0"),
    };
    let is_number =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (number, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    if number > 24 || minute > 59 || (number == 24 && minute > 0) {
        return None;
    }
    Some((number, minute, hour.len() == 2 && hour.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(hour: i8, minute: i8) -> ClockTime {
        ClockTime::One(Time::new(hour, minute, 0, 0).unwrap())
    }

    #[test]
    fn a_time_with_one_reading_is_read() {
        for (word, hour, minute) in [
            ("6PM", 18, 0),
            ("6:30PM", 18, 30),
            ("630PM", 18, 30),
            ("6.30PM", 18, 30),
            ("1030PM", 22, 30),
            ("06:30PM", 18, 30),
            ("12PM", 12, 0),
            ("12:01AM", 0, 1),
            ("NOON", 12, 0),
            ("18:30", 18, 30),
            ("1830", 18, 30),
            ("18.30", 18, 30),
            ("06:30", 6, 30),
            ("0630", 6, 30),
            ("0030", 0, 30),
            ("2359", 23, 59),
            ("18", 18, 0),
            ("06", 6, 0),
        ] {
            assert_eq!(ClockTime::parse(word), Some(one(hour, minute)), "{word}");
        }
    }

    #[test]
    fn a_time_with_two_readings_names_both() {
        for (word, morning, evening, minute) in [
            ("6", 6, 18, 0),
            ("6:30", 6, 18, 30),
            ("630", 6, 18, 30),
            ("10:30", 10, 22, 30),
            ("12:30", 0, 12, 30),
            ("1230", 0, 12, 30),
            ("12", 0, 12, 0),
        ] {
            let expected = ClockTime::Two {
                morning: Time::new(morning, minute, 0, 0).unwrap(),
                evening: Time::new(evening, minute, 0, 0).unwrap(),
            };
            assert_eq!(ClockTime::parse(word), Some(expected), "{word}");
        }
    }

    #[test]
    fn midnight_belongs_to_two_days() {
        for word in ["12AM", "12:00AM", "00:00", "0000", "24:00", "2400", "MIDNIGHT"] {
            assert_eq!(ClockTime::parse(word), Some(ClockTime::Midnight), "{word}");
        }
    }

    #[test]
    fn other_words_are_no_time() {
        for word in [
            "", "PM", "13PM", "0PM", "6:3PM", "6:300PM", "25:00", "24:30", "18:60", "6:30:10", "-6", "6H",
            "SIX", "12345", "18:30PM",
        ] {
            assert_eq!(ClockTime::parse(word), None, "{word}");
        }
    }
}
