//! Questions about the weather: one outcome for each, however the service dies.

use std::{path::Path, time::Duration};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::time::Clock as _;
use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_forecast::{FakeForecast, Weather},
    service::{Line, TextAnswer, Webhook, World},
};
use tokio::time::Instant;

use super::{
    dice::Dice,
    effort::{self, figure},
    oracle::Oracle,
};

const QUEUED: &str = "SELECT count(*) AS number FROM messages WHERE direction = 'out' AND class = 'notice' \
                      AND (body LIKE 'CAST %' OR body LIKE 'No forecast%') AND phone LIKE ?";
const WAITING: &str = "SELECT count(*) AS number FROM forecast_requests WHERE phone LIKE ?";
const HIKERS: &str = "+614915706%";

/// Places in different squares.
const PLACES: [&str; 5] = ["PELIO", "RONNY", "OSSA", "WATER", "NARCI"];

/// The service that the tests built, with a weather service. Its limits are out of the way.
async fn weathered() -> (World, FakeForecast) {
    weathered_by(env!("CARGO_BIN_EXE_thunderbird")).await
}

/// The same of another program.
pub async fn weathered_by(program: &str) -> (World, FakeForecast) {
    let weather = FakeForecast::start().await;
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let wide = [
        "THUNDERBIRD_LIMIT_SMS_PER_DAY",
        "THUNDERBIRD_LIMIT_SMS_PER_HOUR",
        "THUNDERBIRD_LIMIT_FORECASTS_PER_DAY",
        "THUNDERBIRD_LIMIT_FORECAST_CALLS_PER_DAY",
        "THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR",
        "THUNDERBIRD_LIMIT_CHECKINS_PER_DAY",
    ];
    let world = World::start_with(program, |builder| {
        let builder = builder
            .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
            .env("THUNDERBIRD_LOG", "warn")
            .env("THUNDERBIRD_FORECASTS", "open-meteo");
        let builder = wide
            .iter()
            .fold(builder, |builder, name| builder.env(name, "1000000"));
        environment
            .iter()
            .fold(builder, |builder, (name, value)| builder.env(name, value))
    })
    .await;
    (world, weather)
}

/// A hiker of this number; equal texts of one number are a loop after a while, so there are many hikers.
fn hiker(nth: usize) -> String {
    format!("+614915706{:02}", nth % 100)
}

async fn register(world: &World, nth: usize) {
    for text in ["START", "Kim", "1"] {
        world.service.text(&hiker(nth), text).await;
    }
}

/// Changes the file next to the service.
pub fn on_disk(path: &Path, change: &str) {
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    database.batch_execute(change).unwrap();
}

/// What a kill met.
#[derive(Default)]
struct Outcomes {
    kills: usize,
    asked: usize,
    unanswered: usize,
    waited: usize,
    promised: i64,
    at_once: usize,
}

/// One text that is sent while the service may die.
async fn send(line: Line, webhook: Webhook) -> (Webhook, Option<TextAnswer>) {
    let answer = line.deliver(&webhook).await.ok();
    (webhook, answer.filter(|answer| answer.status == 200))
}

impl Outcomes {
    /// Asks from several phones, kills the service at a random moment, starts it again, and delivers once more what was not
    /// answered, as the gateway does.
    async fn cycle(&mut self, world: &mut World, weather: &FakeForecast, dice: &mut Dice) {
        weather.delay(dice.moment(120));
        let line = world.service.line();
        let sending: Vec<_> = PLACES
            .iter()
            .enumerate()
            .map(|(nth, place)| {
                let from = hiker(self.kills * PLACES.len() + nth);
                let webhook = world.service.webhook(&from, &format!("CAST {place}"));
                tokio::spawn(send(line.clone(), webhook))
            })
            .collect();
        // The kill comes at a random moment: before the answers, while the provider is asked, while the texts are queued.
        tokio::time::sleep(dice.moment(900)).await;
        world.service.kill();
        self.kills += 1;
        let path = world.service.database();
        self.waited += usize::try_from(Oracle::of(&path).count(WAITING, HIKERS)).unwrap();
        // What two minutes do to the orders of a process that has died.
        on_disk(&path, "UPDATE forecast_orders SET again_at = ordered_at");
        world.service.start_again().await;
        for sent in sending {
            let (webhook, answer) = sent.await.unwrap();
            self.asked += 1;
            self.unanswered += usize::from(answer.is_none());
            // The service listens on another port since.
            let webhook = webhook.signed(world.service.line().url());
            let again = world.service.deliver(&webhook).await;
            if let Some(answer) = answer {
                assert_eq!(answer, again, "the same question has the same answer");
            }
            let said = again.messages.join("\n");
            if said.starts_with("Getting the forecast for ") {
                self.promised += 1;
            } else {
                assert!(said.starts_with("CAST "), "{said}");
                self.at_once += 1;
            }
        }
        eventually_holds("an outcome of every question", async || {
            Oracle::of(&path).count(WAITING, HIKERS) == 0
        })
        .await;
        let queued = Oracle::of(&path).count(QUEUED, HIKERS);
        assert_eq!(
            queued, self.promised,
            "kill {}: one text for each promise",
            self.kills
        );
        on_disk(&path, "DELETE FROM forecasts");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_a_kill_meets_has_exactly_one_outcome() {
    let (mut world, weather) = weathered().await;
    let wanted = effort::of(8, 500);
    for nth in 0..effort::of(40, 100) {
        register(&world, nth).await;
    }
    let (mut dice, mut tally) = (Dice::new(), Outcomes::default());
    while tally.unanswered + tally.waited < wanted {
        tally.cycle(&mut world, &weather, &mut dice).await;
    }
    figure(&format!(
        "kill -9 between question and answer: {} kills, {} questions, of which a kill met {} ({} before the reply, {} before \
         the later text); {} answered at once, {} promised and as many texts queued: exactly one outcome for each",
        tally.kills,
        tally.asked,
        tally.unanswered + tally.waited,
        tally.unanswered,
        tally.waited,
        tally.at_once,
        tally.promised
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forecast_that_must_be_fetched_is_queued_within_fifteen_seconds() {
    let (world, weather) = weathered().await;
    weather.delay(Duration::from_secs(1));
    let mut slowest = Duration::ZERO;
    let path = world.service.database();
    let count = effort::of(2, 10);
    for nth in 0..count {
        register(&world, nth).await;
        let place = PLACES[nth % PLACES.len()];
        let began = Instant::now();
        let said = world.service.text(&hiker(nth), &format!("CAST {place}")).await;
        assert!(said.message().starts_with("Getting the forecast"), "{said:?}");
        let queued = i64::try_from(nth + 1).unwrap();
        eventually("the later text", async || {
            (Oracle::of(&path).count(QUEUED, HIKERS) == queued).then_some(())
        })
        .await;
        slowest = slowest.max(began.elapsed());
        on_disk(&path, "DELETE FROM forecasts");
    }
    assert!(slowest <= Duration::from_secs(15), "{slowest:?}");
    figure(&format!(
        "cold miss, a provider that takes 1 s for each of its three answers: {count} questions, queued after {:.1} s at most \
         (aim 15)",
        slowest.as_secs_f64()
    ));
}
