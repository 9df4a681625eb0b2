//! Limits on how many wait at once.

use futures_util::future::join_all;
use serde_json::json;
use thunderbird_testkit::service::{Client, client::PASSWORD};
use tokio::net::TcpStream;

use super::Watched;

const NEW: &str = "a quieter kea on the ridge";

/// What this file makes refuse.
pub const LIMITS: &[&str] = &[
    "login.queue",
    "password.queue",
    "export.queue",
    "connections.source",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_who_waits_for_a_hash() {
    let watched = Watched::new(&[("THUNDERBIRD_HASH_THREADS", "1")]).await;
    let service = &watched.world.service;
    Client::sign_up(service, "ada").await;
    while watched.counts().await["login.queue"] == 0 {
        join_all((0..100).map(|_| service.web_login("ada@example.org", PASSWORD))).await;
    }
    let kim = Client::sign_up(service, "kim").await;
    let wrong = json!({"current_password": "a wrong password", "new_password": NEW});
    let answers = join_all((0..100).map(|_| kim.post("/auth/password", wrong.clone()))).await;
    assert!(answers.iter().any(|answer| answer.status == 503));
    watched.have_refused(&["password.queue"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_exports_at_once() {
    let watched = Watched::new(&[]).await;
    let mut nth = 0;
    while watched.counts().await["export.queue"] == 0 {
        let account = Client::sign_up(&watched.world.service, &format!("hiker{nth}")).await;
        join_all((0..8).map(|_| account.get("/auth/me/export"))).await;
        nth += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_connections() {
    let watched = Watched::new(&[("THUNDERBIRD_LIMIT_CONNECTIONS_PER_SOURCE", "5")]).await;
    let address = watched.world.service.base_url().replace("http://", "");
    let mut held = Vec::new();
    while watched.counts().await["connections.source"] == 0 {
        held.push(TcpStream::connect(&address).await.unwrap());
    }
    assert!(held.len() >= 5, "{}", held.len());
}
