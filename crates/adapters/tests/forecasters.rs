//! The providers of forecasts against a weather service on loopback that does everything wrong, and their parsers against
//! damaged answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use proptest::prelude::*;
use thunderbird_adapters::forecast::{
    met_norway::{self, MetNorway},
    open_meteo::{OpenMeteo, answer},
};
use thunderbird_domain::{
    forecast::{Cell, CellOrder, Fetched, Flaw, Forecaster, Hour, Source, Why},
    secret::Secret,
    time::Clock,
};
use thunderbird_testkit::{
    clock::StoppedClock,
    contract::{self, ForecasterBench},
    fake_forecast::{self, FakeForecast, Fault, Weather},
    forecaster::ScriptedForecaster,
};

const CELL: (f64, f64) = (-41.85, 146.05);

fn cell() -> Cell {
    Cell::at(-837, 2_921)
}

fn order() -> CellOrder {
    CellOrder {
        cell: cell(),
        height: None,
        is_of_route: true,
    }
}

struct Bench<F> {
    weather: FakeForecast,
    forecaster: F,
    without: &'static [Fault],
}

impl<F: Forecaster> ForecasterBench for Bench<F> {
    fn forecaster(&self) -> &dyn Forecaster {
        &self.forecaster
    }

    fn misbehave(&self, fault: Option<Fault>) {
        self.weather.misbehave(fault);
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.weather.asked().into_iter();
        asked
            .map(|request| format!("{} {:?}", request.target, request.headers))
            .collect()
    }

    fn faults(&self) -> Vec<Fault> {
        let faults = Fault::WITHOUT_A_FORECAST.into_iter();
        faults.filter(|fault| !self.without.contains(fault)).collect()
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(StoppedClock::default())
}

async fn open_meteo() -> Bench<OpenMeteo> {
    let weather = FakeForecast::start().await;
    let key = Some(Secret::new("a-customers-key".to_owned()));
    let forecaster =
        OpenMeteo::new(weather.base_url(), (key, Some("operator@example.org")), clock()).unwrap();
    Bench {
        weather,
        forecaster,
        without: &[],
    }
}

async fn met_norway() -> Bench<MetNorway> {
    let weather = FakeForecast::start().await;
    let forecaster = MetNorway::new(weather.base_url(), "operator@example.org", clock()).unwrap();
    // It has no columns.
    Bench {
        weather,
        forecaster,
        without: &[Fault::ShortColumn],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_meteo_keeps_the_contract() {
    contract::forecaster(open_meteo).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn met_norway_keeps_the_contract() {
    contract::forecaster(met_norway).await;
}

struct Double(ScriptedForecaster);

impl ForecasterBench for Double {
    fn forecaster(&self) -> &dyn Forecaster {
        &self.0
    }

    fn misbehave(&self, fault: Option<Fault>) {
        self.0.misbehave(fault);
    }

    fn asked(&self) -> Vec<String> {
        Vec::new()
    }

    fn faults(&self) -> Vec<Fault> {
        Fault::WITHOUT_A_FORECAST.to_vec()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_double_keeps_the_contract() {
    contract::forecaster(async || Double(ScriptedForecaster::new(Source::OpenMeteo, clock()))).await;
}

async fn fetched(bench: &impl ForecasterBench, fault: Fault) -> Fetched {
    bench.misbehave(Some(fault));
    bench.forecaster().fetch(&order(), None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_asks_for_rest_is_given_it_for_as_long_as_it_counts() {
    for (fault, until) in [
        (Fault::TooManyInAMinute, "2026-11-19T07:41:00Z"),
        (Fault::TooManyInAnHour, "2026-11-19T08:00:00Z"),
        (Fault::TooManyInADay, "2026-11-20T00:00:00Z"),
    ] {
        match fetched(&open_meteo().await, fault).await {
            Fetched::Resting { until: told, why } => {
                assert_eq!((told.to_string().as_str(), why), (until, Why::TooMany));
            }
            other => panic!("{fault:?}: {other:?}"),
        }
    }
    let daily = fetched(&met_norway().await, Fault::TooManyInADay).await;
    assert!(matches!(daily, Fetched::Resting { .. }), "{daily:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_absent_and_the_rest_stands() {
    for fault in [Fault::NullColumn, Fault::UndefinedUnit] {
        match fetched(&open_meteo().await, fault).await {
            Fetched::New(reading) => {
                assert!(
                    reading
                        .forecast
                        .hours
                        .iter()
                        .all(|hour| hour.gust.is_none() && hour.air.is_some())
                );
            }
            other => panic!("{fault:?}: {other:?}"),
        }
    }
    match fetched(&open_meteo().await, Fault::NoFreeAir).await {
        Fetched::New(reading) => assert!(!reading.forecast.has_profile()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_the_weather_cannot_have_is_left_out_and_many_are_no_forecast() {
    match fetched(&open_meteo().await, Fault::Gust972).await {
        Fetched::New(reading) => {
            assert_eq!(reading.impossible, 1);
            let without: Vec<_> = reading
                .forecast
                .hours
                .iter()
                .filter(|hour| hour.gust.is_none())
                .collect();
            assert_eq!(without.len(), 1);
        }
        other => panic!("{other:?}"),
    }
    match fetched(&open_meteo().await, Fault::Freezing100kmDown).await {
        Fetched::New(reading) => assert!(!reading.forecast.has_profile(), "the free air is not believed"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_s_key_is_a_header_and_stands_in_no_address() {
    let bench = open_meteo().await;
    bench.forecaster().fetch(&order(), None).await.unwrap();
    let asked = bench.weather.asked();
    assert_eq!(asked.len(), 3, "the run, the ground, the free air");
    for request in asked {
        assert_eq!(request.header("X-Api-Key"), Some("a-customers-key"));
        assert!(!request.target.contains("key"), "{}", request.target);
        assert!(
            request
                .header("User-Agent")
                .unwrap()
                .contains("operator@example.org")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn met_norway_is_asked_as_its_terms_want_it() {
    let bench = met_norway().await;
    bench.weather.expires("Thu, 19 Nov 2026 08:10:00 GMT");
    let told = bench.forecaster().fetch(&order(), None).await.unwrap();
    let Fetched::New(reading) = told else {
        panic!("{told:?}")
    };
    assert_eq!(
        reading.forecast.expires.unwrap().to_string(),
        "2026-11-19T08:10:00Z"
    );
    let with_height = CellOrder {
        height: Some(thunderbird_domain::forecast::Metres::from_whole(700)),
        ..order()
    };
    bench
        .forecaster()
        .fetch(&with_height, Some(&reading.forecast))
        .await
        .unwrap();
    let asked = bench.weather.asked();
    let [first, second] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!(
        first.target,
        "/weatherapi/locationforecast/2.0/complete?lat=-41.85&lon=146.05"
    );
    assert!(first.header("If-Modified-Since").is_none());
    assert!(second.target.ends_with("&altitude=700"));
    assert_eq!(
        second.header("If-Modified-Since"),
        Some("Thu, 19 Nov 2026 07:00:00 GMT")
    );
    let late = fetched(&bench, Fault::Deprecated203).await;
    assert!(matches!(late, Fetched::New(_)), "{late:?}");
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

/// An answer with some of its bytes replaced, removed or repeated.
fn damaged(body: &str, damage: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = body.as_bytes().to_vec();
    for (place, kind, byte) in damage {
        let place = place % bytes.len().max(1);
        match kind % 4 {
            0 => {
                if let Some(old) = bytes.get_mut(place) {
                    *old = *byte;
                }
            }
            1 => drop(bytes.drain(place..(place + usize::from(*byte)).min(bytes.len()))),
            2 => bytes.insert(
                place,
                b"0123456789-.,:[]{}\"enul"
                    .get(usize::from(*byte) % 23)
                    .copied()
                    .unwrap_or(b'0'),
            ),
            _ => bytes.truncate(place),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_damaged_answer_of_open_meteo_makes_a_number_up(
        damage in prop::collection::vec((0..6_000_usize, any::<u8>(), any::<u8>()), 1..6),
    ) {
        let bytes = damaged(&fake_forecast::surface(&short(), CELL, None), &damage);
        if let Ok(surface) = answer::surface(&bytes, cell()) {
            prop_assert_eq!(invented(&surface.hours, &String::from_utf8_lossy(&bytes)), None);
        }
        let bytes = damaged(&fake_forecast::free_air(&short(), CELL, None), &damage);
        if let Ok((free, _)) = answer::free_air(&bytes, cell()) {
            let numbers = numbers(&String::from_utf8_lossy(&bytes));
            for level in free.iter().flat_map(|(_, _, levels)| levels) {
                prop_assert!(is_from(f64::from(level.air.tenths()) / 10.0, 0.051, &numbers));
                prop_assert!(is_from(level.wind.whole().into(), 0.51, &numbers));
                prop_assert!(is_from(level.height.whole().into(), 0.51, &numbers));
            }
        }
    }

    #[test]
    fn no_damaged_answer_of_met_norway_makes_a_number_up(
        damage in prop::collection::vec((0..6_000_usize, any::<u8>(), any::<u8>()), 1..6),
    ) {
        let bytes = damaged(&fake_forecast::met_norway(&short(), CELL, None), &damage);
        if let Ok(reading) = met_norway::read(&bytes, cell(), StoppedClock::default().now()) {
            prop_assert_eq!(invented(&reading.forecast.hours, &String::from_utf8_lossy(&bytes)), None);
        }
    }
}

#[test]
fn an_answer_about_the_past_or_without_hours_is_no_forecast() {
    let past = Weather {
        hours: 3,
        ..Weather::default()
    };
    let now = StoppedClock::default().now();
    let body = fake_forecast::met_norway(&past, CELL, None);
    assert_eq!(met_norway::read(body.as_bytes(), cell(), now), Err(Flaw::Past));
    assert_eq!(answer::surface(b"{}", cell()), Err(Flaw::Shape));
    assert_eq!(answer::surface(b"[1,2,3]", cell()), Err(Flaw::Shape));
    assert_eq!(
        answer::run(b"{\"last_run_initialisation_time\":0}", now),
        Err(Flaw::NoRun)
    );
}

#[test]
fn a_run_that_was_announced_a_moment_ago_is_not_promised_yet() {
    let announced = 1_795_074_000;
    let run = announced - 25_200;
    let body = format!(
        r#"{{"last_run_initialisation_time":{run},"last_run_availability_time":{announced},"update_interval_seconds":21600}}"#
    );
    let at = |seconds: i64| thunderbird_domain::time::Timestamp::from_micros(seconds * 1_000_000);
    assert_eq!(
        answer::run(body.as_bytes(), at(announced + 599)),
        Ok(at(run - 21_600))
    );
    assert_eq!(answer::run(body.as_bytes(), at(announced + 600)), Ok(at(run)));
}
