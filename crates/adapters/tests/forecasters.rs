//! The providers of forecasts against a weather service on loopback that does everything wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use thunderbird_adapters::forecast::{
    met_norway::{self, MetNorway},
    open_meteo::{OpenMeteo, answer},
};
use thunderbird_domain::{
    forecast::{Cell, CellOrder, Fetched, Flaw, Forecaster, Source, Why},
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
