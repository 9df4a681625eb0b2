//! Reads what an operator typed into the search fields of a list.

use crate::{
    phone_number::{PhoneNumber, Region},
    time::Timestamp,
};

/// The field without blanks around it; `None` if it is empty.
pub(super) fn filled(typed: &str) -> Option<&str> {
    Some(typed.trim()).filter(|typed| !typed.is_empty())
}

/// A whole number in E.164, or the beginning of one as it was typed.
pub(super) fn number_prefix(typed: &str, region: Region) -> String {
    match PhoneNumber::parse(typed, region) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => typed
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == '+')
            .collect(),
    }
}

/// The first instant of a day in UTC; `None` if the text is not a date.
pub(super) fn day(typed: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = typed.parse().ok()?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_searched_for_by_its_beginning() {
        let australia = Region::parse("AU").unwrap();
        assert_eq!(number_prefix("0491 570 006", australia), "+61491570006");
        assert_eq!(number_prefix("+61 4915", australia), "+614915");
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc_and_nonsense_is_no_day() {
        assert_eq!(
            day("1970-01-02"),
            Some(Timestamp::from_micros(24 * 3_600 * 1_000_000))
        );
        assert_eq!(day("yesterday"), None);
    }
}
