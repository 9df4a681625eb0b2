//! A promise that is set, moved and ended by web: the phone's texts see the same promise, and the contacts read the same.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the service under test has the real clock"
)]

use diesel::{RunQueryDsl as _, connection::SimpleConnection as _, sql_query};
use serde_json::{Value, json};
use thunderbird_testkit::service::{
    Client, WebAnswer,
    phones::{MUM, SAM},
};

use crate::Linked;

const TRIP: &str = "/api/user/trip";
const NOTHING: (&str, &str) = ("if-none-match", "*");

/// A whole minute, so many hours from now.
fn hours_ahead(hours: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    let at = now - now.rem_euclid(60) + hours * 3_600;
    jiff::Timestamp::from_second(at).unwrap().to_string()
}

async fn put(client: &Client, out_by: &str, condition: (&str, &str)) -> WebAnswer {
    let wanted = json!({ "out_by": out_by });
    client.call_if("PUT", TRIP, condition, Some(wanted)).await
}

fn problem(answer: &WebAnswer) -> (u16, Value) {
    (answer.status, answer.body["type"].clone())
}

impl Linked {
    /// Sets a time by web, if no time is set.
    async fn sets(&self, out_by: &str) -> WebAnswer {
        let set = put(&self.client, out_by, NOTHING).await;
        assert_eq!(set.status, 201, "{}", set.text);
        set
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_that_is_set_by_web_is_watched_and_read_on_the_phone() {
    let linked = Linked::new().await;
    linked.text("SAFE 0491570110 Mum").await;
    assert_eq!(
        problem(&linked.client.get(TRIP).await),
        (404, json!("/problems/no-trip"))
    );
    let out_by = hours_ahead(5);
    let set = linked.sets(&out_by).await;
    let trip = &set.body;
    assert_eq!(
        (&trip["out_by"], &trip["state"], &trip["set_by"], &trip["zone"]),
        (
            &json!(out_by),
            &json!("armed"),
            &json!("web"),
            &json!("Australia/Hobart")
        )
    );
    assert_eq!(trip["contacts"][0]["name"], "Mum");
    let tag = format!("\"{}\"", trip["revision"].as_str().unwrap());
    assert_eq!(set.header("etag"), Some(tag.as_str()));
    let shown = linked.client.get(TRIP).await;
    assert_eq!((shown.status, &shown.body), (200, trip));
    let echo = linked
        .world
        .contact(SAM)
        .texts_with("By web: Set: out by", 1)
        .await;
    assert!(echo[0].contains("we alert 1 contact."), "{echo:?}");
    let asked = linked.text("OUT").await;
    assert!(asked.starts_with("Set: out by"), "{asked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_replaces_only_the_one_that_the_client_has_seen() {
    let linked = Linked::new().await;
    let first = linked.sets(&hours_ahead(5)).await;
    let tag = first.header("etag").unwrap().to_owned();
    let client = &linked.client;
    let unconditional = client
        .call("PUT", TRIP, Some(json!({"out_by": hours_ahead(6)})))
        .await;
    assert_eq!(
        problem(&unconditional),
        (428, json!("/problems/precondition-required"))
    );
    for condition in [
        NOTHING,
        ("if-match", "\"99-1\""),
        ("if-match", "*"),
        ("if-match", "W/\"1-1\""),
    ] {
        let refused = put(client, &hours_ahead(6), condition).await;
        assert_eq!(
            problem(&refused),
            (412, json!("/problems/trip-changed")),
            "{condition:?}"
        );
    }
    assert_eq!(client.get(TRIP).await.body, first.body, "nothing has changed");
    let other = put(client, &hours_ahead(7), ("if-match", &tag)).await;
    assert_eq!(
        (other.status, &other.body["out_by"]),
        (200, &json!(hours_ahead(7)))
    );
    let stale = put(client, &hours_ahead(8), ("if-match", &tag)).await;
    assert_eq!(stale.status, 412, "the other tab has set another time");
    let withdrawn = client.call_if("DELETE", TRIP, ("if-match", &tag), None).await;
    assert_eq!(withdrawn.status, 412, "nor does it end it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_that_cannot_be_promised_is_refused_by_name() {
    let linked = Linked::new().await;
    for (out_by, code) in [
        (hours_ahead(-1), "past"),
        (hours_ahead(0), "past"),
        (hours_ahead(31 * 24 + 2), "too-far"),
        ("SUN 6PM".to_owned(), "malformed"),
        (String::new(), "malformed"),
    ] {
        let refused = put(&linked.client, &out_by, NOTHING).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (refused.status, &error["field"], &error["code"]),
            (422, &json!("out_by"), &json!(code)),
            "{out_by}: {}",
            refused.text
        );
    }
    assert_eq!(linked.client.get(TRIP).await.status, 404, "nothing is set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_delay_counts_once_by_key_by_web_and_by_text() {
    let linked = Linked::new().await;
    let extend = "/api/user/trip/extend";
    let two_hours = json!({"by_minutes": 120});
    assert_eq!(
        linked.post(extend, &two_hours, None).await.0,
        404,
        "no time is set"
    );
    linked.sets(&hours_ahead(5)).await;
    let expected = json!(hours_ahead(7));
    for key in [Some("k1"), Some("k1"), Some("k2"), None] {
        let (status, trip) = linked.post(extend, &two_hours, key).await;
        assert_eq!((status, &trip["out_by"]), (200, &expected), "{key:?}");
    }
    let again = linked.text("LATE 2H").await;
    assert!(again.contains("counts once"), "{again}");
    for minutes in [json!(14), json!(1441), json!(-1), json!("120"), json!(0)] {
        let (status, _) = linked.post(extend, &json!({ "by_minutes": minutes }), None).await;
        assert!([400, 422].contains(&status), "{minutes}: {status}");
    }
    assert_eq!(linked.get(TRIP).await["out_by"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_by_web_tells_the_contacts_who_know_the_time_once() {
    let linked = Linked::promised().await;
    let mum = linked.world.contact(MUM);
    let back = "/api/user/trip/back";
    for _ in 0..2 {
        let (status, ended) = linked.client.call("POST", back, None).await.pair();
        assert_eq!((status, &ended["closed_how"]), (200, &json!("back")));
    }
    let told = mum.texts_with("Sam said BACK by web", 1).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(linked.client.get(TRIP).await.status, 404);
    let trips = linked.get("/api/user/trips").await;
    let trip = &trips["items"][0];
    let stages: Vec<_> = trip["stages"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&trip["state"], &trip["closed_how"]),
        (&json!("closed"), &json!("back"))
    );
    assert!(
        stages
            .iter()
            .any(|stage| stage["stage"] == "notice" && stage["outcome"] == "fired"),
        "{trips}"
    );
    let none = linked.text("OUT").await;
    assert!(none.starts_with("No time is set: closed by BACK"), "{none}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_time_is_not_watched_and_a_new_one_can_be_set() {
    let linked = Linked::new().await;
    assert_eq!(linked.client.delete(TRIP).await.status, 404);
    linked.sets(&hours_ahead(5)).await;
    for _ in 0..2 {
        assert_eq!(linked.client.delete(TRIP).await.status, 204);
    }
    linked.sets(&hours_ahead(6)).await;
    let trips = linked.get("/api/user/trips?limit=1").await;
    let newest = &trips["items"][0];
    assert_eq!(
        (&newest["state"], &newest["closed_how"]),
        (&json!("armed"), &Value::Null)
    );
    let cursor = trips["next_cursor"].as_str().unwrap();
    let older = linked
        .get(&format!("/api/user/trips?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(older["items"][0]["closed_how"], "withdrawn");
    assert_eq!(older["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_is_texted_ten_times_a_day_at_most_and_every_time_is_set() {
    let linked = Linked::new().await;
    let mut tag = linked
        .sets(&hours_ahead(5))
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    for hour in 6..20 {
        let set = put(&linked.client, &hours_ahead(hour), ("if-match", &tag)).await;
        assert_eq!(
            (set.status, &set.body["out_by"]),
            (200, &json!(hours_ahead(hour)))
        );
        tag = set.header("etag").unwrap().to_owned();
    }
    let queued = sql_query("UPDATE messages SET body = body WHERE body LIKE 'By web: %'");
    let queued = queued.execute(&mut linked.database()).unwrap();
    assert_eq!(queued, 10, "what is queued in the commit of each time");
    linked.world.contact(SAM).texts_with("By web: ", 10).await;
}

/// An alarm: the questions were sent, and the first alert is due.
const OVERDUE: &str =
    "UPDATE deadline_stages SET ended_at = 1, outcome = 'fired', late = 0 WHERE stage LIKE 'ask_%';
    UPDATE deadline_stages SET due_at = 1 WHERE stage = 'alert_1';
    UPDATE deadlines SET due_at = set_at, next_due_at = 1 WHERE closed_at IS NULL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_by_web_stands_down_who_was_alerted() {
    let linked = Linked::promised().await;
    linked.database().batch_execute(OVERDUE).unwrap();
    let mum = linked.world.contact(MUM);
    mum.texts_with("ALERT 1 of 3", 1).await;
    let trip = linked.get(TRIP).await;
    assert_eq!(trip["state"], "alarmed");
    let (status, ended) = linked
        .client
        .call("POST", "/api/user/trip/back", None)
        .await
        .pair();
    assert_eq!((status, &ended["alarm"]["contacts"]), (200, &json!(["Mum"])));
    let down = mum.texts_with("STAND DOWN", 1).await;
    assert!(down[0].contains("Sam's web account said BACK"), "{down:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delay_by_web_ends_the_alarm_and_watches_the_new_time() {
    let linked = Linked::promised().await;
    linked.database().batch_execute(OVERDUE).unwrap();
    let mum = linked.world.contact(MUM);
    mum.texts_with("ALERT 1 of 3", 1).await;
    let (status, trip) = linked
        .post("/api/user/trip/extend", &json!({"by_minutes": 120}), None)
        .await;
    assert_eq!((status, &trip["state"]), (200, &json!("armed")));
    let told = mum.texts_with("The alert is over", 1).await;
    assert!(told[0].contains("Sam's web account said"), "{told:?}");
    assert!(told[0].contains("now due out by"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_that_was_acknowledged_survives_a_kill() {
    let mut linked = Linked::new().await;
    let set = linked.sets(&hours_ahead(5)).await;
    linked.world.service.kill();
    linked.world.service.start_again().await;
    let trip = linked.get(TRIP).await;
    assert_eq!(trip, set.body);
    let own = linked.world.contact(SAM);
    let echo = own.texts_with("By web: Set: out by", 1).await;
    assert!(!echo.is_empty(), "{echo:?}");
}
