//! CAST through the real binary: a signed text in, a weather service on loopback, and a fake Twilio's messages out.

use std::time::Duration;

use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::{
    eventually,
    fake_forecast::{FakeForecast, Fault, Weather},
    service::World,
};
use tokio::time::Instant;

use crate::{BINARY, promise::count};

const SAM: &str = "+61491570006";

/// A world with a weather service that says the weather of this hour.
async fn world_with(providers: &str) -> (World, FakeForecast) {
    let weather = FakeForecast::start().await;
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let world = World::start_with(BINARY, |builder| {
        let builder = builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_FORECASTS", providers);
        environment
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value))
    })
    .await;
    (world, weather)
}

/// Texts about the weather that the fake Twilio has taken over for Sam.
fn told(world: &World) -> Vec<String> {
    let texts = world.twilio.accepted_for(SAM).into_iter().map(|text| text.body);
    texts
        .filter(|body| body.contains("CAST ") || body.contains("No forecast"))
        .collect()
}

pub async fn one_told(world: &World) -> String {
    eventually("the later text", async || told(world).into_iter().next()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forecast_comes_in_a_later_text_and_then_at_once() {
    let (world, weather) = world_with("open-meteo").await;
    let sam = world.hiker(SAM).registered().await;
    assert!(sam.says("HELP").await.contains("CAST: weather"));
    let said = sam.says("CAST PELIO").await;
    assert!(said.starts_with("Getting the forecast for PELIO."), "{said}");
    let text = one_told(&world).await;
    assert!(text.starts_with("CAST PELIO New Pelion Hut"), "{text}");
    assert!(
        text.contains("Weather data by Open-Meteo.com") && text.contains("No warnings in this: bom.gov.au"),
        "{text}"
    );
    assert_eq!(count(&world.service, "forecast_requests"), 0);
    let asked = weather.forecasts_asked();
    let said = sam.says("CAST24 PELIO").await;
    assert!(said.starts_with("CAST24 PELIO"), "{said}");
    assert_eq!((weather.forecasts_asked(), told(&world).len()), (asked, 1));
    for request in weather.asked() {
        assert!(!request.target.contains("PELIO") && !format!("{:?}", request.headers).contains("6149"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_survives_a_kill_and_has_one_answer() {
    let (mut world, weather) = world_with("open-meteo").await;
    weather.delay(Duration::from_secs(3));
    let sam = world.hiker(SAM).registered().await;
    assert!(sam.says("CAST PELIO").await.starts_with("Getting the forecast"));
    eventually("a request under way", async || {
        (!weather.asked().is_empty()).then_some(())
    })
    .await;
    world.service.kill();
    assert_eq!(count(&world.service, "forecast_requests"), 1);
    weather.delay(Duration::ZERO);
    // The process that took the cell is dead: its order is free again.
    release_orders(&world);
    world.service.start_again().await;
    let text = one_told(&world).await;
    assert!(text.starts_with("CAST PELIO"), "{text}");
    world.restart().await;
    assert_eq!(count(&world.service, "forecast_requests"), 0);
    assert_eq!(told(&world).len(), 1);
}

/// What the passing of two minutes does to the orders of a process that died.
fn release_orders(world: &World) {
    use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query};
    let mut db = SqliteConnection::establish(world.service.database().to_str().unwrap()).unwrap();
    sql_query("UPDATE forecast_orders SET again_at = ordered_at")
        .execute(&mut db)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_makes_no_text_wait() {
    let (world, weather) = world_with("open-meteo").await;
    weather.misbehave(Fault::Hang);
    let sam = world.hiker(SAM).registered().await;
    assert!(sam.says("CAST PELIO").await.starts_with("Getting the forecast"));
    eventually("a request that hangs", async || {
        (!weather.asked().is_empty()).then_some(())
    })
    .await;
    let began = Instant::now();
    for text in [
        "CHECKIN PELIO",
        "CAST RONNY",
        "STATUS",
        "CAST CAMPS",
        "OUT OFF",
        "HELP",
    ] {
        sam.text(text).await;
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(sam.says("STOP").await.contains("no more texts"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn if_one_provider_fails_the_next_one_is_told_whole() {
    let (world, weather) = world_with("open-meteo,met-norway").await;
    weather.misbehave(Fault::ShortColumn);
    let sam = world.hiker(SAM).registered().await;
    sam.text("CAST PELIO").await;
    let text = one_told(&world).await;
    assert!(
        text.contains("Data from MET Norway") && text.contains("No gusts known"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_named_provider_nothing_leaves_and_nothing_is_promised() {
    let (world, weather) = world_with("").await;
    let sam = world.hiker(SAM).registered().await;
    assert!(!sam.says("HELP").await.contains("CAST"));
    for text in ["CAST PELIO", "CAST7 PEAKS", "weather"] {
        assert_eq!(
            sam.says(text).await,
            "Weather forecasts are not available from this service yet."
        );
    }
    assert_eq!(
        count(&world.service, "forecast_requests") + count(&world.service, "forecast_orders"),
        0
    );
    assert!(weather.asked().is_empty());
}
