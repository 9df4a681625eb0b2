//! Mails to an address that somebody has registered whose address it is not.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::BigInt,
};
use serde_json::json;
use thunderbird_testkit::{
    eventually_holds,
    service::{Client, Service, World, client::PASSWORD, phones::SAM},
};

use crate::delete;

const STRANGER: &str = "stranger@example.org";
const PASSWORDS: [&str; 2] = [PASSWORD, "a quieter kea on the ridge"];
/// Notices to one address in a day.
const NOTICES: usize = 10;

async fn start() -> World {
    World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_CARRIER_KEYWORDS", "own")
    })
    .await
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    mails: i64,
}

/// Whether every mail that was queued has left.
fn all_left(service: &Service) -> bool {
    let database = service.database();
    let mut connection = SqliteConnection::establish(&database.to_string_lossy()).unwrap();
    let counted: Waiting =
        sql_query("SELECT count(*) AS mails FROM mails WHERE state IN ('queued', 'sending')")
            .get_result(&mut connection)
            .unwrap();
    counted.mails == 0
}

/// How many mails with this in their subject the address got, once all have left.
async fn mailed(world: &World, to: &str, subject: &str) -> usize {
    eventually_holds("every mail to leave", async || all_left(&world.service)).await;
    let mails = world.smtp.mails();
    let is_meant = |mail: &&thunderbird_testkit::fake_smtp::TakenMail| {
        mail.to == to && mail.header("Subject").unwrap_or_default().contains(subject)
    };
    mails.iter().filter(is_meant).count()
}

/// Changes the password `times` times, there and back.
async fn change(account: &Client, times: usize) {
    for nth in 0..times {
        let change = json!({
            "current_password": PASSWORDS[nth % 2],
            "new_password": PASSWORDS[(nth + 1) % 2],
        });
        let changed = account.post("/auth/password", change).await;
        assert_eq!(changed.status, 204, "{nth}: {}", changed.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_gets_ten_notices_a_day_whatever_is_changed_and_however_often_it_begins_again() {
    let mut world = start().await;
    let account = world.client("stranger").await;
    change(&account, 8).await;
    assert_eq!(mailed(&world, STRANGER, "password was changed").await, 8);
    let sam = world.hiker(SAM).registered().await;
    for _ in 0..4 {
        sam.links_to(&account).await;
        assert_eq!(account.delete("/auth/phone").await.status, 204);
    }
    let unlinked = "no longer linked";
    assert_eq!(
        mailed(&world, STRANGER, unlinked).await,
        NOTICES - 8,
        "every kind counts"
    );
    assert_eq!(
        account.phone().await,
        serde_json::Value::Null,
        "what was not mailed happened"
    );
    delete(&account).await;
    world.restart().await;
    let again = world.client("stranger").await;
    change(&again, 2).await;
    sam.links_to(&again).await;
    assert_eq!(again.delete("/auth/phone").await.status, 204);
    let told =
        mailed(&world, STRANGER, "password was changed").await + mailed(&world, STRANGER, unlinked).await;
    assert_eq!(told, NOTICES);
    let other = world.client("grace").await;
    change(&other, 1).await;
    assert_eq!(
        mailed(&world, "grace@example.org", "password was changed").await,
        1
    );
}
