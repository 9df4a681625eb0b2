//! What a day of looking ahead costs at Open-Meteo: the planner over a simulated day, its requests counted where they arrive.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use thunderbird_adapters::{catalogue::FileCatalogue, forecast::open_meteo::OpenMeteo};
use thunderbird_domain::{
    forecast::{ForecastLimits, Forecasts, Outcomes, Rests},
    route::{RouteCatalogue as _, RouteId},
    time::{Clock as _, Timestamp},
};
use thunderbird_testkit::{
    bent_forecasts::BentForecasts,
    clock::StoppedClock,
    crypto::TestMacs,
    entropy::SeededEntropy,
    fake_forecast::{FakeForecast, Weather},
    memory::MemoryStore,
};

/// How often the worker looks ahead.
const AHEAD: Duration = Duration::from_mins(15);

const SIX_HOURS: i64 = 6 * 3_600;

/// The weather of the newest run, which comes six hours after it began.
fn newest(now: Timestamp) -> Weather {
    let begins = (now.as_seconds() - SIX_HOURS).div_euclid(SIX_HOURS) * SIX_HOURS;
    let run = Timestamp::from_micros(begins * 1_000_000);
    Weather {
        run,
        begins: run,
        hours: 60,
        ..Weather::at(now)
    }
}

/// What Open-Meteo weighs a request as: its variables in tens, one at least (`calculateQueryWeight`; eight days are fewer
/// than the fourteen from which on days count).
fn weight(target: &str) -> f64 {
    let variables = target.split('&').find_map(|part| part.strip_prefix("hourly="));
    let variables = variables.map_or(1, |list| list.replace("%2C", ",").split(',').count());
    (f64::from(u32::try_from(variables).unwrap()) / 10.0).max(1.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_walked_routes_cost_at_most_seven_hundred_weighted_calls_a_day() {
    let weather = FakeForecast::start().await;
    let catalogue = FileCatalogue::load(None).unwrap();
    let routes: Vec<RouteId> = catalogue.all().iter().map(|route| route.id().clone()).collect();
    let (store, clock) = (MemoryStore::default(), StoppedClock::default());
    let open_meteo = OpenMeteo::new(weather.base_url(), (None, None), Arc::new(clock.clone())).unwrap();
    let walked = routes.len();
    let forecasts = Forecasts {
        store: Arc::new(BentForecasts::on(store.clone(), routes)),
        forecasters: vec![Arc::new(open_meteo)],
        routes: Arc::new(catalogue),
        limiter: Arc::new(store),
        macs: Arc::new(TestMacs::default()),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::new(3)),
        limits: ForecastLimits::default(),
        rests: Rests::default(),
        outcomes: Outcomes::default(),
    };
    let day = Duration::from_hours(24);
    let began = clock.now();
    while clock.now().since(began) < day {
        weather.says(newest(clock.now()));
        forecasts.look_ahead().await.unwrap();
        while forecasts.fetch_next().await.unwrap() {}
        clock.advance(AHEAD);
    }
    let asked = weather.asked();
    let squares: BTreeSet<&str> = asked
        .iter()
        .filter_map(|request| request.target.split_once("latitude=")?.1.split("&hourly").next())
        .collect();
    let weighted: f64 = asked.iter().map(|request| weight(&request.target)).sum();
    assert_eq!((walked, squares.len()), (6, 30));
    assert!(weighted <= 700.0, "{weighted}");
    let oldest = forecasts.overview().await.unwrap().cells;
    assert_eq!(oldest.len(), squares.len());
    println!(
        "figure: a day of {walked} walked routes ({} squares): {} requests, {weighted:.0} weighted calls (aim 700), {} forecasts \
         fetched",
        squares.len(),
        asked.len(),
        weather.forecasts_asked()
    );
}
