//! ALERT through the real binary: signed texts in, and exactly what the fake Twilio was asked to send to each phone.

use std::time::Duration;

use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_twilio::Fault,
    service::{
        Contact, Hiker, Operator, Phone, World,
        phones::{DAD, MUM, SAM},
    },
};

use crate::{
    moved_clock::{Trip, day},
    world,
};

/// The number of a contact who has opted out.
const JO: &str = "+61491570157";

struct Family {
    sam: Hiker,
    mum: Contact,
    dad: Contact,
    jo: Contact,
}

/// Sam with Mum, who is ready, Dad, who is not, and Jo, who has opted out. Each of them has the introduction.
async fn family(world: &World) -> Family {
    let sam = world.hiker(SAM).registered().await;
    for contact in [
        "SAFE 0491 570 110 Mum",
        "SAFE 0491 570 313 Dad",
        "SAFE 0491 570 157 Jo",
    ] {
        sam.text(contact).await;
    }
    let (mum, dad, jo) = (world.contact(MUM), world.contact(DAD), world.contact(JO));
    for contact in [&mum, &dad, &jo] {
        contact.nth_text(0).await;
    }
    mum.text("READY").await;
    jo.text("STOP").await;
    Family { sam, mum, dad, jo }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_contacts_read_of_a_call_what_each_of_them_may_and_of_its_end() {
    let world = world().await;
    let Family { sam, mum, dad, jo } = family(&world).await;
    sam.text("fell at the creek \u{202e}https://evil.example/login \u{7}cannot walk")
        .await;
    let call = sam.webhook("ALERT");
    let said = sam.deliver(&call).await.line();
    assert!(
        said.starts_with(
            "CALL 000 or 112. We are texting your 2 contacts now that you ask for help. Cannot be told: Jo."
        ),
        "{said}"
    );
    assert_eq!(sam.deliver(&call).await.line(), said, "the same text acts once");
    let (to_mum, to_dad) = (mum.nth_text(1).await, dad.nth_text(1).await);
    assert!(
        to_mum.starts_with("Thunderbird ALERT 1 of 3: Sam asks for help.\nThe phone texted ALERT on "),
        "{to_mum}"
    );
    let words = "\nOwn words: \"fell at the creek cannot walk\"";
    assert!(to_mum.contains(words), "{to_mum}");
    assert_eq!(
        to_mum.replace(words, ""),
        to_dad,
        "who is not ready reads none of the hiker's words"
    );

    let ada = Operator::signed_in(&world.service, "ada", "viewer").await;
    let watch = ada.page("/admin/watch").await;
    assert!(
        watch.contains(">alarmed<") && watch.contains("asked for help"),
        "{watch}"
    );
    let acting = dad.says("ACTING").await;
    assert!(acting.contains("For Police: Sam, phone +61491570006"), "{acting}");
    let claim = mum.nth_text(2).await;
    assert!(claim.contains("Dad is acting for Sam."), "{claim}");

    let off = sam.says("ALERT OFF").await;
    assert!(off.starts_with("The alert is over,"), "{off}");
    for (contact, nth) in [(&mum, 3), (&dad, 2)] {
        let over = contact.nth_text(nth).await;
        assert!(
            over.starts_with("Thunderbird: STAND DOWN. Sam's phone texted ALERT OFF"),
            "{over}"
        );
    }
    assert!(sam.says("ALERT OFF").await.starts_with("No alert is open"));
    assert_eq!(
        (mum.texts().len(), dad.texts().len(), jo.texts().len()),
        (4, 3, 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_the_call_and_its_texts_loses_and_doubles_nothing() {
    let mut world = world().await;
    let Family { sam, mum, dad, .. } = family(&world).await;
    world.twilio.always(Some(Fault::Status(503)));
    let said = sam.says("ALERT").await;
    assert!(said.contains("We are texting your 2 contacts now"), "{said}");
    world.service.kill();
    world.twilio.always(None);
    world.service.start_again().await;
    for contact in [&mum, &dad] {
        let alerts = contact.texts_with("asks for help", 1).await;
        assert_eq!(alerts.len(), 1, "{alerts:?}");
    }
    let sam = world.hiker(SAM);
    let again = sam.says("ALERT").await;
    assert!(
        again.contains("Your contacts are asked for help already"),
        "{again}"
    );
    sam.text("BACK").await;
    for contact in [&mum, &dad] {
        contact.texts_with("STAND DOWN. Sam's phone texted BACK", 1).await;
        assert_eq!(contact.texts().len(), 3, "{:?}", contact.texts());
    }
}

/// Waits until every text has left and its answer is stored: a lease that a moved clock ends is sent again.
async fn has_left(trip: &Trip) {
    eventually_holds("every text to have left", async || {
        trip.count("messages WHERE class IS NOT NULL AND state IN ('queued', 'sending')") == 0
    })
    .await;
}

/// What a phone is answered. A connection from before the clock was moved is closed with 408, and Twilio tries again then.
async fn says(phone: &Phone, body: &str) -> String {
    let text = phone.webhook(body);
    eventually("an answer", async || {
        let answer = phone.deliver(&text).await;
        (answer.status == 200).then(|| answer.line())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_moved_clock_the_second_and_third_alert_follow_and_a_contact_ends_it() {
    let mut trip = Trip::begin().await;
    let said = trip.sam.says("ALERT").await;
    assert!(said.contains("We are texting your 2 contacts now"), "{said}");
    trip.dad.texts_with("ALERT 1 of 3: Sam asks for help.", 1).await;
    has_left(&trip).await;
    trip.passes(Duration::from_mins(61));
    trip.dad.texts_with("ALERT 2 of 3: Sam asks for help.", 1).await;
    trip.sam.texts_with("no contact says ACTING yet", 1).await;
    has_left(&trip).await;
    trip.passes(Duration::from_mins(121));
    trip.dad.texts_with("ALERT 3 of 3: Sam asks for help.", 1).await;
    let found = says(&trip.mum, "FOUND").await;
    assert!(
        found.starts_with("Thank you. The alert for Sam is closed"),
        "{found}"
    );
    trip.dad.texts_with("STAND DOWN. Mum told us", 1).await;
    trip.sam.texts_with("If that is wrong, text ALERT.", 1).await;
    assert_eq!(trip.alerts(), 6, "three alerts to each of two contacts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn during_an_overdue_alarm_the_next_alert_leaves_at_once_and_alert_off_ends_it() {
    let mut trip = Trip::asked().await;
    has_left(&trip).await;
    trip.moves_to(day("19:01"));
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT 1 of 3: Sam is overdue.", 1).await;
    }
    let said = says(&trip.sam, "ALERT").await;
    assert!(said.contains("The alert is open already."), "{said}");
    for contact in [&trip.mum, &trip.dad] {
        let raised = contact.texts_with("ALERT 2 of 3: Sam asks for help.", 1).await;
        assert!(
            raised[0].contains("Due out of the Overland Track: Thu 10 Jan 6:00 pm"),
            "{raised:?}"
        );
    }
    let off = says(&trip.sam, "ALERT OFF").await;
    assert!(off.contains("NO new time is set"), "{off}");
    for contact in [&trip.mum, &trip.dad] {
        contact
            .texts_with("STAND DOWN. Sam's phone texted ALERT OFF", 1)
            .await;
    }
    assert_eq!(
        trip.alerts(),
        6,
        "two alerts and a stand-down that names the word, to each"
    );
}
