//! The forecast by web: what the text CAST says, value by value, by the same rules and limits.
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::Duration;

use serde_json::{Value, json};
use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::{
    eventually,
    fake_forecast::{FakeForecast, Fault, Weather},
    service::WebAnswer,
};

use crate::Linked;

const FORECAST: &str = "/api/user/forecast";

/// A linked hiker, and a weather service that says the weather of this hour.
async fn weathered(more: &[(&str, &str)]) -> (Linked, FakeForecast) {
    let weather = FakeForecast::start().await;
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let named = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let variables: Vec<(&str, &str)> = [("THUNDERBIRD_FORECASTS", "open-meteo,met-norway")]
        .into_iter()
        .chain(named)
        .chain(more.iter().copied())
        .collect();
    (Linked::with(&variables).await, weather)
}

impl Linked {
    async fn forecast(&self, query: &str) -> WebAnswer {
        self.client.get(&format!("{FORECAST}?{query}")).await
    }

    /// The forecast, once it has been fetched.
    async fn fetched(&self, query: &str) -> Value {
        eventually("a forecast", async || {
            let answer = self.forecast(query).await;
            assert!(matches!(answer.status, 200 | 202), "{}", answer.text);
            (answer.status == 200).then_some(answer.body)
        })
        .await
    }
}

fn field_of(answer: &WebAnswer) -> (u16, Value, Value) {
    let error = &answer.body["errors"][0];
    (answer.status, error["field"].clone(), error["code"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_kept_is_ordered_and_then_shown_with_its_age_and_its_source() {
    let (linked, weather) = weathered(&[]).await;
    let first = linked.forecast("place=pelio").await;
    assert_eq!(first.status, 202, "{}", first.text);
    assert_eq!(first.header("retry-after"), Some("5"));
    let shown = linked.fetched("place=PELIO&span=12").await;
    assert_eq!(
        (
            &shown["place"]["code"],
            &shown["place"]["height_m"],
            &shown["span"]
        ),
        (&json!("PELIO"), &json!(739), &json!("12"))
    );
    assert_eq!(
        (&shown["source"], &shown["age"], &shown["is_simulated"]),
        (&json!("open-meteo"), &json!("fresh"), &json!(false))
    );
    assert_eq!(shown["credit"]["text"], "Weather data by Open-Meteo.com");
    assert_eq!(
        shown["credit"]["licence_url"],
        "https://creativecommons.org/licenses/by/4.0/"
    );
    assert_eq!(
        shown["warnings"],
        json!({"are_included": false, "are_at": "bom.gov.au"})
    );
    assert_eq!(
        (
            &shown["height"]["ground_m"],
            &shown["height"]["temperatures_at_m"]
        ),
        (&json!(980), &json!(739))
    );
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    // 5 C at 980 m, and the model's free air is 0.65 C warmer for each 100 m below.
    assert_eq!(rows[0]["temperature_low_c"], json!(6.6), "{}", rows[0]);
    assert_eq!(
        (&rows[0]["wind_kmh"], &rows[0]["gust_kmh"], &rows[0]["rain_mm"]),
        (&json!(30), &json!(52), &json!(0.6))
    );
    let week = linked.fetched("place=PELIO&span=7d").await;
    assert_eq!(week["rows"].as_array().unwrap().len(), 7);
    let said = linked.text("CAST PELIO").await;
    assert!(said.contains("W30-55 0.6"), "the text says the same: {said}");
    for request in weather.asked() {
        assert!(!request.target.contains("PELIO") && !format!("{:?}", request.headers).contains("6149"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_does_not_know_is_null_and_never_zero() {
    let (linked, weather) = weathered(&[]).await;
    weather.misbehave(Fault::ShortColumn);
    let shown = linked.fetched("place=-41.87%2C146.03+1600&span=24").await;
    assert_eq!(shown["source"], "met-norway");
    assert_eq!(
        (&shown["place"]["code"], &shown["place"]["height_m"]),
        (&Value::Null, &json!(1_600))
    );
    assert_eq!(
        (&shown["square"]["latitude"], &shown["square"]["longitude"]),
        (&json!(-41.85), &json!(146.05))
    );
    assert_eq!(shown["height"]["ridges_have_more_wind"], true);
    for row in shown["rows"].as_array().unwrap() {
        for unknown in ["gust_kmh", "rain_chance_percent", "zero_level_low_m"] {
            assert_eq!(row[unknown], Value::Null, "{unknown}");
        }
        assert_ne!(row["temperature_low_c"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_place_and_no_span_is_refused_by_name() {
    let (linked, weather) = weathered(&[]).await;
    for (query, field, code) in [
        ("", "place", "required"),
        ("place=", "place", "unclear"),
        ("place=41.87%20146.03", "place", "unclear"),
        ("place=PELI", "place", "unknown"),
        ("place=CAMPS", "place", "unknown"),
        ("place=PELIO&span=48", "span", "unknown"),
        ("place=PELIO&days=2", "days", "unknown"),
    ] {
        let refused = linked.forecast(query).await;
        assert_eq!(field_of(&refused), (422, json!(field), json!(code)), "{query}");
    }
    let near = linked.forecast("place=PELI").await;
    assert!(near.text.contains("PELIO, PELIOW"), "{}", near.text);
    assert_eq!(linked.forecast("place=A&place=B").await.status, 400);
    linked.text("CHECKIN PELIO").await;
    let last = linked.fetched("").await;
    assert_eq!(last["place"]["code"], "PELIO");
    assert_eq!(weather.forecasts_asked(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_and_web_share_the_day_and_asking_again_is_no_new_place() {
    let (linked, weather) = weathered(&[("THUNDERBIRD_LIMIT_FORECASTS_PER_DAY", "3")]).await;
    weather.misbehave(Fault::Hang);
    for _ in 0..3 {
        for place in 1..=6 {
            let answer = linked.forecast(&format!("place=41.{place}5S+146.03E")).await;
            assert_eq!(answer.status, 202, "{place}: {}", answer.text);
        }
    }
    let seventh = linked.forecast("place=42.35S+146.03E").await;
    assert_eq!((seventh.status, seventh.problem()), (429, "too-many-attempts"));
    weather.misbehave(None);
    linked.fetched("place=PELIO").await;
    assert!(linked.text("CAST PELIO").await.starts_with("CAST PELIO"));
    linked.fetched("place=PELIO").await;
    let refused = linked.forecast("place=PELIO").await;
    assert_eq!((refused.status, refused.problem()), (429, "too-many-attempts"));
    assert!(refused.header("retry-after").is_some());
    assert!(
        linked
            .text("CAST PELIO")
            .await
            .starts_with("No forecast now: you asked for 3 today.")
    );
    assert!(linked.text("CHECKIN PELIO").await.contains("Checked in"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_makes_no_client_wait_and_silence_is_told_as_silence() {
    let (linked, weather) = weathered(&[]).await;
    weather.misbehave(Fault::Hang);
    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(linked.forecast("place=PELIO").await.status, 202);
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    weather.misbehave(Fault::Close);
    let silent = eventually("the truth", async || {
        let answer = linked.forecast("place=PELIO").await;
        (answer.status != 202).then_some(answer)
    })
    .await;
    assert_eq!((silent.status, silent.problem()), (503, "no-weather-service"));
    assert!(
        silent.text.contains("No weather service answered"),
        "{}",
        silent.text
    );
    assert!(silent.waits(), "{:?}", silent.header("retry-after"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_calls_that_is_used_up_is_told_as_that_and_not_as_silence() {
    let (linked, weather) = weathered(&[
        ("THUNDERBIRD_FORECASTS", "open-meteo"),
        ("THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY", "4"),
    ])
    .await;
    linked.fetched("place=PELIO").await;
    let asked = weather.asked().len();
    let used_up = linked.forecast("place=RONNY").await;
    assert_eq!((used_up.status, used_up.problem()), (503, "no-weather-service"));
    assert!(
        used_up
            .text
            .contains("may ask the weather services no more today")
            && !used_up.text.contains("No weather service answered"),
        "{}",
        used_up.text
    );
    let wait: u64 = used_up.header("retry-after").unwrap().parse().unwrap();
    assert!((3_600..=86_400).contains(&wait), "{wait}");
    let kept = linked.forecast("place=PELIO").await;
    assert_eq!(kept.status, 200, "what is kept is shown: {}", kept.text);
    assert_eq!(weather.asked().len(), asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_provider_there_are_no_forecasts_and_without_a_hiker_no_place() {
    let linked = Linked::new().await;
    let none = linked.forecast("place=PELIO").await;
    assert_eq!((none.status, none.problem()), (404, "no-forecasts"));
    let stranger = linked.world.client("grace").await;
    let nobody = stranger.get(FORECAST).await;
    assert_eq!((nobody.status, nobody.problem()), (404, "no-hiker"));
}
