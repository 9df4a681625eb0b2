//! Attackers with an account, and without one: what they may make us send, and whom it may cost something.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod codes;
mod console;
mod contacts;
mod devices;
mod floods;
mod mails;
mod places;
mod refusals;
mod sending;
mod sessions;

use serde_json::json;
use thunderbird_testkit::service::{Client, Hiker, WebAnswer, World, client::PASSWORD, phones::SAM};

/// Sam, registered by text, with the limits of the default and a web account.
struct Attacker {
    world: World,
    sam: Hiker,
    client: Client,
}

impl Attacker {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
            let own = builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own");
            settings
                .iter()
                .fold(own, |builder, (name, value)| builder.env(name, value))
        })
        .await;
        let sam = world.hiker(SAM).registered().await;
        let client = world.client("ada").await;
        sam.links_to(&client).await;
        Self { world, sam, client }
    }

    async fn add(&self, phone: &str) -> WebAnswer {
        let contact = json!({"phone": phone, "name": "Friend"});
        self.client.post("/api/user/contacts", contact).await
    }

    async fn arrive(&self, camp: &str) -> WebAnswer {
        self.client
            .post("/api/user/checkins", json!({ "camp": camp }))
            .await
    }
}

/// The account deletes itself.
async fn delete(account: &Client) {
    let answer = account
        .call("DELETE", "/auth/me", Some(json!({ "password": PASSWORD })))
        .await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}
