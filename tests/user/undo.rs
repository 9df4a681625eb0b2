//! UNDO and its twin on the web: the last check-in is taken back, and the contacts read a correction.
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};

use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    service::phones::{DAD, MUM},
};

use crate::Linked;

const CORRECTION: &str = "Correction:";

impl Linked {
    async fn newest_check_in(&self) -> Value {
        self.get("/api/user/checkins").await["items"][0].clone()
    }

    fn corrections(&self, phone: &str) -> usize {
        let texts = self.world.contact(phone).texts();
        texts.iter().filter(|text| text.contains(CORRECTION)).count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undo_restores_the_position_and_corrects_what_was_told_once() {
    let mut hiker = Linked::new().await;
    let ada = hiker.world.operator("ada").await;
    assert!(hiker.text("UNDO").await.contains("no check-in to take back"));
    hiker.add(MUM, "Mum").await;
    hiker.text("CHECKIN RONNY").await;
    hiker.text("CHECKIN WATER").await;
    hiker.world.contact(MUM).texts_with("Waterfall", 1).await;
    assert!(hiker.text("UNDO please").await.contains("nobody was told"));
    assert!(
        hiker.text("STATUS").await.contains("WATER"),
        "nothing was taken back"
    );
    let undone = hiker.text("undo").await;
    assert!(undone.contains("you are not at Waterfall Valley Hut"), "{undone}");
    hiker.world.restart().await;
    let read = hiker.world.contact(MUM).texts_with(CORRECTION, 1).await;
    assert!(read[0].contains("is not at Waterfall Valley Hut"), "{read:?}");
    assert!(
        hiker.text("STATUS").await.contains("RONNY"),
        "the position before"
    );
    assert_eq!(hiker.get("/api/user").await["position"]["code"], "RONNY");
    let listed = hiker.get("/api/user/checkins").await;
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        2,
        "the history is kept"
    );
    assert!(listed["items"][0]["taken_back_at"].is_string(), "{listed}");
    assert_eq!(listed["items"][1]["taken_back_at"], Value::Null);
    let export = hiker.get("/auth/me/export").await.to_string();
    assert_eq!(export.matches(r#""taken_back_at":"2"#).count(), 1, "{export}");
    assert!(ada.page("/admin/users/1").await.contains("taken back 2"));
    let again = hiker.text("UNDO").await;
    assert!(again.contains("taken back already"), "{again}");
    assert!(
        hiker.text("STATUS").await.contains("RONNY"),
        "no second step back"
    );
    hiker.text("CHECKIN WINDM").await;
    hiker.world.contact(MUM).texts_with("Windermere", 1).await;
    assert_eq!(hiker.corrections(MUM), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_was_not_sent_is_withdrawn_and_one_that_may_have_been_is_corrected_after_it() {
    let hiker = Linked::new().await;
    for (phone, name) in [(MUM, "Mum"), (DAD, "Dad")] {
        hiker.add(phone, name).await;
        hiker.world.contact(phone).texts_with("safety contact", 1).await;
    }
    let twilio = &hiker.world.twilio;
    twilio.script_for(MUM, [Fault::TooMany(Some("3000"))]);
    hiker.text("CHECKIN RONNY").await;
    hiker.world.contact(DAD).texts_with("Ronny", 1).await;
    eventually_holds("the first try for Mum", async || {
        twilio
            .received()
            .iter()
            .any(|text| text.to == MUM && !text.accepted)
    })
    .await;
    // The attempt is settled before the next command is.
    eventually_holds("Mum's text waits again", async || {
        hiker.newest_notice("Mum").await["state"] == "on_its_way" && hiker.waits(MUM)
    })
    .await;
    hiker.text("UNDO").await;
    hiker.world.contact(DAD).texts_with(CORRECTION, 1).await;
    let notice = hiker.newest_notice("Mum").await;
    assert_eq!(notice["state"], "not_sent", "{notice}");
    assert_eq!(hiker.get("/api/user").await["position"], Value::Null);
    hiker.text("CHECKIN WATER").await;
    hiker.world.contact(MUM).texts_with("Waterfall", 1).await;
    let read = hiker.world.contact(MUM).texts();
    assert!(
        read.iter()
            .all(|text| !text.contains("Ronny") && !text.contains(CORRECTION)),
        "{read:?}"
    );
    let order: Vec<bool> = hiker
        .world
        .contact(DAD)
        .texts()
        .iter()
        .filter(|text| text.contains("Ronny"))
        .map(|text| text.contains(CORRECTION))
        .collect();
    assert_eq!(order, [false, true], "the correction follows what it corrects");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_web_takes_back_the_last_check_in_only_and_only_within_30_minutes() {
    let hiker = Linked::new().await;
    hiker.add(MUM, "Mum").await;
    let path = |check_in: &Value| format!("/api/user/checkins/{}", check_in["id"]);
    let (_, first) = hiker.arrive("RONNY", None).await;
    assert_eq!(first["notices"][0]["name"], "Mum", "{first}");
    let (_, last) = hiker.arrive("WATER", None).await;
    hiker.world.contact(MUM).texts_with("Waterfall", 1).await;
    assert_eq!(hiker.client.delete("/api/user/checkins/99").await.status, 404);
    let earlier = hiker.client.delete(&path(&first)).await;
    assert_eq!((earlier.status, earlier.problem()), (409, "check-in-stands"));
    for _ in 0..2 {
        assert_eq!(hiker.client.delete(&path(&last)).await.status, 204);
    }
    hiker.world.contact(MUM).texts_with(CORRECTION, 1).await;
    assert_eq!(hiker.get("/api/user").await["position"]["code"], "RONNY");
    assert!(hiker.newest_check_in().await["taken_back_at"].is_string());
    let (status, again) = hiker.arrive("RONNY", None).await;
    assert_eq!(
        (status, &again["id"]),
        (200, &first["id"]),
        "contacts know that already"
    );
    let (status, right) = hiker.arrive("WATER", None).await;
    assert_eq!(
        (status, &right["taken_back_at"]),
        (201, &Value::Null),
        "told anew"
    );
    hiker.change_check_ins("at = at - 1800000001");
    let late = hiker.client.delete(&path(&right)).await;
    assert_eq!((late.status, late.problem()), (409, "check-in-stands"));
    assert!(hiker.text("UNDO").await.contains("older than 30 minutes"));
    assert_eq!(hiker.get("/api/user").await["position"]["code"], json!("WATER"));
    assert_eq!(hiker.corrections(MUM), 1);
}

/// A camp is announced again to a contact who was added in between; taking it back corrects both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_camp_that_was_announced_twice_is_taken_back_as_a_whole() {
    let hiker = Linked::new().await;
    hiker.add(MUM, "Mum").await;
    hiker.text("CHECKIN RONNY").await;
    hiker.add(DAD, "Dad").await;
    hiker.text("CHECKIN RONNY").await;
    for phone in [MUM, DAD] {
        hiker.world.contact(phone).texts_with("Ronny", 1).await;
    }
    hiker.text("UNDO").await;
    for phone in [MUM, DAD] {
        hiker.world.contact(phone).texts_with(CORRECTION, 1).await;
    }
    assert_eq!(hiker.get("/api/user").await["position"], Value::Null);
    let listed = hiker.get("/api/user/checkins").await;
    for item in listed["items"].as_array().unwrap() {
        assert!(item["taken_back_at"].is_string(), "{listed}");
    }
}

/// What waits because there were many check-ins is about the one that stands, and a contact who was not told of the
/// wrong one reads no correction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_who_was_not_told_reads_no_correction() {
    let hiker = Linked::with(&[("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", "1")]).await;
    hiker.add(MUM, "Mum").await;
    hiker.text("CHECKIN RONNY").await;
    hiker.world.contact(MUM).texts_with("Ronny", 1).await;
    let later = hiker.text("CHECKIN WATER").await;
    assert!(later.contains("one text about the newest"), "{later}");
    hiker.text("UNDO").await;
    assert_eq!(hiker.waiting_for(MUM, "%Waterfall%"), 0);
    assert_eq!(hiker.waiting_for(MUM, "Correction%"), 0);
    assert_eq!(
        hiker.waiting_for(MUM, "%Ronny Creek%"),
        1,
        "the check-in that stands"
    );
}
