//! A check-in on its way to the contacts: a signed text in, a fake Twilio's messages out.
#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::time::Duration;

use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const DAD: &str = "+61491570313";

/// A service with Sam on the Overland Track and two contacts; what was sent to get there is over.
async fn hiker() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    for body in ["START", "Sam", "1", "SAFE 0491570110 Mum", "SAFE 0491570313 Dad"] {
        service.text(SAM, body).await;
    }
    for contact in [MUM, DAD] {
        let notice = first_for(&twilio, contact).await;
        assert!(
            notice.contains("Sam") && notice.contains("reply STOP"),
            "{notice}"
        );
    }
    (service, twilio)
}

/// The first text to a number, as soon as it is there.
async fn first_for(twilio: &FakeTwilio, to: &str) -> String {
    nth_for(twilio, to, 0).await
}

/// The nth text to a number, counted from 0, as soon as it is there.
async fn nth_for(twilio: &FakeTwilio, to: &str, nth: usize) -> String {
    for _ in 0..600 {
        if let Some(text) = twilio.accepted_for(to).get(nth) {
            return text.body.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no text number {nth} to {to}: {:?}", twilio.accepted());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contacts_get_exactly_two_messages() {
    let (service, twilio) = hiker().await;
    let text = service.webhook(SAM, "CHECKIN PELIO");
    let answer = service.deliver(&text).await.message().replace('\n', " ");
    assert!(answer.contains("2 contacts will be told"), "{answer}");
    service.deliver(&text).await;
    let again = service
        .text(SAM, "CHECKIN PELIO")
        .await
        .message()
        .replace('\n', " ");
    assert!(again.contains("not told twice"), "{again}");
    for contact in [MUM, DAD] {
        let told = nth_for(&twilio, contact, 1).await;
        assert!(told.contains("Sam checked in at New Pelion Hut"), "{told}");
        assert!(
            told.contains("https://maps.google.com/?q=-41.8295,146.0464"),
            "{told}"
        );
    }
    service.text(SAM, "CHECKIN KIAOR").await;
    let next = nth_for(&twilio, MUM, 2).await;
    assert!(next.contains("Kia Ora Hut"), "the copies were not sent: {next}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_whom_twilio_refuses_does_not_keep_the_other_from_being_told() {
    let (service, twilio) = hiker().await;
    twilio.script_for(MUM, [Fault::Refused(21_610)]);
    service.text(SAM, "CHECKIN RONNY").await;
    assert!(nth_for(&twilio, DAD, 1).await.contains("Ronny Creek"));
    let mut said = String::new();
    for dots in 0..25 {
        // Never the same text twice: the loop guard would fall silent.
        said = service
            .text(SAM, &format!("SAFELIST{}", ".".repeat(dots)))
            .await
            .message();
        if said.contains("opted out") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(said.contains("Mum +614***110 (opted out)"), "{said}");
    let answer = service
        .text(SAM, "CHECKIN WATER")
        .await
        .message()
        .replace('\n', " ");
    assert!(
        answer.contains("1 contact will be told") && answer.contains("Cannot be told: Mum"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_s_own_stop_is_honoured() {
    let (service, twilio) = hiker().await;
    service.text(MUM, "STOP").await;
    let answer = service
        .text(SAM, "CHECKIN RONNY")
        .await
        .message()
        .replace('\n', " ");
    assert!(answer.contains("Cannot be told: Mum"), "{answer}");
    assert!(nth_for(&twilio, DAD, 1).await.contains("Ronny Creek"));
    service.text(MUM, "START").await;
    service.text(SAM, "CHECKIN WATER").await;
    assert!(
        nth_for(&twilio, MUM, 1).await.contains("Waterfall Valley"),
        "Ronny Creek never came"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_in_that_was_answered_reaches_the_contacts_after_a_kill() {
    let (mut service, twilio) = hiker().await;
    twilio.always(Some(Fault::Status(503)));
    let answer = service.text(SAM, "CHECKIN PELIO").await.message();
    assert!(answer.contains("2 contacts"), "{answer}");
    service.kill();
    twilio.always(None);
    service.start_again().await;
    for contact in [MUM, DAD] {
        assert!(nth_for(&twilio, contact, 1).await.contains("New Pelion Hut"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_comes_in_order_behind_the_confirmation() {
    let (_service, twilio) = hiker().await;
    let codes = nth_for(&twilio, SAM, 0).await;
    assert!(codes.contains("Camps of the Overland Track"), "{codes}");
    let how_to = nth_for(&twilio, SAM, 1).await;
    assert!(how_to.contains("CHECKIN RONNY"), "{how_to}");
}
