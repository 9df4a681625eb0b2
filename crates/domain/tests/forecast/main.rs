//! What a forecast says: the words, their widths and segments, and that no number in them is anybody's but the provider's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod edges;
mod golden;
mod rules;

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    forecast::{
        Asked, Cause, Cell, Celsius, Degrees, Forecast, Hour, Kmh, Level, Look, Metres, NotFound, Obstacle,
        Percent, Source, Span, TenthMm, look::look, question::Question,
    },
    messages::forecast as messages,
    route::{Kind, Route, RouteDraft},
    sms::{body::size, normal::normalize},
    time::Timestamp,
};
use thunderbird_testkit::catalogue::RouteBuilder;

/// Thursday, 19 November 2026, 07:12 in Tasmania.
const NOW: &str = "2026-11-18T20:12:00Z";
const HOUR: Duration = Duration::from_hours(1);

fn at(utc: &str) -> Timestamp {
    let instant: jiff::Timestamp = utc.parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

/// A forecast's hours, to be changed.
fn hours_of(copy: &mut Forecast) -> &mut [Hour] {
    Arc::make_mut(&mut copy.hours)
}

/// A forecast with so many hours and no more.
fn cut(copy: &mut Forecast, hours: usize) {
    copy.hours = copy.hours.iter().take(hours).cloned().collect();
}

/// The middle of the Overland Track.
fn draft() -> RouteDraft {
    RouteBuilder::new("overland_track", "Overland Track", "Overland")
        .exactly(
            Kind::Camp,
            ("PELIO", "New Pelion Hut"),
            ("-41.8293", "146.0463"),
            739,
        )
        .exactly(
            Kind::Camp,
            ("KIAOR", "Kia Ora Hut"),
            ("-41.8928", "146.0823"),
            836,
        )
        .exactly(Kind::Peak, ("OSSA", "Mt Ossa"), ("-41.8713", "146.0333"), 1_617)
        .exactly(
            Kind::Peak,
            ("PELIOW", "Mt Pelion West"),
            ("-41.8293", "145.9786"),
            1_560,
        )
        .draft()
}

fn route() -> Route {
    Route::new(draft()).unwrap()
}

fn asked_on(route: &Route, typed: &str) -> Result<Asked, NotFound> {
    let question = Question::read(&normalize(typed), typed);
    Asked::find(&question, route, Some("PELIO"))
}

fn asked(typed: &str) -> Asked {
    asked_on(&route(), typed).unwrap()
}

/// Values of the three hours of a row: low and high at the ground, wind, gust, tenths of a millimetre an hour.
type Row = (i16, i16, u16, u16, u16);

/// A cold front, row by row from 07:00 on.
const FRONT: [Row; 8] = [
    (24, 50, 25, 52, 2),
    (34, 54, 30, 63, 7),
    (44, 60, 30, 58, 5),
    (14, 40, 35, 72, 10),
    (4, 20, 40, 78, 4),
    (-4, 10, 35, 60, 1),
    (-10, 0, 30, 55, 0),
    (-12, 4, 20, 41, 0),
];

fn hour(at: Timestamp, (low, high, wind, gust, water): Row, place: usize) -> Hour {
    let air = if place == 0 { low } else { high };
    let level = |height: i16, colder: i16, stronger: u16| Level {
        height: Metres::from_whole(height),
        air: Celsius::from_tenths(air - colder),
        wind: Kmh::from_whole(wind + stronger),
        from: Degrees::from_whole(260),
    };
    Hour {
        air: Some(Celsius::from_tenths(air)),
        wind: Some(Kmh::from_whole(wind)),
        from: Some(Degrees::from_whole(270)),
        gust: Some(Kmh::from_whole(gust)),
        water: Some(TenthMm::from_tenths(water)),
        chance: Some(Percent::from_whole(40)),
        low_cloud: Some(Percent::from_whole(60)),
        zero: Some(Metres::from_whole(1_250 + air)),
        profile: vec![level(500, -31, 2), level(980, 0, 10), level(1_950, 64, 40)],
        ..Hour::empty(at, 1)
    }
}

/// The front over a cell, again every day; the run began the evening before.
fn front(cell: Cell, source: Source) -> Forecast {
    let begins = at("2026-11-18T20:00:00Z");
    let hours = (0..190_usize).map(|after| {
        let row = FRONT.get(after / 3 % FRONT.len()).copied().unwrap();
        let hour = hour(begins.plus(HOUR * u32::try_from(after).unwrap()), row, after % 3);
        match source {
            Source::MetNorway => Hour {
                gust: None,
                chance: None,
                zero: None,
                profile: Vec::new(),
                ..hour
            },
            Source::OpenMeteo | Source::Simulated => hour,
        }
    });
    Forecast {
        cell,
        source,
        run: at("2026-11-18T12:00:00Z"),
        fetched: at("2026-11-18T19:12:00Z"),
        checked: at("2026-11-18T19:12:00Z"),
        expires: None,
        tag: None,
        ground: Some(Metres::from_whole(980)),
        hours: hours.collect(),
    }
}

fn fronts(asked: &Asked, source: Source) -> Vec<Forecast> {
    asked
        .cells()
        .into_iter()
        .map(|cell| front(cell, source))
        .collect()
}

/// The answer from these forecasts at this instant.
fn said_at(asked: &Asked, copies: &[Forecast], now: Timestamp) -> String {
    let sources = [Source::OpenMeteo, Source::MetNorway, Source::Simulated];
    match look(asked, copies, &sources, now) {
        Look::All(found) | Look::Some(found) => messages::answer(asked, &found, now),
        look => {
            let obstacle = Obstacle {
                until: now,
                cause: Cause::Silence,
            };
            messages::failure(asked, &look, obstacle, now)
        }
    }
}

fn said(typed: &str, source: Source) -> String {
    let asked = asked(typed);
    said_at(&asked, &fronts(&asked, source), at(NOW))
}

/// The longest line, the septets and the segments of a text, counted by the tables of GSM 03.38 that stand here, and not
/// by those of the service.
fn measures(text: &str) -> (usize, usize, u32) {
    let longest = text.lines().map(|line| line.chars().count()).max();
    let septets: usize = text.chars().map(septets_of).sum();
    let segments = if septets <= 160 { 1 } else { septets.div_ceil(153) };
    let counted = size(text);
    let segments = u32::try_from(segments).unwrap();
    assert_eq!((counted.units, counted.segments), (septets, segments), "{text}");
    (longest.unwrap_or_default(), septets, segments)
}

/// How many septets a letter is; no letter outside of the alphabet can be counted.
fn septets_of(letter: char) -> usize {
    const ALPHABET: &str = "@\u{a3}$\u{a5}\u{e8}\u{e9}\u{f9}\u{ec}\u{f2}\u{c7}\n\u{d8}\u{f8}\r\u{c5}\u{e5}\u{394}_\u{3a6}\u{393}\u{39b}\u{3a9}\u{3a0}\u{3a8}\u{3a3}\
         \u{398}\u{39e}\u{c6}\u{e6}\u{df}\u{c9} !\"#\u{a4}%&'()*+,-./0123456789:;<=>?\u{a1}ABCDEFGHIJKLMNOPQRSTUVWXYZ\u{c4}\u{d6}\u{d1}\u{dc}\u{a7}\
         \u{bf}abcdefghijklmnopqrstuvwxyz\u{e4}\u{f6}\u{f1}\u{fc}\u{e0}";
    assert!(ALPHABET.contains(letter), "{letter:?} is not in the alphabet");
    1
}
