//! Check-ins in turn between two camps.

use thunderbird_testkit::service::phones::{DAD, MUM};

use crate::Attacker;

const CAMPS: [&str; 2] = ["RONNY", "WATER"];

/// Announced check-ins in an hour.
const TOLD: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_ins_in_turn_are_all_stored_and_a_dozen_of_them_are_announced() {
    let attacker = Attacker::new().await;
    for phone in [MUM, DAD] {
        assert_eq!(attacker.add(phone).await.status, 201);
    }
    for nth in 0..40 {
        let (status, arrived) = attacker.arrive(CAMPS[nth % 2]).await.pair();
        let told = if nth < TOLD { 2 } else { 0 };
        assert_eq!(
            (status, arrived["contacts_told"].as_u64()),
            (201, Some(told)),
            "{nth}"
        );
    }
    let listed = attacker.client.get("/api/user/checkins?limit=100").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 40);
    for phone in [MUM, DAD] {
        let told = attacker.world.contact(phone).texts_with("checked in", TOLD).await;
        assert_eq!(told.len(), TOLD);
    }
    let waiting = attacker.sam.says("CHECKIN PELIO").await;
    assert!(waiting.contains("0 contacts will be told now"), "{waiting}");
    assert!(waiting.contains("2 contacts will get one text"), "{waiting}");
    assert!(attacker.sam.says("STATUS").await.contains("PELIO"));
    assert_eq!(attacker.world.contact(MUM).texts().len(), TOLD + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texted_check_ins_count_with_those_of_the_web_and_survive_a_kill() {
    let mut attacker = Attacker::new().await;
    attacker.sam.text("SAFE 0491570110 Mum").await;
    for nth in 0..TOLD {
        let said = attacker.sam.says(&format!("CHECKIN {}", CAMPS[nth % 2])).await;
        assert!(said.contains("1 contact will be told."), "{nth}: {said}");
    }
    attacker.world.restart().await;
    let (_, arrived) = attacker.arrive("PELIO").await.pair();
    assert_eq!(arrived["contacts_told"], 0);
    let told = attacker.world.contact(MUM).texts_with("checked in", TOLD).await;
    // A text that was under way when the service was killed may be sent again; of one phone that is at most one.
    assert!((TOLD..=TOLD + 1).contains(&told.len()), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_day_s_figure_stops_check_ins_too_and_says_so() {
    let attacker = Attacker::with(&[("THUNDERBIRD_LIMIT_SMS_PER_DAY", "10")]).await;
    for phone in [MUM, DAD] {
        assert_eq!(attacker.add(phone).await.status, 201);
    }
    for nth in 0..TOLD {
        assert_eq!(attacker.arrive(CAMPS[nth % 2]).await.status, 201);
    }
    attacker.world.twilio.wait_for(10).await;
    let log = thunderbird_testkit::eventually("the line about the cap", async || {
        let log = attacker.world.service.output();
        log.contains("outbox.capped").then_some(log)
    })
    .await;
    assert!(log.contains("the day's messages are used up"));
    assert_eq!(attacker.world.twilio.received().len(), 10);
    let refused = attacker
        .client
        .post("/auth/phone", serde_json::json!({"phone": DAD}))
        .await;
    assert_eq!((refused.status, refused.problem()), (503, "texts-used-up"));
    assert!(refused.waits());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corrections_count_for_the_recipient_and_are_never_held_back() {
    let attacker = Attacker::with(&[("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "4")]).await;
    assert_eq!(attacker.add(MUM).await.status, 201);
    let mum = attacker.world.contact(MUM);
    let mut told = 0;
    for nth in 0..8 {
        let (status, arrived) = attacker.arrive(CAMPS[nth % 2]).await.pair();
        assert_eq!(status, 201, "{arrived}");
        if arrived["contacts_told"] == 1 {
            told += 1;
            mum.texts_with("checked in", told).await;
        }
        let address = format!("/api/user/checkins/{}", arrived["id"]);
        assert_eq!(attacker.client.delete(&address).await.status, 204);
        if arrived["contacts_told"] == 1 {
            mum.texts_with("Correction", told).await;
        }
    }
    assert_eq!(
        told, 3,
        "four a day and three in reserve: the first notice, and three check-ins with corrections"
    );
    assert_eq!(mum.texts().len(), 7);
    assert!(attacker.sam.says("STATUS").await.contains("Sam"));
    assert_eq!(mum.texts().len(), 7);
}
