//! CAST by text: an answer at once from what is kept, one later text for what is not, and never a word of a provider in the
//! way of anything else.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    forecast::{Answered, ForecastLimits, ForecastStore, Forecaster, Forecasts, Outcomes, Rests, Source},
    outgoing::{Class, OutgoingText},
    time::Clock as _,
};
use thunderbird_testkit::{
    bent_forecasts::BentForecasts,
    catalogue::MemoryCatalogue,
    crypto::TestMacs,
    entropy::SeededEntropy,
    fake_forecast::{Fault, Weather},
    forecaster::ScriptedForecaster,
};

use super::{Channel, MUM, SAM, body, channel};

/// A channel with providers, and the providers.
pub(super) struct Weathered {
    channel: Channel,
    pub(super) forecasts: Arc<Forecasts>,
    providers: Vec<Arc<ScriptedForecaster>>,
}

impl std::ops::Deref for Weathered {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.channel
    }
}

/// Forecasts from these providers, kept here.
fn forecasts(
    channel: &Channel,
    store: Arc<dyn ForecastStore>,
    (providers, limits): (&[Arc<ScriptedForecaster>], ForecastLimits),
) -> Arc<Forecasts> {
    let forecasters = providers
        .iter()
        .map(|provider| Arc::clone(provider) as Arc<dyn Forecaster>);
    Arc::new(Forecasts {
        store,
        forecasters: forecasters.collect(),
        routes: Arc::new(MemoryCatalogue::tasmania()),
        limiter: Arc::new(channel.store.clone()),
        macs: Arc::new(TestMacs::default()),
        clock: Arc::new(channel.clock.clone()),
        entropy: Arc::new(SeededEntropy::new(3)),
        limits,
        rests: Rests::default(),
        outcomes: Outcomes::default(),
    })
}

pub(super) async fn weathered(sources: &[Source], limits: ForecastLimits) -> Weathered {
    let mut channel = channel();
    let clock = Arc::new(channel.clock.clone());
    let provider = |source: &Source| Arc::new(ScriptedForecaster::new(*source, clock.clone()));
    let providers: Vec<Arc<ScriptedForecaster>> = sources.iter().map(provider).collect();
    let store = Arc::new(channel.store.clone());
    let forecasts = forecasts(&channel, store, (&providers, limits));
    channel.messages.forecasts = Some(Arc::clone(&forecasts));
    let channel = channel.registered(SAM).await;
    Weathered {
        channel,
        forecasts,
        providers,
    }
}

pub(super) async fn with_open_meteo() -> Weathered {
    weathered(&[Source::OpenMeteo], ForecastLimits::default()).await
}

impl Weathered {
    pub(super) fn provider(&self) -> &ScriptedForecaster {
        self.providers.first().unwrap()
    }

    /// From now on every provider fails in this way, or works again.
    pub(super) fn misbehave(&self, fault: impl Into<Option<Fault>>) {
        let fault = fault.into();
        for provider in &self.providers {
            provider.misbehave(fault);
        }
    }

    /// What the workers do in a while.
    pub(super) async fn works(&self) {
        while self.forecasts.fetch_next().await.unwrap() {}
        self.forecasts.answer_waiting().await.unwrap();
    }

    /// Later texts about the weather.
    pub(super) fn told(&self) -> Vec<OutgoingText> {
        let mut queued = self.queued();
        queued.retain(|text| body(text).contains("CAST") || body(text).contains("No forecast"));
        queued
    }
}

#[tokio::test]
async fn without_a_provider_cast_is_the_one_sentence_it_was_and_help_has_no_cast() {
    let channel = channel().registered(SAM).await;
    for text in [
        "CAST",
        "CAST PELIO",
        "CAST7 PEAKS",
        "CAST -41.87,146.03",
        "weather",
    ] {
        let said = channel.says(SAM, text).await;
        assert_eq!(
            said, "Weather forecasts are not available from this service yet.",
            "{text}"
        );
    }
    assert!(!channel.says(SAM, "HELP").await.contains("CAST"));
    assert_eq!(channel.store.waiting(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_forecast_that_is_not_kept_comes_in_one_later_text() {
    let world = with_open_meteo().await;
    assert!(world.says(SAM, "HELP").await.contains("CAST: weather"));
    let said = world.says(SAM, "CAST PELIO").await;
    assert_eq!(
        said,
        "Getting the forecast for PELIO. It comes in a text of its own, by 18:50. If none comes, ask again."
    );
    world.works().await;
    let told = world.told();
    let [text] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(
        body(text).starts_with("CAST PELIO New Pelion Hut"),
        "{}",
        body(text)
    );
    let now = world.clock.now();
    assert_eq!(
        (text.class, text.expires_at),
        (Class::Notice, now.plus(Duration::from_mins(30)))
    );
    for _ in 0..3 {
        world.wait(20);
        world.works().await;
    }
    assert_eq!(world.told().len(), 1, "one question, one answer");
    assert_eq!(world.provider().asked().len(), 1);
}

#[tokio::test]
async fn a_forecast_that_is_kept_is_the_answer_and_nothing_is_asked() {
    let world = with_open_meteo().await;
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    let asked = world.provider().asked().len();
    world.wait(30);
    let said = world.says(SAM, "CAST24 PELIO").await;
    assert!(said.starts_with("CAST24 PELIO New Pelion Hut"), "{said}");
    assert!(said.contains("got Thu 18:40"), "{said}");
    world.works().await;
    assert_eq!((world.provider().asked().len(), world.told().len()), (asked, 1));
}

#[tokio::test]
async fn an_old_forecast_is_told_with_its_age_and_renewed_without_a_second_text() {
    let world = with_open_meteo().await;
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    world.wait(7 * 60 + 5);
    world.provider().misbehave(Fault::Close);
    let said = world.says(SAM, "CAST PELIO").await;
    assert!(
        said.starts_with("OLD: could not be renewed for 7h CAST PELIO"),
        "{said}"
    );
    world.provider().misbehave(None);
    world.works().await;
    assert_eq!(world.told().len(), 1);
    let said = world.says(SAM, "CAST PELIO").await;
    assert!(said.starts_with("CAST PELIO"), "{said}");
}

#[tokio::test]
async fn while_no_provider_answers_each_question_gets_one_honest_text_within_ten_minutes() {
    let world = with_open_meteo().await;
    world.provider().misbehave(Fault::Hang);
    world.says(SAM, "CAST PELIO").await;
    for _ in 0..9 {
        world.works().await;
        world.wait(1);
    }
    assert_eq!(world.told().len(), 0);
    for _ in 0..5 {
        world.wait(1);
        world.works().await;
    }
    let told = world.told();
    let [text] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(body(text).starts_with(
        "No forecast for PELIO: no weather service answered. That says nothing about the weather."
    ));
    assert!(!body(text).contains("km/h"));
}

#[tokio::test]
async fn numbers_are_never_older_than_24_hours_since_the_check_or_36_since_the_run() {
    let world = with_open_meteo().await;
    world.says(SAM, "CAST7 PELIO").await;
    world.works().await;
    world.provider().misbehave(Fault::Close);
    for hour in 1..40 {
        world.wait(60);
        let said = world.says(SAM, "CAST7 PELIO").await;
        let has_numbers = said.contains("km/h");
        assert_eq!(has_numbers, hour <= 24, "{hour}: {said}");
        assert!(
            !has_numbers || hour <= 2 || said.starts_with("OLD: "),
            "{hour}: {said}"
        );
        world.works().await;
    }
}

#[tokio::test]
async fn an_old_run_that_is_sent_again_and_again_is_not_told() {
    let world = with_open_meteo().await;
    let mut weather = Weather::at(world.clock.now());
    weather.run = weather.run.minus(Duration::from_hours(40));
    world.provider().says(weather);
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    world.wait(11);
    world.works().await;
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert!(body(told.first().unwrap()).contains("too old to rely on"));
}

#[tokio::test]
async fn if_the_first_provider_fails_the_second_is_told_whole_and_named() {
    let world = weathered(&[Source::OpenMeteo, Source::MetNorway], ForecastLimits::default()).await;
    world.provider().misbehave(Fault::WrongUnits);
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    let told = world.told();
    let text = body(told.first().unwrap());
    assert!(
        text.contains("Data from MET Norway") && text.contains("No gusts known"),
        "{text}"
    );
    assert!(!text.contains("Open-Meteo"));
}

#[tokio::test]
async fn a_hiker_who_stops_before_the_answer_gets_none() {
    let world = with_open_meteo().await;
    world.says(SAM, "CAST PELIO").await;
    world.says(SAM, "STOP").await;
    while world.forecasts.fetch_next().await.unwrap() {}
    let answered = world.forecasts.answer_waiting().await.unwrap();
    let answered: Vec<Answered> = answered.ended.into_iter().map(|told| told.answered).collect();
    assert_eq!(answered, [Answered::Withheld]);
    assert_eq!(world.told().len(), 0);
}

#[tokio::test]
async fn an_answer_that_cannot_be_stored_keeps_no_other_question_waiting() {
    let world = with_open_meteo().await;
    for text in ["START", "Kim", "1"] {
        world.says(MUM, text).await;
    }
    let bent = Arc::new(BentForecasts::on(world.store.clone(), Vec::new()));
    let limits = ForecastLimits::default();
    let workers = forecasts(&world, bent.clone(), (&world.providers, limits));
    world.says(SAM, "CAST PELIO").await;
    world.wait(1);
    world.says(MUM, "CAST PELIO").await;
    while workers.fetch_next().await.unwrap() {}
    bent.refuse_answers_to(super::number(SAM));
    let round = workers.answer_waiting().await.unwrap();
    assert!(round.fault.is_some());
    assert_eq!(round.ended.len(), 1, "the other question is answered");
    assert_eq!(world.told().len(), 1);
    let waiting = world.store.waiting(10).await.unwrap();
    assert_eq!(waiting.len(), 1, "and the first one waits for the next round");
}

#[tokio::test]
async fn a_text_that_is_delivered_twice_is_one_question_with_one_answer() {
    let world = with_open_meteo().await;
    let question = world.message(SAM, "CAST PELIO");
    let first = world.messages.receive(question.clone()).await.unwrap();
    let again = world.messages.receive(question).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(world.store.waiting(10).await.unwrap().len(), 1);
    world.works().await;
    assert_eq!(world.told().len(), 1);
}

#[tokio::test]
async fn cast_alone_is_the_camp_of_the_last_check_in() {
    let world = with_open_meteo().await;
    let said = world.says(SAM, "CAST").await;
    assert!(
        said.starts_with("Which place?") && said.contains("CAST RONNY"),
        "{said}"
    );
    world.says(SAM, "CHECKIN PELIO").await;
    assert!(
        world
            .says(SAM, "CAST")
            .await
            .starts_with("Getting the forecast for PELIO.")
    );
    let said = world.says(SAM, "CAST PEL").await;
    assert!(
        said.contains("CAST PELIO") && said.contains("CAST PELIOW"),
        "{said}"
    );
}

#[tokio::test]
async fn strangers_and_contacts_get_no_forecast() {
    let world = with_open_meteo().await;
    assert!(world.says(MUM, "CAST PELIO").await.contains("not registered"));
    world.works().await;
    assert_eq!(world.provider().asked().len(), 0);
}
