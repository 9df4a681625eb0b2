//! Limits of mails to contacts about alarms, and of the addresses that they go to.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use serde_json::json;
use thunderbird_testkit::service::{
    Client, Hiker,
    phones::{MUM, SAM},
};

use super::Watched;

/// What this file makes refuse.
pub const LIMITS: &[&str] = &[
    "contact_emails.hiker",
    "contact_emails.address",
    "alarm_mails.pair",
    "alarm_mails.address",
];

/// A hiker with a linked account.
async fn linked(watched: &Watched, name: &str, phone: &str) -> (Hiker, Client) {
    let hiker = watched.world.hiker(phone).registered().await;
    let client = watched.world.client(name).await;
    hiker.links_to(&client).await;
    (hiker, client)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn database(watched: &Watched) -> SqliteConnection {
    let path = watched.world.service.database();
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    database
}

fn on_disk(watched: &Watched, change: &str) {
    database(watched).batch_execute(change).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_addresses() {
    let watched = Watched::new(&[]).await;
    let (_, sam) = linked(&watched, "sam", SAM).await;
    let mut statuses = Vec::new();
    for nth in 0..7 {
        let contact =
            json!({"phone": format!("+6141288{nth:02}00"), "name": "Friend", "email": "one@example.net"});
        statuses.push(sam.post("/api/user/contacts", contact).await.status);
    }
    assert_eq!(statuses, [201, 201, 201, 201, 201, 201, 429]);
    watched.have_refused(&["contact_emails.address"]).await;
    let contacts = sam.get("/api/user/contacts").await.body;
    let path = format!("/api/user/contacts/{}", contacts["items"][0]["id"]);
    for nth in 0..7 {
        let email = json!({"email": format!("m{nth}@example.net")});
        let status = sam.patch(&path, email).await.status;
        assert_eq!(status, if nth < 6 { 200 } else { 429 });
    }
    watched.have_refused(&["contact_emails.hiker"]).await;
}

/// All three alerts of the hiker's alarm have left, and the hiker asks for help so many times more, half an hour apart.
async fn asks(watched: &Watched, (nth, hiker): (usize, &Hiker), times: usize) {
    hiker.text("ALERT").await;
    on_disk(
        watched,
        "UPDATE deadline_stages SET due_at = 1 WHERE stage IN ('alert_2', 'alert_3') AND ended_at IS NULL;
        UPDATE deadlines SET next_due_at = 1 WHERE closed_at IS NULL",
    );
    let mum = watched.world.contact(MUM);
    mum.texts_with("ALERT 3 of 3", nth).await;
    for _ in 0..times {
        on_disk(watched, "UPDATE alarms SET asked_at = asked_at - 3600000000");
        hiker.text("ALERT").await;
    }
    hiker.text("ALERT OFF").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_mails_about_alarms() {
    let watched = Watched::new(&[]).await;
    for (nth, name, phone, times) in [
        (1, "sam", SAM, 4),
        (2, "jo", "+61412880100", 3),
        (3, "kim", "+61412880200", 1),
    ] {
        let (hiker, client) = linked(&watched, name, phone).await;
        let mum = json!({"phone": MUM, "name": "Mum", "email": "mum@example.net"});
        let status = client.post("/api/user/contacts", mum).await.status;
        assert_eq!(status, 201);
        asks(&watched, (nth, &hiker), times).await;
        if name == "sam" {
            watched.have_refused(&["alarm_mails.pair"]).await;
        }
    }
    watched.have_refused(&["alarm_mails.address"]).await;
    let numbered = "SELECT count(*) AS value FROM contact_mails WHERE kind = 'alert'";
    let numbered: Number = sql_query(numbered).get_result(&mut database(&watched)).unwrap();
    // The second alert is overtaken by the third, so two of each alarm leave.
    assert_eq!(numbered.value, 6, "numbered alerts are never left out");
}
