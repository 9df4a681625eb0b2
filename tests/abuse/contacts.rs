//! Contacts that are added for the sake of their notices.

use thunderbird_testkit::{
    eventually,
    service::phones::{DAD, MUM, SAM},
};

use crate::{Attacker, delete};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adding_and_removing_contacts_sends_twenty_notices_a_day() {
    let attacker = Attacker::new().await;
    let mut added = 0;
    for nth in 0..60 {
        let answer = attacker.add(&format!("+614123{nth:02}456")).await;
        if answer.status == 201 {
            added += 1;
            let id = answer.body["id"].as_i64().unwrap();
            let gone = attacker.client.delete(&format!("/api/user/contacts/{id}")).await;
            assert_eq!(gone.status, 204);
        } else {
            assert_eq!(
                (answer.status, answer.problem(), answer.waits()),
                (429, "too-many-attempts", true)
            );
        }
    }
    assert_eq!(added, 20);
    let said = attacker.sam.says("SAFE 0491570313 Dad").await;
    assert!(
        said.contains("Nobody was added") && said.contains("hours"),
        "{said}"
    );
    attacker.world.twilio.wait_for(20).await;
    assert!(attacker.world.contact(DAD).texts().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_is_added_by_ten_hikers_a_day() {
    let attacker = Attacker::new().await;
    for nth in 0..11 {
        let hiker = attacker
            .world
            .hiker(&format!("+6141288{nth:02}00"))
            .registered()
            .await;
        let said = hiker.says("SAFE 0491570110 Mum").await;
        assert_eq!(said.contains("is contact 1"), nth < 10, "{nth}: {said}");
        let waits = "3 hikers named this number today, so our first text to them waits 24 hours.";
        assert_eq!(said.contains(waits), (3..10).contains(&nth), "{nth}: {said}");
    }
    let mum = attacker.world.contact(MUM);
    mum.texts_with("safety contact", 3).await;
    let last = attacker.world.hiker("+61412880000");
    last.text("CHECKIN RONNY").await;
    mum.texts_with("checked in", 1).await;
    assert_eq!(mum.texts_with("safety contact", 3).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_gets_one_notice_from_another_whoever_that_one_is_linked_to() {
    let attacker = Attacker::new().await;
    assert_eq!(attacker.add(MUM).await.status, 201);
    let mum = attacker.world.contact(MUM);
    // A notice that waits ends with the hiker's time on the number.
    mum.texts_with("safety contact", 1).await;
    for name in ["grace", "joan"] {
        let next = attacker.world.client(name).await;
        attacker.sam.links_to(&next).await;
        attacker.sam.registers("Sam").await;
        let said = attacker.sam.says("SAFE 0491570110 Mum").await;
        assert!(
            said.contains("is contact 1") && said.contains("tried that before"),
            "{said}"
        );
    }
    attacker.sam.text("CHECKIN RONNY").await;
    assert_eq!(mum.texts_with("checked in", 1).await.len(), 1);
    assert_eq!(mum.texts_with("safety contact", 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_the_account_gives_no_contacts_back() {
    let attacker = Attacker::with(&[("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "2")]).await;
    for phone in [MUM, DAD] {
        assert_eq!(attacker.add(phone).await.status, 201);
    }
    delete(&attacker.client).await;
    let said = attacker.sam.says("SAFE 0491570156 Jo").await;
    assert!(said.contains("Nobody was added"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_a_number_has_said_stop_is_told_to_who_spends_a_notice_on_it() {
    let attacker = Attacker::with(&[("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "1")]).await;
    attacker.world.contact(MUM).text("STOP").await;
    attacker.world.contact(DAD).text("STOP").await;
    assert_eq!(attacker.add(MUM).await.body["opted_out"], true);
    let refused = attacker.add(DAD).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.text.contains("opted_out"), "{}", refused.text);
    let said = attacker.sam.says("SAFE 0491570313 Dad").await;
    assert!(!said.contains("opted out"), "{said}");
    eventually("nothing is sent to either", async || {
        attacker
            .world
            .twilio
            .received()
            .iter()
            .all(|text| text.to == SAM)
            .then_some(())
    })
    .await;
}
