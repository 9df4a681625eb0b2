//! Dates as Twilio writes them.

use thunderbird_domain::time::Timestamp;

/// `Sun, 22 Nov 2026 19:00:00 GMT` of a header (RFC 9110, section 5.6.7), or `Sun, 22 Nov 2026 19:00:00 +0000` of a
/// resource (RFC 2822).
pub(super) fn instant(date: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// `2026-11-22`: the day of an instant in UTC.
pub(super) fn day(at: Timestamp) -> Option<String> {
    let instant = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
    Some(instant.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        let read = instant("Sun, 22 Nov 2026 19:00:00 GMT").unwrap();
        assert_eq!(read.to_string(), "2026-11-22T19:00:00Z");
        assert_eq!(instant("Sun, 22 Nov 2026 19:00:00 +0000"), Some(read));
        assert_eq!(instant("yesterday"), None);
        assert_eq!(day(read).as_deref(), Some("2026-11-22"));
    }
}
