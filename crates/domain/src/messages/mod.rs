//! Every text and mail we send, in one place.

pub mod account;
pub mod alarm;
pub mod call;
pub mod check_in;
pub mod claim;
pub mod contact;
pub mod deadline;
pub mod for_contacts;
pub mod forecast;
pub mod help;
pub mod late;
pub mod mail;
pub mod onboarding;
pub mod page;
pub mod phone;
pub mod replies;
pub mod routes;
pub mod voice;

use jiff::tz::TimeZone;

use crate::{phone_number::Region, time::Timestamp};

/// An instant as people on the track read it: `Thu 19 Nov 6:40 pm AEDT`.
pub fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(instant) => instant
            .to_zoned(zone.clone())
            .strftime("%a %-d %b %-I:%M %P %Z")
            .to_string(),
        Err(_) => at.to_string(),
    }
}

/// The time of day of an instant, as people on the track read it: `6:40 pm`.
pub(crate) fn local_clock(at: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(instant) => instant.to_zoned(zone.clone()).strftime("%-I:%M %P").to_string(),
        Err(_) => at.to_string(),
    }
}

/// What to dial in an emergency where numbers are read as this region's, for a sender whose route is not known.
pub fn emergency_number(region: Region) -> &'static str {
    match region.code().as_str() {
        "AU" => "000",
        "NZ" => "111",
        "US" | "CA" => "911",
        _ => "112",
    }
}

/// `1 contact`, `2 contacts`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_route_s_zone_with_the_date() {
        let hobart = jiff::tz::TimeZoneDatabase::bundled()
            .get("Australia/Hobart")
            .unwrap();
        for (utc, told) in [
            ("2026-11-19T07:40:00Z", "Thu 19 Nov 6:40 pm AEDT"),
            ("2026-07-01T14:05:00Z", "Thu 2 Jul 12:05 am AEST"),
        ] {
            let instant: jiff::Timestamp = utc.parse().unwrap();
            let at = Timestamp::from_micros(instant.as_microsecond());
            assert_eq!(local_time(at, &hobart), told);
        }
    }
}
