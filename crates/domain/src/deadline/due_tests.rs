//! Every rule of reading a promised time, as a table of texts.

use jiff::{
    civil::{Weekday, date},
    tz::{TimeZone, TimeZoneDatabase},
};
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn hobart() -> TimeZone {
    zone("Australia/Hobart")
}

/// An instant from its local time in Hobart, or with an offset.
fn instant(rfc3339: &str) -> Timestamp {
    let instant: jiff::Timestamp = rfc3339.parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

/// Thursday 19 November 2026, 8:00 in the morning, Hobart.
fn thursday_morning() -> Timestamp {
    instant("2026-11-19T08:00:00+11:00")
}

fn read(tail: &str) -> Result<Timestamp, DueRefusal> {
    Due::parse(tail, thursday_morning(), &hobart()).map(|due| due.at)
}

#[test]
fn a_text_with_one_reading_is_read() {
    for (tail, at) in [
        ("SUN 6PM", "2026-11-22T18:00:00+11:00"),
        ("sunday 6:30 pm", "2026-11-22T18:30:00+11:00"),
        ("6PM SUN", "2026-11-22T18:00:00+11:00"),
        ("SUN 18:30", "2026-11-22T18:30:00+11:00"),
        ("SUN 1830", "2026-11-22T18:30:00+11:00"),
        ("SUN 0630", "2026-11-22T06:30:00+11:00"),
        ("SUN NOON", "2026-11-22T12:00:00+11:00"),
        ("6PM", "2026-11-19T18:00:00+11:00"),
        ("TODAY 6PM", "2026-11-19T18:00:00+11:00"),
        ("TMRW 6PM", "2026-11-20T18:00:00+11:00"),
        ("tomorrow 6 p.m.", "2026-11-20T18:00:00+11:00"),
        ("THU 6PM", "2026-11-19T18:00:00+11:00"),
        ("22 NOV 6PM", "2026-11-22T18:00:00+11:00"),
        ("NOV 22 6PM", "2026-11-22T18:00:00+11:00"),
        ("22nd november 6pm", "2026-11-22T18:00:00+11:00"),
        ("22/11 6PM", "2026-11-22T18:00:00+11:00"),
        ("22/11/26 6PM", "2026-11-22T18:00:00+11:00"),
        ("22-11 6PM", "2026-11-22T18:00:00+11:00"),
        ("22 NOV 2026 6PM", "2026-11-22T18:00:00+11:00"),
        ("22 NOV 2030", "2026-11-22T20:30:00+11:00"),
        ("SUN 22 NOV 6PM", "2026-11-22T18:00:00+11:00"),
        ("Sun, 22 Nov, 6pm.", "2026-11-22T18:00:00+11:00"),
        ("SUN 2359", "2026-11-22T23:59:00+11:00"),
        ("SUN \u{ff16}PM", "2026-11-22T18:00:00+11:00"),
        ("SUN\u{a0}6\u{a0}PM \u{1f44d}", "2026-11-22T18:00:00+11:00"),
        ("SUN 6.30pm", "2026-11-22T18:30:00+11:00"),
        ("8:15AM", "2026-11-19T08:15:00+11:00"),
    ] {
        assert_eq!(read(tail), Ok(instant(at)), "{tail}");
    }
}

#[test]
fn a_text_without_one_reading_is_refused_with_its_reason() {
    let time = |hour, minute| Time::new(hour, minute, 0, 0).unwrap();
    let two = |hour: i8, minute| DueRefusal::TwoReadings {
        morning: time(hour % 12, minute),
        evening: time(hour % 12 + 12, minute),
    };
    for (tail, refusal) in [
        ("", DueRefusal::NoTime),
        ("SUN", DueRefusal::NoTime),
        ("22 NOV", DueRefusal::NoTime),
        ("22 NOV 2026", DueRefusal::NoTime),
        ("SUN 6", two(6, 0)),
        ("SUN 6:30", two(6, 30)),
        ("10:30", two(10, 30)),
        ("SUN 12:30", two(12, 30)),
        ("SUN 12AM", DueRefusal::Midnight),
        ("SUN 00:00", DueRefusal::Midnight),
        ("SUN 24:00", DueRefusal::Midnight),
        ("SUN MIDNIGHT", DueRefusal::Midnight),
        ("7AM", DueRefusal::NeedsDay),
        ("8:14AM", DueRefusal::NeedsDay),
        ("TODAY 7AM", DueRefusal::Past),
        ("TODAY 8:10AM", DueRefusal::TooSoon),
        ("NEXT SUN 6PM", DueRefusal::NextWeek),
        ("SUN WEEK 6PM", DueRefusal::NextWeek),
        ("11/22 6PM", DueRefusal::NoMonth),
        ("31 NOV 6PM", DueRefusal::NoSuchDate),
        ("18 NOV 6PM", DueRefusal::TooFar),
        ("3/4 6PM", DueRefusal::TooFar),
        ("29 FEB 6PM", DueRefusal::NoSuchDate),
        ("22/11/25 6PM", DueRefusal::Past),
        ("SUN 6PM AEDT", DueRefusal::ZoneWord),
        ("SUN 6PM?", DueRefusal::AsksOrQuotes),
        ("> SUN 6PM", DueRefusal::AsksOrQuotes),
        ("SUN 6PM 7PM", DueRefusal::TwoTimes),
        ("SUN MON 6PM", DueRefusal::TwoTimes),
        ("OF WATER", DueRefusal::Leftover),
        ("SUN 6PM maybe", DueRefusal::Leftover),
        ("NOV", DueRefusal::Leftover),
        ("soon", DueRefusal::Leftover),
    ] {
        assert_eq!(read(tail), Err(refusal), "{tail}");
    }
    assert_eq!(
        read("SUN 21 NOV 6PM"),
        Err(DueRefusal::DaysDiffer {
            date: date(2026, 11, 21),
            weekday: Weekday::Saturday
        })
    );
}

#[test]
fn a_weekday_means_today_only_while_its_time_is_ahead() {
    let before = instant("2026-11-22T17:44:00+11:00");
    let close = instant("2026-11-22T17:50:00+11:00");
    let after = instant("2026-11-22T19:00:00+11:00");
    let read = |now| Due::parse("SUN 6PM", now, &hobart()).map(|due| due.at);
    assert_eq!(read(before), Ok(instant("2026-11-22T18:00:00+11:00")));
    assert_eq!(read(close), Err(DueRefusal::TooSoon));
    assert_eq!(
        read(after),
        Err(DueRefusal::PassedToday {
            next: date(2026, 11, 29),
            time: Time::new(18, 0, 0, 0).unwrap()
        })
    );
}

#[test]
fn an_hour_that_does_not_exist_is_refused_and_one_that_exists_twice_is_the_later() {
    let spring = instant("2026-10-03T08:00:00+10:00");
    assert_eq!(
        Due::parse("4 OCT 02:30", spring, &hobart()),
        Err(DueRefusal::SkippedHour {
            next: Time::new(3, 0, 0, 0).unwrap()
        })
    );
    let autumn = instant("2027-04-03T08:00:00+11:00");
    let later = Due::parse("4 APR 02:30", autumn, &hobart()).unwrap();
    assert_eq!(later.at, instant("2027-04-04T02:30:00+10:00"));
}

#[test]
fn a_date_in_january_is_next_year_s() {
    let december = instant("2026-12-30T08:00:00+11:00");
    let read = Due::parse("2 JAN 6PM", december, &hobart()).unwrap();
    assert_eq!(read.at, instant("2027-01-02T18:00:00+11:00"));
}

proptest! {
    #[test]
    fn reading_is_total(tail in "\\PC{0,24}|((SUN|22|NOV|/|6|PM|:30| |TODAY|18|2026){1,6})") {
        let _ = Due::parse(&tail, thursday_morning(), &hobart());
    }

    #[test]
    fn what_is_printed_is_read_back(
        minutes in 16_i64..44_000,
        start in 0_i64..2_600_000,
        place in 0_usize..4,
    ) {
        let zone = zone(["Australia/Hobart", "Pacific/Auckland", "Australia/Perth", "Australia/Lord_Howe"][place]);
        let now = instant("2026-01-01T00:00:00Z").plus(Duration::from_mins(start.unsigned_abs()));
        let at = now.plus(Duration::from_mins(minutes.unsigned_abs()));
        let local = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap().to_zoned(zone.clone());
        let typed = local.strftime("%a %-d %b %-I:%M %P").to_string();
        match Due::parse(&typed, now, &zone) {
            // The first pass of a repeated hour is read as the second one.
            Ok(due) => prop_assert!(due.at == at || due.at.since(at) <= Duration::from_hours(1), "{}", typed),
            Err(refusal) => prop_assert!(
                matches!(refusal, DueRefusal::Midnight),
                "{} {:?}", typed, refusal
            ),
        }
    }
}

#[test]
fn a_dated_time_is_read_as_local_or_as_an_instant() {
    let read = |text| Due::parse_dated(text, thursday_morning(), &hobart()).map(|due| due.at);
    let at = instant("2026-11-22T18:00:00+11:00");
    for text in [
        "2026-11-22T18:00",
        "2026-11-22T18:00:00",
        "2026-11-22T18:00:00+11:00",
        "2026-11-22T07:00:00Z",
        "2026-11-22T07:00Z",
    ] {
        assert_eq!(read(text), Ok(at), "{text}");
    }
    for (text, refusal) in [
        ("", DueRefusal::NoTime),
        ("2026-11-22", DueRefusal::NoTime),
        ("18:00", DueRefusal::NoTime),
        ("SUN 6PM", DueRefusal::NoTime),
        ("2026-11-22 18:00", DueRefusal::NoTime),
        ("2026-11-22T18:00[Europe/Paris]", DueRefusal::NoTime),
        ("2026-11-31T18:00", DueRefusal::NoTime),
        ("2026-11-22T18:00:30", DueRefusal::NoTime),
        ("2026-11-22T18:00:00.5Z", DueRefusal::NoTime),
        ("2026-11-19T07:59", DueRefusal::Past),
        ("2026-11-19T08:14", DueRefusal::TooSoon),
        ("2026-12-20T08:01", DueRefusal::TooFar),
        ("9999-12-31T23:59", DueRefusal::NoSuchDate),
    ] {
        assert_eq!(read(text), Err(refusal), "{text}");
    }
}

#[test]
fn a_dated_time_in_an_hour_that_changes_is_later_or_refused() {
    let read = |text, now: &str| Due::parse_dated(text, instant(now), &hobart()).map(|due| due.at);
    let twice = read("2027-04-04T02:30", "2027-04-03T08:00:00+11:00");
    assert_eq!(
        twice,
        Ok(instant("2027-04-04T02:30:00+10:00")),
        "the later reading"
    );
    let never = read("2026-10-04T02:30", "2026-10-03T08:00:00+10:00");
    assert!(matches!(never, Err(DueRefusal::SkippedHour { .. })), "{never:?}");
}
