//! The parsers of forecasts against damaged answers: no number reaches a hiker that the provider did not send.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the environment says how much is tried"
)]

use thunderbird_adapters::forecast::{
    met_norway,
    open_meteo::answer::{self, FreeAir, Surface},
};
use thunderbird_domain::{
    forecast::{About, Asked, Cell, Forecast, Hour, Look, Metres, Place, Source, Span, look::look},
    messages::forecast as messages,
    random::uniform_below,
    time::{Clock as _, Timestamp},
};
use thunderbird_testkit::{
    clock::StoppedClock,
    entropy::SeededEntropy,
    fake_forecast::{self, Weather},
    forecast_oracle,
};

const CELL: (f64, f64) = (-41.85, 146.05);

/// Damaged answers that are tried: a little whenever the tests run, all by `cargo xtask forecasts`.
fn payloads() -> u32 {
    let is_full = std::env::var("THUNDERBIRD_RELIABILITY").is_ok_and(|asked| asked == "full");
    if is_full { 100_000 } else { 10_000 }
}

fn cell() -> Cell {
    Cell::at(-837, 2_921)
}

/// Every number that stands in an answer, as written and in the other unit of speed.
fn numbers(body: &str) -> Vec<f64> {
    let split = body
        .split(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '-' | '.' | 'e' | 'E' | '+')));
    split.filter_map(|number| number.parse().ok()).collect()
}

fn is_from(value: f64, tolerance: f64, numbers: &[f64]) -> bool {
    numbers
        .iter()
        .any(|number| (number - value).abs() <= tolerance || (number * 3.6 - value).abs() <= tolerance)
}

/// The name of a number that does not stand in the answer.
fn invented(hours: &[Hour], body: &str) -> Option<String> {
    let numbers = numbers(body);
    for hour in hours {
        let known = [
            hour.air.map(|air| (f64::from(air.tenths()) / 10.0, 0.051)),
            hour.wind.map(|wind| (wind.whole().into(), 0.51)),
            hour.gust.map(|gust| (gust.whole().into(), 0.51)),
            hour.water.map(|water| (f64::from(water.tenths()) / 10.0, 0.051)),
            hour.chance.map(|chance| (chance.whole().into(), 0.51)),
            hour.zero.map(|zero| (zero.whole().into(), 0.51)),
        ];
        for (value, tolerance) in known.into_iter().flatten() {
            if !is_from(value, tolerance, &numbers) {
                return Some(format!("{value} at {}", hour.at));
            }
        }
    }
    None
}

/// Weather with few hours, so that many damaged answers can be read.
fn short() -> Weather {
    Weather {
        hours: 12,
        ..Weather::default()
    }
}

/// An answer with some of its bytes replaced, removed or repeated, or cut off. Most of the damage is done to digits, because
/// what is no JSON any more is no forecast.
fn damaged(body: &str, dice: &SeededEntropy) -> Vec<u8> {
    const LIKELY: &[u8] = b"0123456789-.,:[]{}\"enul";
    let below = |bound: usize| {
        let bound = u32::try_from(bound.max(1)).unwrap();
        usize::try_from(uniform_below(dice, bound)).unwrap()
    };
    let mut bytes = body.as_bytes().to_vec();
    for _ in 0..=below(3) {
        let place = below(bytes.len());
        match below(24) {
            0 => {
                if let Some(old) = bytes.get_mut(place) {
                    *old = LIKELY.get(below(LIKELY.len())).copied().unwrap();
                }
            }
            1 => drop(bytes.drain(place..(place + 1 + below(40)).min(bytes.len()))),
            2 => bytes.insert(place, LIKELY.get(below(LIKELY.len())).copied().unwrap()),
            3 => bytes.truncate(place),
            kind => {
                let digit = bytes.iter().skip(place).position(u8::is_ascii_digit);
                let Some(digit) = digit.map(|after| place + after) else {
                    continue;
                };
                let other = b'0' + u8::try_from(below(10)).unwrap();
                if kind % 4 == 0 {
                    bytes.insert(digit, other);
                } else if let Some(old) = bytes.get_mut(digit) {
                    *old = other;
                }
            }
        }
    }
    bytes
}

/// Two places of the cell: a hut below the model's ground, and a peak above it.
fn asked(span: Span, is_peak: bool) -> Asked {
    let (label, height, about) = if is_peak {
        ("OSSA", 1_617, About::Peak)
    } else {
        ("PELIO", 739, About::Camp)
    };
    Asked {
        span,
        about,
        route: "Overland".into(),
        page: 1,
        total: 1,
        zone: "Australia/Hobart".into(),
        warnings: Some("bom.gov.au".into()),
        places: vec![Place {
            label: label.into(),
            name: "A place".into(),
            latitude: "-41.8293".parse().unwrap(),
            longitude: "146.0463".parse().unwrap(),
            height: Some(Metres::from_whole(height)),
            is_checked: true,
        }],
    }
}

/// What the adapter makes of the two answers of Open-Meteo.
fn joined(surface: Surface, free: &[FreeAir], now: Timestamp) -> Option<Forecast> {
    let complete = |mut hour: Hour| {
        if let Some((_, zero, levels)) = free.iter().find(|(at, ..)| *at == hour.at) {
            hour.zero = *zero;
            hour.profile.clone_from(levels);
        }
        hour
    };
    let forecast = Forecast {
        cell: cell(),
        source: Source::OpenMeteo,
        run: short().run,
        fetched: now,
        checked: now,
        expires: None,
        tag: None,
        ground: surface.ground,
        hours: surface.hours.into_iter().map(complete).collect(),
    };
    forecast.sound(now).ok()
}

/// The texts that this forecast leads to, and the first line of them that nothing stands for.
fn invented_in_texts(forecast: &Forecast, now: Timestamp) -> (usize, Option<String>) {
    let mut numbers = 0;
    for (span, is_peak) in [(Span::Half, false), (Span::Day, true), (Span::Week, false)] {
        let asked = asked(span, is_peak);
        let copies = [forecast.clone()];
        let Look::All(found) = look(&asked, &copies, &[forecast.source], now) else {
            continue;
        };
        let text = messages::answer(&asked, &found, now);
        numbers += text
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|word| !word.is_empty())
            .count();
        let place = asked.places.first().unwrap();
        if let Some(line) = forecast_oracle::invented(&text, place, forecast, now) {
            return (numbers, Some(format!("{line}\n{text}")));
        }
    }
    (numbers, None)
}

/// What was tried.
#[derive(Default)]
struct Tried {
    payloads: u32,
    usable: u32,
    numbers: usize,
}

impl Tried {
    /// The damaged answer was no forecast, or each of its numbers and of the numbers in its texts is in it.
    fn judge(&mut self, body: &[u8], forecast: Option<&Forecast>, now: Timestamp) {
        self.payloads += 1;
        let Some(forecast) = forecast else { return };
        self.usable += 1;
        assert_eq!(invented(&forecast.hours, &String::from_utf8_lossy(body)), None);
        let (numbers, line) = invented_in_texts(forecast, now);
        assert_eq!(line, None);
        self.numbers += numbers;
    }
}

#[test]
fn no_damaged_answer_becomes_a_number_that_was_not_sent() {
    let dice = SeededEntropy::new(20);
    let now = StoppedClock::default().now();
    let (surface, free) = (
        fake_forecast::surface(&short(), CELL, None),
        fake_forecast::free_air(&short(), CELL, None),
    );
    let norway = fake_forecast::met_norway(&short(), CELL, None);
    let sound_surface = || answer::surface(surface.as_bytes(), cell()).unwrap();
    let sound_free = answer::free_air(free.as_bytes(), cell()).unwrap().0;
    let mut tried = Tried::default();
    while tried.payloads < payloads() {
        let body = damaged(&surface, &dice);
        let read = answer::surface(&body, cell()).ok();
        let read = read.and_then(|surface| joined(surface, &sound_free, now));
        // The zero level is of the other answer.
        let both = [body.as_slice(), free.as_bytes()].concat();
        tried.judge(&both, read.as_ref(), now);

        let body = damaged(&free, &dice);
        let read = answer::free_air(&body, cell()).ok();
        if let Some((levels, _)) = &read {
            let numbers = numbers(&String::from_utf8_lossy(&body));
            for level in levels.iter().flat_map(|(_, _, levels)| levels) {
                assert!(is_from(f64::from(level.air.tenths()) / 10.0, 0.051, &numbers));
                assert!(is_from(level.wind.whole().into(), 0.51, &numbers));
                assert!(is_from(level.height.whole().into(), 0.51, &numbers));
            }
        }
        let read = read.and_then(|(levels, _)| joined(sound_surface(), &levels, now));
        let both = [body.as_slice(), surface.as_bytes()].concat();
        tried.judge(&both, read.as_ref(), now);

        let body = damaged(&norway, &dice);
        let read = met_norway::read(&body, cell(), now).ok();
        tried.judge(&body, read.map(|reading| reading.forecast).as_ref(), now);
    }
    assert!(tried.usable > tried.payloads / 5, "{} usable", tried.usable);
    println!(
        "figure: {} damaged answers, {} of them still a forecast, {} numbers in its texts: 0 invented",
        tried.payloads, tried.usable, tried.numbers
    );
}
