//! What a question about the weather costs, and that a provider which hangs slows no text down.
//!
//! `cargo xtask forecasts` measures a release build, of which the variable below has the path.

use std::time::Duration;

use thunderbird_testkit::{
    eventually_holds,
    fake_forecast::{FakeForecast, Fault},
    service::World,
};
use tokio::{task::JoinSet, time::Instant};

use super::{
    effort::{self, figure},
    forecasts::{on_disk, weathered_by},
    oracle::Oracle,
};

/// Names the program that is measured in place of the one that the tests built.
const PROGRAM: &str = "THUNDERBIRD_MEASURED";

const WAITING: &str = "SELECT count(*) AS number FROM forecast_requests WHERE phone LIKE ?";

/// Places in different squares.
const PLACES: [&str; 5] = ["PELIO", "RONNY", "OSSA", "WATER", "NARCI"];

/// What is measured: its world, and what it is called in a figure.
async fn measured() -> (World, FakeForecast, String) {
    #[expect(
        clippy::disallowed_methods,
        reason = "which program is measured is no configuration of the service"
    )]
    let named = std::env::var(PROGRAM);
    let own = env!("CARGO_BIN_EXE_thunderbird");
    let kind = match &named {
        Ok(program) if program.ends_with("/release/thunderbird") => "release build",
        Ok(_) => "another build",
        Err(_) => "debug build",
    };
    let (world, weather) = weathered_by(named.as_deref().unwrap_or(own)).await;
    (world, weather, kind.to_owned())
}

/// One of many hikers: what a hiker has texted lately is read with each text, and equal texts are a loop after a while.
fn hiker(nth: usize) -> String {
    format!("+6149157{:04}", 1_000 + nth)
}

async fn registered(world: &World, hikers: usize) {
    for nth in 0..hikers {
        for text in ["START", "Kim", "1"] {
            world.service.text(&hiker(nth), text).await;
        }
    }
}

/// How long texts wait for their answers, one every ten milliseconds.
async fn latencies(world: &World, texts: std::ops::Range<usize>, hikers: usize) -> Vec<Duration> {
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let mut sent = JoinSet::new();
    for nth in texts {
        pace.tick().await;
        let body = ["HELP", "CHECKIN PELIO"][nth / hikers % 2];
        let webhook = world.service.webhook(&hiker(nth % hikers), body);
        let line = world.service.line();
        sent.spawn(async move {
            let began = Instant::now();
            let answer = line.deliver(&webhook).await.unwrap();
            assert_eq!(answer.status, 200);
            began.elapsed()
        });
    }
    sent.join_all().await
}

fn p99(mut latencies: Vec<Duration>) -> Duration {
    latencies.sort_unstable();
    latencies[latencies.len() * 99 / 100 - 1]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_slows_no_text_down() {
    let (mut world, weather, build) = measured().await;
    let (rounds, texts, hikers) = effort::of((1, 60, 40), (20, 300, 400));
    registered(&world, hikers).await;
    let (mut quiet, mut hanging, mut next) = (Vec::new(), Vec::new(), 0);
    for round in 0..rounds {
        // A provider that has failed is left alone for a while, and a new process knows nothing of that. A square that the old
        // one was fetching belongs to it for two minutes.
        world.restart().await;
        on_disk(&world.service.database(), "DELETE FROM forecast_orders");
        weather.misbehave(Fault::Hang);
        latencies(&world, next..next + 50, hikers).await;
        quiet.extend(latencies(&world, next + 50..next + 50 + texts, hikers).await);
        let before = weather.asked().len();
        let place = PLACES[round % PLACES.len()];
        world.service.text(&hiker(round), &format!("CAST {place}")).await;
        eventually_holds("a request that hangs", async || weather.asked().len() > before).await;
        next += 50 + texts;
        hanging.extend(latencies(&world, next..next + texts, hikers).await);
        next += texts;
    }
    let count = hanging.len();
    let (quiet, hanging) = (p99(quiet), p99(hanging));
    let ratio = hanging.as_secs_f64() / quiet.as_secs_f64();
    figure(&format!(
        "webhook p99 at 100 texts a second ({build}): quiet {:.1} ms, while the provider hangs {:.1} ms ({count} texts each): \
         {ratio:.2} x (aim 1.2)",
        quiet.as_secs_f64() * 1_000.0,
        hanging.as_secs_f64() * 1_000.0
    ));
    // A handful of texts on a busy machine says nothing of their slowest one.
    assert!(effort::of(true, ratio <= 1.2), "{quiet:?} {hanging:?}");
}

/// The processor's time that the service has used, in hundredths of a second.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, after) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = after.split(' ').collect();
    [11, 12]
        .iter()
        .map(|field| fields[*field].parse::<u64>().unwrap())
        .sum()
}

/// What is asked for: the measure, one place, and a page of places.
const KINDS: [&str; 3] = ["HELP", "CAST PELIO", "CAST CAMPS"];

/// Has every hiker ask once, so many at a time.
async fn all_ask(world: &World, text: &str, hikers: usize, at_once: usize) {
    let mut asking = JoinSet::new();
    for nth in 0..hikers {
        if asking.len() >= at_once {
            asking.join_next().await.unwrap().unwrap();
        }
        let webhook = world.service.webhook(&hiker(nth), text);
        let line = world.service.line();
        asking.spawn(async move {
            let said = line.deliver(&webhook).await.unwrap().message();
            assert!(!said.starts_with("Getting"), "{said}");
        });
    }
    asking.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_answer_from_what_is_kept_costs() {
    let (world, _weather, build) = measured().await;
    let (rounds, hikers) = effort::of((1, 20), (10, 400));
    registered(&world, hikers).await;
    world.service.text(&hiker(0), "CAST CAMPS").await;
    let path = world.service.database();
    eventually_holds("a forecast for every camp", async || {
        Oracle::of(&path).count(WAITING, "+%") == 0
    })
    .await;
    for (at_once, how) in [(1, "one at a time"), (32, "32 at a time")] {
        let mut used = [0_u64; 3];
        for _ in 0..rounds {
            for (kind, used) in KINDS.iter().zip(&mut used) {
                let before = ticks(world.service.pid());
                all_ask(&world, kind, hikers, at_once).await;
                *used += ticks(world.service.pid()) - before;
            }
        }
        let texts = f64::from(u32::try_from(rounds * hikers).unwrap());
        let each = used.map(|used| f64::from(u32::try_from(used).unwrap()) * 10_000.0 / texts);
        figure(&format!(
            "processor's time of an answer ({build}, {how}, {texts} texts of each): HELP {:.0} us, CAST PELIO {:.0} us ({:.2} x, \
             aim 1.3), CAST CAMPS of ten places {:.0} us ({:.2} x, aim 3)",
            each[0],
            each[1],
            each[1] / each[0],
            each[2],
            each[2] / each[0]
        ));
    }
}
