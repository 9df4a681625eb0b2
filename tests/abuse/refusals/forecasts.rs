//! Limits on forecasts.

use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::fake_forecast::{FakeForecast, Weather};

use super::Watched;

const SAM: &str = "+61491570006";

/// What this file makes refuse.
pub const LIMITS: &[&str] = &[
    "forecasts.hiker",
    "forecasts.cells",
    "forecasts.service",
    "forecasts.coordinates",
];

/// A service that asks a weather service on loopback.
async fn watched(weather: &FakeForecast, limit: (&str, &str)) -> Watched {
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let mut settings: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    settings.extend([("THUNDERBIRD_FORECASTS", "open-meteo"), limit]);
    Watched::new(&settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_who_asks_for_forecasts() {
    let weather = FakeForecast::start().await;
    let watched = watched(&weather, ("THUNDERBIRD_LIMIT_FORECASTS_PER_DAY", "7")).await;
    let sam = watched.world.hiker(SAM).registered().await;
    for place in 0..7 {
        sam.text(&format!("CAST 41.{place}5S 146.03E 900")).await;
    }
    watched.have_refused(&["forecasts.cells"]).await;
    for text in ["CAST PELIO", "CAST24 PELIO"] {
        sam.text(text).await;
    }
    watched.have_refused(&["forecasts.hiker"]).await;
    assert!(
        sam.says("CHECKIN PELIO").await.contains("Checked in"),
        "no limit of forecasts keeps a check-in"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_what_providers_are_asked() {
    let weather = FakeForecast::start().await;
    let watched = watched(&weather, ("THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY", "4")).await;
    let sam = watched.world.hiker(SAM).registered().await;
    for text in [
        "CAST PELIO",
        "CAST RONNY",
        "CAST 41.15S 146.03E",
        "CAST 42.35S 146.03E",
    ] {
        sam.text(text).await;
    }
    watched
        .have_refused(&["forecasts.service", "forecasts.coordinates"])
        .await;
}
