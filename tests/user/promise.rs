//! A promise ends with a check-in on the web, and with the hiker's time on the number.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use diesel::{RunQueryDsl as _, connection::SimpleConnection as _, sql_query};
use thunderbird_testkit::service::phones::{DAD, MUM};

use crate::Linked;

/// Makes the contacts hear of the time at once.
const TOLD: &str = "UPDATE deadline_stages SET due_at = 1 WHERE stage = 'notice';
    UPDATE deadlines SET next_due_at = 1 WHERE closed_at IS NULL";

/// Makes the time one that has passed, with every question and alert far ahead.
const PASSED: &str = "UPDATE deadlines SET due_at = set_at WHERE closed_at IS NULL";

impl Linked {
    /// Sam has promised a time, and Mum knows it.
    pub(crate) async fn promised() -> Self {
        let linked = Self::new().await;
        linked.text("SAFE 0491570110 Mum").await;
        let mum = linked.world.contact(MUM);
        mum.nth_text(0).await;
        let set = linked.text("OUT TOMORROW 6PM").await;
        assert!(set.starts_with("Set: out by"), "{set}");
        linked.database().batch_execute(TOLD).unwrap();
        let told = mum.nth_text(1).await;
        assert!(
            told.contains("Sam plans to be out of the Overland Track"),
            "{told}"
        );
        linked
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_in_on_the_web_after_the_time_ends_the_promise() {
    let linked = Linked::promised().await;
    let mum = linked.world.contact(MUM);
    let (status, _) = linked.arrive("PELIO", Some("k1")).await;
    assert_eq!(status, 201);
    assert!(
        mum.nth_text(2).await.contains("checked in at"),
        "the time lies ahead"
    );
    assert!(linked.text("OUT").await.starts_with("Set: out by"));
    linked.database().batch_execute(PASSED).unwrap();
    let (status, _) = linked.arrive("PELIO", Some("k2")).await;
    assert_eq!(status, 200, "the same camp again");
    let ended = mum.nth_text(3).await;
    assert!(
        ended.contains("Sam was due out by") && ended.contains("is not out. No new time is set."),
        "{ended}"
    );
    let none = linked.text("OUT").await;
    assert!(none.starts_with("No time is set: closed by a check-in"), "{none}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_in_that_moves_the_hiker_ends_the_promise_too() {
    let linked = Linked::promised().await;
    linked.database().batch_execute(PASSED).unwrap();
    let (status, _) = linked.arrive("PELIO", Some("k1")).await;
    assert_eq!(status, 201);
    let mum = linked.world.contact(MUM);
    let texts = [mum.nth_text(2).await, mum.nth_text(3).await];
    let has = |part: &str| texts.iter().filter(|text| text.contains(part)).count();
    assert_eq!((has("checked in at"), has("was due out by")), (1, 1), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contacts_of_a_hiker_whom_the_operator_removes_read_that_nobody_watches() {
    let linked = Linked::promised().await;
    let mut ada = linked.world.operator("ada").await;
    ada.submit("/admin/users/1/remove", &[("sure", "yes")]).await;
    let mum = linked.world.contact(MUM);
    let ended = mum.nth_text(2).await;
    assert!(
        ended.contains("Sam does not use this number with us any more. Nobody watches the time."),
        "{ended}"
    );
    let queued = "UPDATE messages SET body = body WHERE phone = '+61491570110' AND direction = 'out'";
    let queued = sql_query(queued).execute(&mut linked.database()).unwrap();
    assert_eq!(queued, 3, "who chose Mum, the time, and its end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contacts_of_a_hiker_whose_number_moves_to_another_account_read_that_nobody_watches() {
    let linked = Linked::promised().await;
    let grace = linked.world.client("grace").await;
    linked.sam.links_to(&grace).await;
    let ended = linked.world.contact(MUM).nth_text(2).await;
    assert!(ended.contains("Nobody watches the time."), "{ended}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_cannot_be_read_keeps_no_other_one_from_being_watched_and_is_logged_once() {
    let linked = Linked::promised().await;
    let jo = linked.world.hiker(DAD);
    jo.registers("Jo").await;
    jo.says("SAFE 0491570110 Mum").await;
    jo.says("OUT TOMORROW 7PM").await;
    let mum = linked.world.contact(MUM);
    let unreadable = "UPDATE deadlines SET zone = 'Nowhere' WHERE phone = '+61491570006'";
    let mut database = linked.database();
    database.batch_execute(unreadable).unwrap();
    database.batch_execute(TOLD).unwrap();
    mum.texts_with("Jo plans to be out", 1).await;
    jo.says("LATE 2H").await;
    database.batch_execute(TOLD).unwrap();
    mum.texts_with("Jo plans to be out", 2).await;
    let logged = linked.world.service.output();
    assert_eq!(logged.matches("deadline.unreadable").count(), 1, "{logged}");
}
