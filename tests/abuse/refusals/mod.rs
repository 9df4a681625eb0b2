//! Every limit of the table refuses, and the metrics count it under its name.

mod forecasts;
mod mails;
mod sending;
mod signing_in;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use thunderbird_testkit::{
    eventually, eventually_holds,
    service::{Service, World},
};

/// A world whose metrics are read.
struct Watched {
    world: World,
    metrics: String,
}

impl Watched {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
            let own = builder
                .env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
                .env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0");
            settings
                .iter()
                .fold(own, |builder, (name, value)| builder.env(name, value))
        })
        .await;
        let metrics = address(&world.service).await;
        Self { world, metrics }
    }

    /// How often each limit has refused so far.
    async fn counts(&self) -> BTreeMap<String, u64> {
        let read = self.world.service.http().get(&self.metrics).send().await.unwrap();
        let text = read.text().await.unwrap();
        let samples = text
            .lines()
            .filter_map(|line| line.strip_prefix("thunderbird_limit_refused_total{limit=\""));
        samples
            .map(|sample| {
                let (limit, count) = sample.split_once("\"} ").unwrap();
                (limit.to_owned(), count.parse().unwrap())
            })
            .collect()
    }

    /// Waits until each of these has refused.
    async fn have_refused(&self, limits: &[&str]) {
        for limit in limits {
            let what = format!("{limit} to have refused");
            eventually_holds(&what, async || self.counts().await[*limit] > 0).await;
        }
    }
}

/// Where a service shows its metrics.
async fn address(service: &Service) -> String {
    eventually("the metrics' address", async || {
        let output = service.output();
        let line = output.lines().find(|line| line.ends_with("/metrics"))?;
        line.split_whitespace().last().map(str::to_owned)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_limit_that_can_refuse_is_made_to_refuse_here() {
    let watched = Watched::new(&[]).await;
    let counts = watched.counts().await;
    let shown: BTreeSet<&str> = counts.keys().map(String::as_str).collect();
    let made: Vec<&str> = [
        forecasts::LIMITS,
        mails::LIMITS,
        signing_in::LIMITS,
        sending::LIMITS,
        waiting::LIMITS,
    ]
    .concat();
    assert_eq!(made.len(), made.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(shown, made.into_iter().collect());
    assert!(counts.values().all(|count| *count == 0), "{counts:?}");
}
