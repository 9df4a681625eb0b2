//! The linked hiker's API through the real binary: what a web client sees and does is what a text sees and does.

mod addresses;
mod check_in;
mod contacts;
mod forecast;
mod mails;
mod messages;
mod plan;
mod promise;
mod told;
mod trip;
mod undo;

use serde_json::{Value, json};
use thunderbird_testkit::service::{Client, Hiker, World, phones::SAM};

/// A signed-in account whose hiker is Sam on the Overland Track.
struct Linked {
    world: World,
    sam: Hiker,
    client: Client,
}

impl Linked {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same with these variables.
    async fn with(variables: &[(&str, &str)]) -> Self {
        let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
            let own = builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own");
            variables
                .iter()
                .fold(own, |builder, (name, value)| builder.env(name, value))
        })
        .await;
        let sam = world.hiker(SAM).registered().await;
        let client = world.client("ada").await;
        sam.links_to(&client).await;
        Self { world, sam, client }
    }

    async fn text(&self, body: &str) -> String {
        self.sam.says(body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.client.get(path).await.pair();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Posts a document, under an `Idempotency-Key` if there is one.
    async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> (u16, Value) {
        let body = body.clone();
        let answer = match key {
            Some(key) => self.client.post_once(path, body, key).await,
            None => self.client.post(path, body).await,
        };
        answer.pair()
    }

    async fn add(&self, phone: &str, name: &str) -> (u16, Value) {
        self.post("/api/user/contacts", &json!({"phone": phone, "name": name}), None)
            .await
    }

    async fn arrive(&self, camp: &str, key: Option<&str>) -> (u16, Value) {
        self.post("/api/user/checkins", &json!({"camp": camp}), key).await
    }

    /// How many check-in notices a number was sent, once there are at least `count`.
    async fn notices(&self, phone: &str, count: usize) -> usize {
        self.world.contact(phone).texts_with("Ronny", count).await.len()
    }
}
