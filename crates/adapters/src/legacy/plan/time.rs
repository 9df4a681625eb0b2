//! Reads the three conventions in which the Python version wrote times.

use jiff::{civil, tz::TimeZone};
use thunderbird_domain::time::Timestamp;

/// Who wrote a column when there is no zone in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// SQLite's default or Python's UTC clock: always UTC.
    Utc,
    /// Python's local clock; but a blank instead of the `T` is SQLite's own default, which is UTC.
    Local,
}

/// The instant that `text` names, or `None` when it names none.
///
/// An offset in the text wins. In the repeated hour at the end of daylight saving the later instant is taken, so
/// that nothing seems older than it is; a local time that never was is moved past the gap.
pub fn read(text: &str, writer: Writer, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let separator = text.get(10..11)?;
    if !text.is_ascii() || !matches!(separator, " " | "T" | "t") || !text.contains(':') {
        return None;
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(micros(instant));
    }
    let after_time = text.get(11..)?;
    if after_time.contains(['+', '-', '[', 'Z', 'z']) {
        return None;
    }
    let civil: civil::DateTime = text.parse().ok()?;
    let zone = if writer == Writer::Utc || separator == " " {
        &TimeZone::UTC
    } else {
        zone
    };
    let instant = zone.to_ambiguous_timestamp(civil).later().ok()?;
    Some(micros(instant))
}

fn micros(instant: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(instant.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str, writer: Writer) -> String {
        let hobart = TimeZone::get("Australia/Hobart").unwrap();
        read(text, writer, &hobart).map_or_else(|| "-".to_owned(), |instant| instant.to_string())
    }

    #[test]
    fn each_convention_is_read_in_its_own_zone() {
        assert_eq!(
            read_as("2026-01-19 08:41:30", Writer::Utc),
            "2026-01-19T08:41:30Z"
        );
        assert_eq!(
            read_as("2026-01-19 08:41:30", Writer::Local),
            "2026-01-19T08:41:30Z"
        );
        assert_eq!(
            read_as("2026-01-19T19:41:30.123456", Writer::Local),
            "2026-01-19T08:41:30.123456Z"
        );
        assert_eq!(
            read_as("2026-01-19T19:41:30", Writer::Local),
            "2026-01-19T08:41:30Z"
        );
        assert_eq!(
            read_as("2026-01-23T01:35:25.193327", Writer::Utc),
            "2026-01-23T01:35:25.193327Z"
        );
    }

    #[test]
    fn an_offset_in_the_text_wins() {
        for text in ["2026-01-19T19:41:30+11:00", "2026-01-19T08:41:30Z"] {
            assert_eq!(read_as(text, Writer::Local), "2026-01-19T08:41:30Z");
        }
    }

    #[test]
    fn the_repeated_hour_is_the_later_one() {
        // Hobart went from +11 to +10 at 03:00 on 5 April 2026, so 02:30 came twice.
        assert_eq!(
            read_as("2026-04-05T02:30:00", Writer::Local),
            "2026-04-04T16:30:00Z"
        );
        assert_eq!(
            read_as("2026-04-05T01:59:59", Writer::Local),
            "2026-04-04T14:59:59Z"
        );
    }

    #[test]
    fn an_hour_that_never_was_is_moved_past_the_gap() {
        assert_eq!(
            read_as("2026-10-04T02:30:00", Writer::Local),
            "2026-10-03T16:30:00Z"
        );
    }

    #[test]
    fn what_is_no_time_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-01-19",
            "2026-02-30 08:00:00",
            "2026-01-19 25:00:00",
            "19/01/2026 08:41:30",
            "1768812090",
            "२०२६-०१-१९ 08:41:30",
            "2026-01-19T08:41:30+nonsense",
        ] {
            assert_eq!(read_as(text, Writer::Utc), "-", "{text:?}");
        }
    }
}
