//! What an operator sees of the weather.

use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::{
    eventually,
    fake_forecast::{FakeForecast, Fault, Weather},
    service::{Operator, World, phones::SAM},
};

use super::{watch::on_disk, world};

const PAGE: &str = "/admin/forecasts";

async fn weathered(weather: &FakeForecast) -> World {
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        let builder = builder.env("THUNDERBIRD_FORECASTS", "open-meteo");
        environment
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value))
    })
    .await
}

async fn page_with(viewer: &Operator, part: &str) -> String {
    eventually(part, async || {
        let page = viewer.page(PAGE).await;
        page.contains(part).then_some(page)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn squares_providers_and_failures_are_shown_to_a_viewer_and_no_person_is() {
    let weather = FakeForecast::start().await;
    let world = weathered(&weather).await;
    let sam = world.hiker(SAM).registered().await;
    let vera = Operator::signed_in(&world.service, "vera", "viewer").await;
    let empty = vera.page(PAGE).await;
    assert!(
        empty.contains("No forecast is kept.") && empty.contains("Nothing waits."),
        "{empty}"
    );
    sam.text("CAST PELIO").await;
    let fresh = page_with(&vera, ">fresh<").await;
    assert!(
        fresh.contains(">-41.85 146.05<") && fresh.contains(">is asked<"),
        "{fresh}"
    );
    assert!(!fresh.contains("PELIO") && !fresh.contains(SAM), "{fresh}");

    let hour = 3_600_000_000_i64;
    on_disk(
        &world,
        &format!("UPDATE forecasts SET checked_at = checked_at - 7 * {hour}"),
    );
    weather.misbehave(Fault::BrokenJson);
    let old = vera.page(PAGE).await;
    assert!(old.contains(">old, checked 7 h ago<"), "{old}");
    sam.text("CAST RONNY").await;
    let failed = page_with(&vera, "left alone until").await;
    assert!(
        failed.contains(">none<") && failed.contains("<td data-label=\"Last failure\">shape 20"),
        "{failed}"
    );
    assert!(failed.contains("a question waits for it"), "{failed}");
    on_disk(
        &world,
        &format!("UPDATE forecasts SET run_at = run_at - 40 * {hour}"),
    );
    let too_old = vera.page(PAGE).await;
    assert!(too_old.contains(">not shown, "), "{too_old}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_provider_the_page_says_so() {
    let world = world().await;
    let vera = Operator::signed_in(&world.service, "vera", "viewer").await;
    let page = vera.page(PAGE).await;
    assert!(page.contains("No provider of forecasts is named"), "{page}");
}
