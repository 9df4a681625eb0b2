//! A failure is the same everywhere: in the overview, in the list, in the metrics and in a hiker's own API.

use serde_json::json;
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    service::{
        Operator, World,
        phones::{DAD, MUM, SAM},
    },
};

/// The states that count as a failure, as docs/console.md lists them.
const FAILURES: [&str; 5] = ["undelivered", "failed", "expired", "dead", "unknown"];
/// A contact whose phone receives everything.
const AUNT: &str = "+61491570157";

/// The number of failures of the overview.
async fn of_the_overview(ada: &Operator) -> usize {
    let page = ada.page("/admin").await;
    let (_, rest) = page.split_once("Failures this month</dt><dd>").unwrap();
    rest.split_once('<').unwrap().0.parse().unwrap()
}

/// The rows of the list, over the states that count as a failure.
async fn of_the_list(ada: &Operator) -> usize {
    let mut found = 0;
    for state in FAILURES {
        found += rows(ada, state).await;
    }
    found
}

/// The rows of the list in one state.
async fn rows(ada: &Operator, state: &str) -> usize {
    let page = ada.page(&format!("/admin/messages?state={state}")).await;
    page.matches("data-label=\"State\"").count()
}

/// The texts of the last day that the metrics count, over the same states.
async fn of_the_metrics(world: &World) -> usize {
    let output = world.service.output();
    let line = output.lines().find(|line| line.ends_with("/metrics")).unwrap();
    let url = line.split_whitespace().last().unwrap();
    let text = world
        .service
        .http()
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let count = |state: &&str| {
        let name = format!("thunderbird_texts_last_day{{direction=\"out\",state=\"{state}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.map_or(0, |count| count.parse::<usize>().unwrap())
    };
    FAILURES.iter().map(count).sum()
}

/// The texts on Sam's behalf that the API shows in one of these states.
async fn of_the_api(client: &thunderbird_testkit::service::Client) -> usize {
    let (status, body) = client.get("/api/user/messages?limit=100").await.pair();
    assert_eq!(status, 200, "{body}");
    let items = body["items"].as_array().unwrap().iter();
    items
        .filter(|item| item["direction"] == "out")
        .filter(|item| FAILURES.iter().any(|state| item["state"] == *state))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_counts_the_same_failures() {
    let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0")
    })
    .await;
    let sam = world.hiker(SAM).registered().await;
    let client = world.client("sam").await;
    sam.links_to(&client).await;
    world
        .twilio
        .script_for(MUM, std::iter::repeat_n(Fault::Refused(21_211), 9));
    for contact in [MUM, DAD, AUNT] {
        let added = json!({"phone": contact, "name": "Friend"});
        let (status, body) = client.post("/api/user/contacts", added).await.pair();
        assert_eq!(status, 201, "{body}");
    }
    let (status, body) = client
        .post("/api/user/checkins", json!({"camp": "RONNY"}))
        .await
        .pair();
    assert_eq!(status, 201, "{body}");
    let ada = world.operator("ada").await;
    eventually_holds("every text to be handed over", async || {
        let waiting = rows(&ada, "queued").await + rows(&ada, "sending").await;
        waiting == 0 && !world.twilio.accepted_for(AUNT).is_empty()
    })
    .await;
    for (contact, status, code) in [(DAD, "undelivered", Some(30_003)), (AUNT, "delivered", None)] {
        for text in &world.twilio.accepted_for(contact) {
            assert_eq!(world.twilio.call_back(text, status, code).await.unwrap(), 204);
        }
    }
    let undelivered = world.twilio.accepted_for(DAD).len();
    let failures = of_the_list(&ada).await;
    assert!(
        undelivered > 0 && failures > undelivered,
        "{undelivered} of {failures}"
    );
    assert_eq!(rows(&ada, "undelivered").await, undelivered);
    assert_eq!(of_the_overview(&ada).await, failures);
    eventually_holds("the metrics to be read again", async || {
        of_the_metrics(&world).await == failures
    })
    .await;
    assert_eq!(of_the_api(&client).await, failures);
}
