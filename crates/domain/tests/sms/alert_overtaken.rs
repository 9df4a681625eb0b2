//! Texts that come late around a call for help, and what is said while one is open.

use std::time::Duration;

use thunderbird_domain::{
    outbox::{lease::LeaseOrder, port::Outbox},
    random::Tag,
    sms::late::Late,
    time::Clock as _,
    voice::{CALL_CLASS, CallPayload},
};

use crate::{
    DAD, MUM, SAM,
    alert::ready_mum,
    story::{Story, UNTIL_DUE},
};

/// A text that no webhook brought, fetched now.
async fn fetched(story: &Story, from: &str, body: &str, minutes: u64) {
    let late = Late {
        texted_at: story.channel.clock.now().minus(Duration::from_mins(minutes)),
        is_answered: true,
    };
    let message = story.channel.message(from, body);
    story.channel.messages.receive_late(message, late).await.unwrap();
}

/// Whether Dad has read that an alarm is over.
fn is_stood_down(story: &mut Story) -> bool {
    story.texts(DAD).iter().any(|text| text.contains("STAND DOWN"))
}

#[tokio::test]
async fn a_back_from_before_a_call_for_help_does_not_end_it() {
    for with_promise in [true, false] {
        let mut story = ready_mum().await;
        if with_promise {
            story.says(SAM, "OUT FRI 6PM").await;
        }
        story.pass(60).await;
        story.says(SAM, "ALERT").await;
        story.pass(10).await;
        story.received.clear();
        fetched(&story, SAM, "BACK", 30).await;
        story.pass(1).await;
        assert!(!is_stood_down(&mut story), "{with_promise}");
        fetched(&story, SAM, "BACK", 2).await;
        story.pass(1).await;
        assert!(is_stood_down(&mut story), "a newer one does: {with_promise}");
    }
}

#[tokio::test]
async fn a_check_in_and_a_withdrawn_time_do_not_overtake_a_call_that_was_lost() {
    for (pass, body) in [
        (UNTIL_DUE + 10, "CHECKIN RONNY"),
        (10, "OUT OFF"),
        (10, "OUT SAT 6PM"),
    ] {
        let mut story = ready_mum().await;
        story.says(SAM, "OUT FRI 6PM").await;
        story.pass(pass).await;
        story.says(SAM, body).await;
        story.received.clear();
        fetched(&story, SAM, "ALERT", 5).await;
        story.pass(1).await;
        let texts = story.texts(DAD);
        assert!(
            texts
                .iter()
                .any(|text| text.starts_with("Thunderbird ALERT 1 of 3: Sam asks for help.")),
            "{body}: {texts:?}"
        );
    }
}

#[tokio::test]
async fn a_found_from_before_a_call_for_help_does_not_end_it() {
    let mut story = ready_mum().await;
    story.pass(60).await;
    story.says(SAM, "ALERT").await;
    story.pass(10).await;
    story.received.clear();
    fetched(&story, MUM, "FOUND", 30).await;
    story.pass(1).await;
    assert!(!is_stood_down(&mut story));
    fetched(&story, MUM, "FOUND", 2).await;
    story.pass(1).await;
    assert!(is_stood_down(&mut story), "a newer one does");
}

#[tokio::test]
async fn a_hiker_whose_contacts_cannot_be_texted_is_never_told_that_they_were() {
    let mut story = ready_mum().await;
    for contact in [MUM, DAD] {
        story.says(contact, "STOP").await;
    }
    let said = story.says(SAM, "ALERT").await;
    assert!(said.contains("NOBODY WAS TOLD"), "{said}");
    for body in ["need help", "alert please"] {
        let said = story.says(SAM, body).await;
        assert!(
            !said.contains("were told on") && !said.contains("asked for help already"),
            "{body}: {said}"
        );
    }
}

#[tokio::test]
async fn news_and_courtesies_during_a_call_are_answered_with_how_it_ends() {
    let mut story = ready_mum().await;
    story.says(SAM, "ALERT").await;
    for body in ["ok thanks", "I am OK now", "BACK SAFE", "LATE AGAIN"] {
        story.pass(1).await;
        let said = story.says(SAM, body).await;
        assert!(
            said.starts_with(
                "Nothing was changed. Your call for help stays open. To end this text ALERT OFF."
            ),
            "{body}: {said}"
        );
    }
}

/// The phones that a call would ring now.
async fn rings(story: &Story) -> usize {
    let now = story.channel.clock.now();
    let order = LeaseOrder {
        class: CALL_CLASS,
        limit: 100,
        lease: Tag::from_bytes([7; 16]),
        now,
        until: now.plus(Duration::from_mins(1)),
        daily_room: None,
    };
    let calls: &dyn Outbox<CallPayload> = &story.channel.store;
    calls.lease(order).await.unwrap().messages.len()
}

#[tokio::test]
async fn a_call_for_help_that_comes_late_rings_three_minutes_after_its_texts() {
    for minutes in [10, 70] {
        let mut story = ready_mum().await;
        story.channel.messages.rules.calls = true;
        fetched(&story, SAM, "ALERT", minutes).await;
        story.pass(2).await;
        assert_eq!(rings(&story).await, 0, "{minutes} minutes late");
        story.pass(2).await;
        assert_eq!(rings(&story).await, 2, "{minutes} minutes late: Mum and Dad");
    }
}
