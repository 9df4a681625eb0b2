//! How often CAST may be asked, whom that makes us ask, and what is fetched ahead.

use thunderbird_domain::{
    forecast::{ForecastLimits, ForecastStore as _, Source},
    time::Clock as _,
};
use thunderbird_testkit::fake_forecast::{Fault, Weather};

use super::{
    SAM, body,
    forecast::{weathered, with_open_meteo},
};

#[tokio::test]
async fn a_hiker_is_told_when_the_day_s_forecasts_are_used_up_and_everything_else_works() {
    let world = weathered(
        &[Source::OpenMeteo],
        ForecastLimits {
            per_hiker: 3,
            calls: 5_000,
        },
    )
    .await;
    for _ in 0..3 {
        world.wait(2);
        world.says(SAM, "CAST PELIO").await;
        world.works().await;
    }
    world.wait(2);
    let said = world.says(SAM, "CAST PELIO").await;
    assert!(
        said.starts_with("No forecast now: you asked for 3 today. Again from "),
        "{said}"
    );
    assert!(world.says(SAM, "CHECKIN PELIO").await.contains("Checked in"));
}

#[tokio::test]
async fn only_some_new_places_in_coordinates_a_day_are_fetched() {
    let world = with_open_meteo().await;
    for place in 0..6 {
        let said = world.says(SAM, &format!("CAST 41.{place}5S 146.03E 900")).await;
        assert!(said.starts_with("Getting the forecast for 41."), "{said}");
        world.works().await;
    }
    let said = world.says(SAM, "CAST 42.35S 146.03E 900").await;
    assert!(
        said.starts_with("No forecast now: you asked for 6 today."),
        "{said}"
    );
    let said = world.says(SAM, "CAST 41.15S 146.03E 900").await;
    assert!(said.starts_with("CAST 41.15S 146.03E at 900m (yours)"), "{said}");
}

#[tokio::test]
async fn a_day_s_budget_that_is_used_up_asks_nobody() {
    let world = weathered(
        &[Source::OpenMeteo],
        ForecastLimits {
            per_hiker: 24,
            calls: 5,
        },
    )
    .await;
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    world.says(SAM, "CAST LAKEF").await;
    world.says(SAM, "CAST RONNY").await;
    world.works().await;
    assert_eq!(world.provider().asked().len(), 1);
    let said = world.says(SAM, "CAST WATER").await;
    assert_eq!(
        said,
        "No forecast for WATER: we may ask the weather services no more today. That says nothing about the weather. Ask \
         again from Fri 20 Nov 6:40 pm AEDT."
    );
    assert_eq!(
        world.store.waiting(10).await.unwrap().len(),
        0,
        "nothing is promised"
    );
}

#[tokio::test]
async fn what_a_provider_only_confirms_uses_up_no_call() {
    let world = weathered(
        &[Source::OpenMeteo],
        ForecastLimits {
            per_hiker: 24,
            calls: 12,
        },
    )
    .await;
    world.provider().says(Weather::at(world.clock.now()));
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    for _ in 0..5 {
        world.wait(150);
        world.says(SAM, "CAST PELIO").await;
        world.works().await;
    }
    let said = world.says(SAM, "CAST RONNY").await;
    assert!(
        said.starts_with("Getting the forecast for RONNY."),
        "six questions of the provider were one call: {said}"
    );
    world.works().await;
    let said = world.says(SAM, "CAST ECHOP").await;
    assert!(
        said.contains("no more today"),
        "the second call was the last: {said}"
    );
}

#[tokio::test]
async fn while_every_provider_rests_for_long_the_truth_is_told_at_once() {
    let world = with_open_meteo().await;
    world.provider().misbehave(Fault::TooManyInADay);
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    world.wait(2);
    let said = world.says(SAM, "CAST RONNY").await;
    assert!(
        said.starts_with("No forecast for RONNY: no weather service answered."),
        "{said}"
    );
    assert_eq!(
        world.store.waiting(10).await.unwrap().len(),
        1,
        "only the first question waits"
    );
}

#[tokio::test]
async fn routes_that_are_walked_are_fetched_ahead() {
    let world = with_open_meteo().await;
    let ordered = world.forecasts.look_ahead().await.unwrap();
    assert!(ordered > 0);
    world.works().await;
    assert_eq!(world.provider().asked().len(), ordered);
    let said = world.says(SAM, "CAST PELIO").await;
    assert!(said.starts_with("CAST PELIO"), "{said}");
    assert_eq!(
        world.forecasts.look_ahead().await.unwrap(),
        0,
        "all of it is fresh"
    );
    world.wait(100);
    assert_eq!(
        world.forecasts.look_ahead().await.unwrap(),
        ordered,
        "it will soon be old"
    );
}

#[tokio::test]
async fn the_oldest_forecast_of_walked_routes_is_known_until_it_may_not_be_told() {
    let world = with_open_meteo().await;
    world.forecasts.look_ahead().await.unwrap();
    assert_eq!(world.forecasts.outcomes.oldest(), None, "nothing is kept yet");
    world.works().await;
    let fetched = world.clock.now();
    world.forecasts.look_ahead().await.unwrap();
    assert_eq!(world.forecasts.outcomes.oldest(), Some(fetched));
    world.provider().misbehave(Fault::Close);
    world.wait(23 * 60);
    world.forecasts.look_ahead().await.unwrap();
    assert_eq!(world.forecasts.outcomes.oldest(), Some(fetched));
    world.wait(2 * 60);
    world.forecasts.look_ahead().await.unwrap();
    assert_eq!(world.forecasts.outcomes.oldest(), None);
}

#[tokio::test]
async fn the_simulator_s_numbers_begin_by_saying_that_they_are_no_weather() {
    let world = weathered(&[Source::Simulated], ForecastLimits::default()).await;
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    for text in world.told() {
        assert!(
            body(&text).starts_with("SIMULATED - NOT WEATHER\nCAST PELIO"),
            "{}",
            body(&text)
        );
    }
    world.wait(2);
    assert!(
        world
            .says(SAM, "CAST PELIO")
            .await
            .starts_with("SIMULATED - NOT WEATHER")
    );
    let real = with_open_meteo().await;
    for copy in world.store.copies(world.provider().asked()).await.unwrap() {
        real.store.put(copy).await.unwrap();
    }
    let said = real.says(SAM, "CAST PELIO").await;
    assert!(
        said.starts_with("Getting the forecast"),
        "a simulated copy is never told beside a real provider: {said}"
    );
}
