//! Codes and mails that are asked for by accounts which are deleted in between.

use serde_json::json;
use thunderbird_testkit::eventually;
use thunderbird_testkit::service::{
    World,
    client::PASSWORD,
    phones::{DAD, SAM},
};

use crate::delete;

async fn world() -> World {
    World::start(env!("CARGO_BIN_EXE_thunderbird")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_the_account_gives_a_number_no_more_codes() {
    let mut world = world().await;
    for nth in 0..8 {
        let account = world.client("ada").await;
        let asked = account.post("/auth/phone", json!({ "phone": SAM })).await;
        let expected = if nth < 5 { 202 } else { 429 };
        assert_eq!(asked.status, expected, "{nth}: {}", asked.text);
        delete(&account).await;
        if nth == 3 {
            // A code whose sending is killed is never sent again, and would be missing at the end.
            world.twilio.wait_for(4).await;
            world.restart().await;
        }
    }
    world.twilio.wait_for(5).await;
    let other = world.client("grace").await;
    assert_eq!(
        other.post("/auth/phone", json!({ "phone": DAD })).await.status,
        202
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_accounts_gives_neighbours_no_more_codes() {
    let world = world().await;
    for nth in 0..22 {
        let account = world.client("ada").await;
        let phone = format!("+61412345{nth:03}");
        let asked = account.post("/auth/phone", json!({ "phone": phone })).await;
        let expected = if nth < 20 { 202 } else { 429 };
        assert_eq!(asked.status, expected, "{nth}: {}", asked.text);
        delete(&account).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_registered_again_and_again_receives_five_mails_a_day() {
    let world = world().await;
    for _ in 0..9 {
        let account = world.client("stranger").await;
        delete(&account).await;
    }
    let account = world.client("stranger").await;
    let asked = account.call("POST", "/auth/email/resend", None).await;
    assert_eq!((asked.status, asked.waits()), (429, true), "{}", asked.text);
    let honest = world.service.web_register("honest@example.org", PASSWORD).await;
    assert_eq!(honest.status, 201);
    eventually("the honest mail", async || {
        let mails = world.smtp.mails();
        mails
            .iter()
            .any(|mail| mail.to == "honest@example.org")
            .then_some(())
    })
    .await;
    let to_stranger = world
        .smtp
        .mails()
        .into_iter()
        .filter(|mail| mail.to == "stranger@example.org")
        .count();
    assert!(to_stranger <= 5, "{to_stranger}");
}
