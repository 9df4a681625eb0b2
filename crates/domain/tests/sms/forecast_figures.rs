//! The figures that forecasts promise, as far as they need no network. `cargo xtask forecasts` prints them.

use std::time::Duration;

use thunderbird_domain::{
    forecast::{ForecastLimits, ForecastStore as _, Source},
    time::Clock as _,
};
use thunderbird_testkit::fake_forecast::Fault;

use super::{
    SAM, body,
    forecast::{Weathered, weathered},
};

const HOUR: Duration = Duration::from_hours(1);

/// Every kind of question about places of the route.
const QUESTIONS: [&str; 6] = [
    "CAST PELIO",
    "CAST24 OSSA",
    "CAST7 RONNY",
    "CAST CAMPS",
    "CAST7 PEAKS",
    "CAST24 CAMPS",
];

/// A figure for `docs/forecasts.md`; `--nocapture` shows it.
fn figure(what: &str) {
    println!("figure: {what}");
}

/// Limits that refuse no question here.
const WIDE: ForecastLimits = ForecastLimits {
    per_hiker: 1_000_000,
    calls: 1_000_000,
};

/// What an answer during an outage says of its own age.
struct Age {
    has_numbers: bool,
    is_old: bool,
    check: Duration,
    run: Duration,
}

impl Weathered {
    /// Asks, and compares what is said with what is kept.
    async fn asks(&self, question: &str) -> Age {
        let said = self.says(SAM, question).await;
        let now = self.clock.now();
        let kept = self.store.kept(1_000).await.unwrap();
        let told = Age {
            has_numbers: said.contains(", got "),
            is_old: said.starts_with("OLD: could not be renewed for "),
            check: kept.iter().map(|copy| now.since(copy.checked)).max().unwrap(),
            run: kept.iter().map(|copy| now.since(copy.run)).max().unwrap(),
        };
        let names_its_age = said.contains(" run ") && said.contains(", got ");
        assert_eq!(told.has_numbers, names_its_age, "{said}");
        assert_eq!(told.has_numbers, said.contains("No warnings in this"), "{said}");
        let is_honest = said.starts_with("No forecast for ") || said.starts_with("Getting the forecast for ");
        assert!(told.has_numbers || is_honest, "{said}");
        told
    }
}

#[tokio::test]
async fn in_an_outage_of_twelve_hours_every_number_has_its_age_and_none_is_too_old() {
    let world = weathered(&[Source::OpenMeteo, Source::MetNorway], WIDE).await;
    world.forecasts.look_ahead().await.unwrap();
    world.works().await;
    world.misbehave(Fault::Hang);
    let (mut asked, mut old, mut refused) = (0, 0, 0);
    let (mut check, mut run) = (Duration::ZERO, Duration::ZERO);
    for quarter in 1..=40 * 4 {
        world.wait(15);
        // Twelve hours later the providers answer again, and fall silent for good.
        if quarter == 12 * 4 {
            world.misbehave(None);
            world.wait(31);
            world.forecasts.look_ahead().await.unwrap();
            world.works().await;
            world.misbehave(Fault::Hang);
        }
        for question in QUESTIONS {
            let told = world.asks(question).await;
            asked += 1;
            old += usize::from(told.is_old);
            refused += usize::from(!told.has_numbers);
            if told.has_numbers {
                check = check.max(told.check);
                run = run.max(told.run);
                assert!(told.is_old || told.check <= HOUR * 2, "{question}");
            }
        }
        world.works().await;
    }
    assert!(check <= HOUR * 24 && run <= HOUR * 36, "{check:?} {run:?}");
    assert!(refused > 0 && old > 0);
    for text in world.told() {
        assert!(!body(&text).contains(", got "), "{}", body(&text));
    }
    figure(&format!(
        "outage of 12 h, then one without an end: {asked} answers, {old} with OLD first, {refused} without a number; the oldest \
         numbers were checked {} h before (at most 24) and of a run of {} h before (at most 36); every answer with numbers \
         carries its run and its check",
        check.as_secs() / 3_600,
        run.as_secs() / 3_600
    ));
}

#[tokio::test]
async fn in_an_outage_with_nothing_kept_each_question_has_one_honest_text_in_ten_minutes() {
    let world = weathered(&[Source::OpenMeteo, Source::MetNorway], WIDE).await;
    world.misbehave(Fault::Hang);
    let mut at_once = 0;
    let places = ["PELIO", "RONNY", "OSSA", "ECHOP", "WATER", "CAMPS"];
    for nth in 0..40 {
        let place = places.get(nth % places.len()).unwrap();
        let said = world.says(SAM, &format!("CAST {place}")).await;
        let is_promised = said.starts_with("Getting the forecast");
        assert!(is_promised || said.starts_with("No forecast for "), "{said}");
        at_once += usize::from(!is_promised);
        world.clock.advance(Duration::from_secs(2));
        world.works().await;
    }
    let mut latest = Duration::ZERO;
    for _ in 0..130 {
        world.clock.advance(Duration::from_secs(5));
        let before = world.store.waiting(1_000).await.unwrap();
        world.works().await;
        let after = world.store.waiting(1_000).await.unwrap();
        let now = world.clock.now();
        for ended in before.iter().filter(|question| !after.contains(question)) {
            latest = latest.max(now.since(ended.asked_at));
        }
    }
    assert_eq!(world.store.waiting(10).await.unwrap(), []);
    let told = world.told();
    assert_eq!(told.len() + at_once, 40, "one text for each question");
    for text in &told {
        let said = body(text);
        assert!(said.contains("no weather service answered"), "{said}");
        assert!(!said.contains("km/h"), "{said}");
    }
    assert!(latest <= Duration::from_secs(605), "{latest:?}");
    figure(&format!(
        "outage with nothing kept: 40 questions, {at_once} honest answers at once and {} honest texts, the last after {} s \
         (aim 600, looked at every 5); 0 silent",
        told.len(),
        latest.as_secs()
    ));
}

#[tokio::test]
async fn of_64_who_ask_for_one_square_at_once_one_makes_us_ask() {
    let world = weathered(&[Source::OpenMeteo], WIDE).await;
    for nth in 0..63 {
        let phone = format!("+614915701{nth:02}");
        for text in ["START", "Kim", "1", "CAST PELIO"] {
            world.says(&phone, text).await;
        }
    }
    world.says(SAM, "CAST PELIO").await;
    world.works().await;
    let (fetches, told) = (world.provider().asked().len(), world.told().len());
    assert_eq!((fetches, told), (1, 64));
    figure(&format!("{told} askers of one square: {fetches} fetch"));
}

#[tokio::test]
async fn every_part_of_every_text_of_the_simulator_says_that_it_is_no_weather() {
    let world = weathered(&[Source::Simulated], WIDE).await;
    let (mut parts, mut marked) = (0, 0);
    for place in ["PELIO", "OSSA", "CAMPS", "PEAKS", "41.87S 146.03E 1600"] {
        for word in ["CAST", "CAST24", "CAST7"] {
            let question = format!("{word} {place}");
            for _ in 0..2 {
                let message = world.message(SAM, &question);
                let texts = world.messages.receive(message).await.unwrap();
                let with_numbers = texts
                    .iter()
                    .filter(|text| !text.starts_with("Getting the forecast"));
                for text in with_numbers {
                    parts += 1;
                    marked += usize::from(text.starts_with("SIMULATED - NOT WEATHER\n"));
                }
                world.works().await;
            }
        }
    }
    for text in world.told() {
        parts += 1;
        marked += usize::from(body(&text).starts_with("SIMULATED - NOT WEATHER\n"));
    }
    assert!(parts >= 20 && marked == parts, "{marked} of {parts}");
    figure(&format!("simulated label: on {marked} of {parts} parts"));
}
