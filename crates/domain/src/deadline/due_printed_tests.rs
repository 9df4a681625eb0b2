//! What is printed is what was read, over the years 2026 to 2031: every text about a promise shows the stored instant.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::*;
use crate::messages::local_time;

/// How far ahead of its time a promise is read here.
const AHEAD: Duration = Duration::from_hours(24 * 20);

/// A prime, so that every minute of the hour and every hour of the day is met.
const EVERY: u64 = 127;

const MINUTE: Duration = Duration::from_mins(1);

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn at(utc: &str) -> Timestamp {
    let instant: jiff::Timestamp = utc.parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

/// The text as a hiker would type it back, and the letters of the zone.
fn printed(instant: Timestamp, zone: &TimeZone) -> (String, String) {
    let text = local_time(instant, zone);
    let (typed, letters) = text.rsplit_once(' ').unwrap();
    (typed.to_owned(), letters.to_owned())
}

/// Reads back what is printed of an instant. In the first pass of an hour that exists twice the letters of the zone say
/// which pass it is; the text without them is read as the second one. Midnight is refused.
fn comes_back(instant: Timestamp, zone: &TimeZone) {
    let (typed, letters) = printed(instant, zone);
    match Due::parse(&typed, instant.minus(AHEAD), zone) {
        Ok(due) if due.at == instant => {}
        Ok(due) => {
            let (again, others) = printed(due.at, zone);
            assert!(
                due.at > instant && again == typed && others != letters,
                "{typed} {letters}"
            );
            let echoed = Due::parse(&again, instant.minus(AHEAD), zone).unwrap();
            assert_eq!(echoed.at, due.at, "what was read is echoed as itself: {typed}");
        }
        Err(refusal) => {
            assert!(
                refusal == DueRefusal::Midnight && typed.ends_with("12:00 am"),
                "{typed} {refusal:?}"
            );
        }
    }
}

#[test]
fn what_every_text_prints_is_the_stored_instant() {
    for name in [
        "Australia/Hobart",
        "Pacific/Auckland",
        "Australia/Perth",
        "Australia/Lord_Howe",
    ] {
        let zone = zone(name);
        let (mut instant, end) = (at("2026-01-01T00:00:00Z"), at("2032-01-01T00:00:00Z"));
        while instant < end {
            comes_back(instant, &zone);
            instant = instant.plus(Duration::from_mins(EVERY));
        }
    }
}

/// The changes of the clocks in the zone, 2026 to 2031.
fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let changes = zone.following(start).map(|change| change.timestamp());
    changes
        .map(|change| Timestamp::from_micros(change.as_microsecond()))
        .take_while(|change| *change < at("2032-01-01T00:00:00Z"))
        .collect()
}

#[test]
fn every_minute_around_a_change_of_the_clocks_comes_back() {
    for name in ["Australia/Hobart", "Pacific/Auckland", "Australia/Lord_Howe"] {
        let zone = zone(name);
        let changes = changes(&zone);
        assert_eq!(changes.len(), 12, "{name}: two a year");
        for change in changes {
            let mut instant = change.minus(Duration::from_hours(3));
            while instant < change.plus(Duration::from_hours(3)) {
                comes_back(instant, &zone);
                instant = instant.plus(MINUTE);
            }
        }
    }
}

#[test]
fn every_minute_that_the_clocks_leave_out_is_refused() {
    for (name, minutes) in [
        ("Australia/Hobart", 60),
        ("Pacific/Auckland", 60),
        ("Australia/Lord_Howe", 30),
    ] {
        let zone = zone(name);
        let mut refused = 0;
        for change in changes(&zone) {
            let local = |instant: Timestamp| {
                let instant = jiff::Timestamp::from_microsecond(instant.as_micros()).unwrap();
                instant.to_zoned(zone.clone()).datetime()
            };
            let (mut clock, after) = (local(change.minus(MINUTE)), local(change));
            clock = clock.checked_add(jiff::Span::new().minutes(1)).unwrap();
            let now = change.minus(AHEAD);
            while clock < after {
                let typed = clock.strftime("%-d %b %-I:%M%p").to_string();
                let dated = clock.strftime("%Y-%m-%dT%H:%M").to_string();
                let next = after.time();
                assert_eq!(
                    Due::parse(&typed, now, &zone),
                    Err(DueRefusal::SkippedHour { next }),
                    "{name} {typed}"
                );
                assert_eq!(
                    Due::parse_dated(&dated, now, &zone),
                    Err(DueRefusal::SkippedHour { next }),
                    "{dated}"
                );
                refused += 1;
                clock = clock.checked_add(jiff::Span::new().minutes(1)).unwrap();
            }
        }
        assert_eq!(refused, 6 * minutes, "{name}: six springs");
    }
}
