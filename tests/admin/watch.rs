//! What an operator sees of the promises.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::service::{
    Operator, World,
    phones::{MUM, SAM},
};

use super::world;

/// The hiker has not answered, and the first alert is due.
pub const OVERDUE: &str =
    "UPDATE deadline_stages SET ended_at = 1, outcome = 'fired', late = 0 WHERE stage LIKE 'ask_%';
    UPDATE deadline_stages SET due_at = 1 WHERE stage = 'alert_1';
    UPDATE deadlines SET due_at = set_at, next_due_at = 1 WHERE closed_at IS NULL";

pub fn on_disk(world: &World, change: &str) {
    let path = world.service.database();
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    database.batch_execute(change).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_is_watched_alarmed_and_closed_before_the_operator_s_eyes() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let mum = world.contact(MUM);
    sam.text("SAFE 0491570110 Mum").await;
    mum.nth_text(0).await;
    let vera = Operator::signed_in(&world.service, "vera", "viewer").await;
    let empty = vera.page("/admin/watch").await;
    assert!(empty.contains("No promise is open."), "{empty}");
    sam.text("OUT TOMORROW 6PM").await;
    let armed = vera.page("/admin/watch").await;
    assert!(
        armed.contains(">armed<") && armed.contains("+614***006"),
        "{armed}"
    );
    assert!(!armed.contains(SAM), "numbers are masked");

    on_disk(&world, OVERDUE);
    mum.texts_with("ACTING", 1).await;
    let alarmed = vera.page("/admin/watch").await;
    assert!(alarmed.contains(">alarmed<"), "{alarmed}");
    mum.says("thanks").await;
    let page = vera.page("/admin/watch/1").await;
    assert!(
        page.contains(", answered 20") && page.contains("(no command)") && !page.contains("acting 20"),
        "an answer is no claim: {page}"
    );
    assert!(page.contains("<dt>Last text from the phone</dt><dd>20"), "{page}");
    mum.says("ACTING").await;
    let page = vera.page("/admin/watch/1").await;
    for shown in [
        "<h2>Schedule</h2>",
        "alert 1",
        "<span class=\"state bad\">fired",
        "Mum",
        "<span class=\"state good\">acting 20",
        "waits while a contact acts",
        "(ACTING)",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains(MUM) && !page.contains(SAM), "numbers are masked");
    let (_, texts) = page.split_once("<h2>Texts about it</h2>").unwrap();
    let alerts = texts.matches("<td data-label=\"Number\">+614***110</td>").count();
    assert_eq!(alerts, 1, "what became of the alert: {texts}");

    sam.text("BACK").await;
    let closed = vera.page("/admin/watch/1").await;
    assert!(closed.contains("the hiker said BACK"), "{closed}");
    assert!(vera.page("/admin/watch").await.contains("No promise is open."));
    assert_eq!(vera.get("/admin/watch/2").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_cannot_be_read_is_named() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("OUT TOMORROW 6PM").await;
    let wrong = "UPDATE deadlines SET zone = 'Nowhere/At_All'";
    on_disk(&world, wrong);
    let ada = world.operator("ada").await;
    let page = ada.page("/admin/watch").await;
    assert!(page.contains("cannot be read") && page.contains(": 1."), "{page}");
}
