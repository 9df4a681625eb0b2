//! A check-in on its way to the contacts: a signed text in, a fake Twilio's messages out.

use std::time::Duration;

use thunderbird_testkit::{
    eventually,
    fake_twilio::Fault,
    service::{
        Contact, Hiker, World,
        phones::{DAD, MUM, SAM},
    },
};

/// A world with Sam on the Overland Track and two contacts; what was sent to get there is over.
async fn hiker() -> (World, Hiker, Contact, Contact) {
    let world = World::start(env!("CARGO_BIN_EXE_thunderbird")).await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    sam.text("SAFE 0491570313 Dad").await;
    let (mum, dad) = (world.contact(MUM), world.contact(DAD));
    for contact in [&mum, &dad] {
        let notice = contact.nth_text(0).await;
        assert!(
            notice.contains("Sam") && notice.contains("reply STOP"),
            "{notice}"
        );
    }
    (world, sam, mum, dad)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_contacts_get_exactly_two_messages() {
    let (_world, sam, mum, dad) = hiker().await;
    let text = sam.webhook("CHECKIN PELIO");
    let answer = sam.deliver(&text).await.line();
    assert!(answer.contains("2 contacts will be told"), "{answer}");
    sam.deliver(&text).await;
    let again = sam.says("CHECKIN PELIO").await;
    assert!(again.contains("not told twice"), "{again}");
    for contact in [&mum, &dad] {
        let told = contact.nth_text(1).await;
        assert!(told.contains("Sam checked in at New Pelion Hut"), "{told}");
        assert!(
            told.contains("https://maps.google.com/?q=-41.8295,146.0464"),
            "{told}"
        );
    }
    sam.text("CHECKIN KIAOR").await;
    let next = mum.nth_text(2).await;
    assert!(next.contains("Kia Ora Hut"), "the copies were not sent: {next}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_whom_twilio_refuses_does_not_keep_the_other_from_being_told() {
    let (world, sam, _mum, dad) = hiker().await;
    world.twilio.script_for(MUM, [Fault::Refused(21_610)]);
    sam.text("CHECKIN RONNY").await;
    assert!(dad.nth_text(1).await.contains("Ronny Creek"));
    let mut dots = String::new();
    let said = eventually("Mum's opt-out", async || {
        // Never the same text twice, or the loop guard falls silent; never many at once, or the limit of answers does.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let said = sam.text(&format!("SAFELIST{dots}")).await.message();
        dots.push('.');
        said.contains("opted out").then_some(said)
    })
    .await;
    assert!(said.contains("Mum +614***110 (opted out)"), "{said}");
    let answer = sam.says("CHECKIN WATER").await;
    assert!(
        answer.contains("1 contact will be told") && answer.contains("Cannot be told: Mum"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_s_own_stop_is_honoured() {
    let (_world, sam, mum, dad) = hiker().await;
    mum.text("STOP").await;
    let answer = sam.says("CHECKIN RONNY").await;
    assert!(answer.contains("Cannot be told: Mum"), "{answer}");
    assert!(dad.nth_text(1).await.contains("Ronny Creek"));
    mum.text("START").await;
    sam.text("CHECKIN WATER").await;
    assert!(
        mum.nth_text(1).await.contains("Waterfall Valley"),
        "Ronny Creek never came"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_in_that_was_answered_reaches_the_contacts_after_a_kill() {
    let (mut world, sam, mum, dad) = hiker().await;
    world.twilio.always(Some(Fault::Status(503)));
    let answer = sam.text("CHECKIN PELIO").await.message();
    assert!(answer.contains("2 contacts"), "{answer}");
    world.service.kill();
    world.twilio.always(None);
    world.service.start_again().await;
    for contact in [&mum, &dad] {
        assert!(contact.nth_text(1).await.contains("New Pelion Hut"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guide_comes_in_order_behind_the_confirmation() {
    let (_world, sam, _mum, _dad) = hiker().await;
    let codes = sam.nth_text(0).await;
    assert!(codes.contains("Camps of the Overland Track"), "{codes}");
    let how_to = sam.nth_text(1).await;
    assert!(how_to.contains("CHECKIN RONNY"), "{how_to}");
}
