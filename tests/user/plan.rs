//! What a hiker writes about a trip on the web: stored with the promise, shown to operators, exported, and in no text.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and the service under test has the real clock"
)]

use serde_json::{Value, json};
use thunderbird_testkit::service::{WebAnswer, phones::MUM};

use crate::Linked;

const TRIP: &str = "/api/user/trip";
const NOTHING: (&str, &str) = ("if-none-match", "*");

/// A whole minute, so many hours from now.
fn hours_ahead(hours: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    let at = now - now.rem_euclid(60) + hours * 3_600;
    jiff::Timestamp::from_second(at).unwrap().to_string()
}

/// A trip of three with everything that can be written about it.
fn whole(out_by: &str) -> Value {
    json!({
        "out_by": out_by,
        "party": 3,
        "vehicle": "White van ABC 123",
        "gear": "Orange tent\nPLB",
        "plan": "Waterfall Valley, Windermere",
        "notes": "<b>Insulin</b>",
    })
}

const PARTS: [&str; 5] = ["party", "vehicle", "gear", "plan", "notes"];

impl Linked {
    async fn puts(&self, trip: Value, condition: (&str, &str)) -> WebAnswer {
        self.client.call_if("PUT", TRIP, condition, Some(trip)).await
    }
}

fn tag(answer: &WebAnswer) -> String {
    answer.header("etag").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_kept_by_late_shown_to_operators_and_told_to_nobody() {
    let mut linked = Linked::new().await;
    linked.text("SAFE 0491570110 Mum").await;
    let out_by = hours_ahead(5);
    let wanted = whole(&out_by);
    let set = linked.puts(wanted.clone(), NOTHING).await;
    assert_eq!(set.status, 201, "{}", set.text);
    for part in PARTS {
        assert_eq!(set.body[part], wanted[part], "{part}");
    }
    let contacts = linked.get("/api/user/contacts").await;
    assert_eq!(set.body["contacts"][0]["id"], contacts["items"][0]["id"]);
    let late = linked.text("LATE 2H").await;
    assert!(late.starts_with("Set: out by"), "{late}");
    linked.world.service.kill();
    linked.world.service.start_again().await;
    let kept = linked.get(TRIP).await;
    for part in PARTS {
        assert_eq!(kept[part], wanted[part], "{part}");
    }
    let trips = linked.get("/api/user/trips").await;
    assert_eq!(
        (&trips["items"][0]["party"], &trips["items"][1]["party"]),
        (&json!(3), &Value::Null),
        "it went over to the later promise"
    );
    let page = linked.world.operator("ada").await.page("/admin/watch/2").await;
    assert!(
        page.contains("White van ABC 123") && page.contains("Windermere") && !page.contains("<b>Insulin"),
        "{page}"
    );
    let vera =
        thunderbird_testkit::service::Operator::signed_in(&linked.world.service, "vera", "viewer").await;
    let masked = vera.page("/admin/watch/2").await;
    assert!(
        masked.contains("Operators see it here") && !masked.contains("ABC 123"),
        "{masked}"
    );
    let export = linked.get("/auth/me/export").await;
    let promises = export["hikers"][0]["promises"].as_array().unwrap();
    assert_eq!(promises.last().unwrap()["gear"], wanted["gear"], "{export}");
    linked.text("BACK").await;
    for phone in [MUM, linked.sam.number()] {
        let texts = linked.world.contact(phone).texts().join("\n");
        assert!(!texts.contains("van") && !texts.contains("Windermere"), "{texts}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_time_with_another_plan_changes_the_plan_only() {
    let linked = Linked::new().await;
    let out_by = hours_ahead(5);
    let set = linked.puts(whole(&out_by), NOTHING).await;
    let again = linked.puts(whole(&out_by), ("if-match", &tag(&set))).await;
    assert_eq!(
        (again.status, tag(&again)),
        (200, tag(&set)),
        "nothing has changed"
    );
    let other = json!({ "out_by": out_by, "party": 2 });
    let changed = linked.puts(other, ("if-match", &tag(&set))).await;
    assert_eq!(
        (changed.status, &changed.body["party"], &changed.body["vehicle"]),
        (200, &json!(2), &Value::Null)
    );
    assert_eq!(
        (&changed.body["id"], &changed.body["out_by"]),
        (&set.body["id"], &set.body["out_by"])
    );
    let stale = linked.puts(whole(&out_by), ("if-match", &tag(&set))).await;
    assert_eq!(stale.status, 412);
    let echoes = linked
        .world
        .contact(linked.sam.number())
        .texts_with("By web: Set: out by", 1)
        .await;
    assert_eq!(echoes.len(), 1, "{echoes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_beyond_its_bounds_is_named_and_nothing_is_set() {
    let linked = Linked::new().await;
    for (part, value, code) in [
        ("party", json!(0), "range"),
        ("party", json!(21), "range"),
        ("party", json!(70_000), "range"),
        ("vehicle", json!("v".repeat(101)), "too-long"),
        ("gear", json!("g".repeat(501)), "too-long"),
        ("plan", json!("p".repeat(1_001)), "too-long"),
        ("notes", json!("n".repeat(1_001)), "too-long"),
        ("notes", json!("a\u{0}b"), "malformed"),
    ] {
        let mut trip = whole(&hours_ahead(5));
        trip[part] = value;
        let refused = linked.puts(trip, NOTHING).await;
        let error = &refused.body["errors"][0];
        assert_eq!(
            (refused.status, &error["field"], &error["code"]),
            (422, &json!(part), &json!(code)),
            "{}",
            refused.text
        );
    }
    assert_eq!(linked.client.get(TRIP).await.status, 404);
}
