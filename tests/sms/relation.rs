//! READY, DECLINE and WHERE: what a contact says of being one, as the hiker and the contact hear of it.

use serde_json::Value;
use thunderbird_testkit::service::phones::{DAD, MUM, SAM};

use crate::{promise::Trip, world};

/// The number of another hiker.
const JO: &str = "+61491570157";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_reads_who_is_ready_and_after_a_kill_it_still_stands() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    for contact in ["SAFE 0491 570 110 Mum", "SAFE 0491 570 313 Dad"] {
        sam.text(contact).await;
    }
    let (mum, dad) = (world.contact(MUM), world.contact(DAD));
    let notice = mum.nth_text(0).await;
    assert!(
        notice.contains("overdue") && notice.contains("reply READY"),
        "{notice}"
    );
    for near in ["Ready?", "ready when you are", "READY NOW"] {
        let answer = mum.says(near).await;
        assert!(
            answer.contains("Nothing was noted") && answer.contains("one word: READY"),
            "{near}: {answer}"
        );
    }
    for other in ["yes", "ok", "START"] {
        mum.text(other).await;
    }
    let none = sam.says("OUT TOMORROW 6PM").await;
    assert!(none.contains("Not yet ready: Mum, Dad."), "{none}");
    let ready = mum.says("ready!").await;
    assert!(
        ready.contains("you are ready to be alerted about Sam (+614***006)"),
        "{ready}"
    );
    assert_eq!(mum.says("READY").await, ready, "again it is the same");
    world.restart().await;
    let one = sam.says("OUT TOMORROW 7PM").await;
    assert!(one.contains("Ready: Mum. Not yet: Dad."), "{one}");
    let list = sam.says("SAFELIST").await;
    assert!(list.contains("Mum +614***110 (ready)"), "{list}");
    assert!(list.ends_with("Dad +614***313"), "{list}");
    dad.text("READY").await;
    let all = sam.says("OUT TOMORROW 8PM").await;
    assert!(all.contains("we alert 2 contacts. Ready: Mum, Dad. Out"), "{all}");
    mum.text("STOP").await;
    let list = sam.says("SAFELIST").await;
    assert!(list.contains("Mum +614***110 (opted out)"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ready_is_shown_by_web_and_exported_and_ends_with_the_contact() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let client = world.client("sam").await;
    sam.links_to(&client).await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let mum = world.contact(MUM);
    let ready = async |path: &str, at: &str| -> Value {
        let answer = client.get(path).await;
        answer.body.pointer(at).cloned().unwrap_or_default()
    };
    let contact = ("/api/user/contacts", "/items/0/ready");
    assert_eq!(ready(contact.0, contact.1).await, false);
    mum.text("READY").await;
    assert_eq!(ready(contact.0, contact.1).await, true);
    sam.text("OUT TOMORROW 6PM").await;
    assert_eq!(ready("/api/user/trip", "/contacts/0/ready").await, true);
    let renamed = sam.says("SAFE 0491 570 110 Mother").await;
    assert!(renamed.contains("now has this name"), "{renamed}");
    assert_eq!(
        ready(contact.0, contact.1).await,
        true,
        "another name, the same person"
    );
    sam.text("SAFEDEL 1").await;
    sam.text("SAFE 0491 570 110 Mum").await;
    assert_eq!(
        ready(contact.0, contact.1).await,
        false,
        "who is chosen anew says it anew"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contact_declines_one_of_two_hikers_and_that_hiker_is_told() {
    let mut world = world().await;
    let sam = world.hiker(SAM).registered().await;
    let jo = world.hiker(JO);
    jo.registers("Jo").await;
    for hiker in [&sam, &jo] {
        hiker.text("SAFE 0491 570 110 Mum").await;
    }
    let mum = world.contact(MUM);
    mum.nth_text(1).await;
    let which = mum.says("DECLINE").await;
    assert!(
        which.contains("DECLINE 1: Sam (+614***006)") && which.contains("DECLINE 2: Jo ("),
        "{which}"
    );
    for wrong in ["DECLINE 3", "DECLINE 99"] {
        assert_eq!(mum.says(wrong).await, which, "{wrong}");
    }
    for prose in ["decline sam", "DECLINE?", "Decline the offer please"] {
        mum.text(prose).await;
    }
    assert!(sam.says("SAFELIST").await.contains("Mum") && jo.says("SAFELIST").await.contains("Mum"));
    let declined = mum.says("DECLINE 1").await;
    assert!(
        declined.contains("not a contact of Sam (+614***006) any more"),
        "{declined}"
    );
    assert_eq!(mum.says("DECLINE 1").await, declined, "a copy ends nothing more");
    world.restart().await;
    let told = sam.texts_with("does not want to be your contact", 1).await;
    assert!(
        told[0].contains("Mum does not want") && told[0].contains("Now no contact of yours"),
        "{told:?}"
    );
    assert!(sam.says("SAFELIST").await.contains("You have no contacts"));
    assert!(jo.says("SAFELIST").await.contains("1 Mum"));
    sam.text("CHECKIN RONNY").await;
    jo.text("CHECKIN RONNY").await;
    let texts = mum.texts_with("checked in", 1).await;
    assert!(texts[0].contains("Jo"), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ready_and_decline_of_a_stranger_or_a_hiker_without_relation_change_nothing() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491 570 110 Mum").await;
    let dad = world.contact(DAD);
    for text in ["READY", "DECLINE", "DECLINE 1"] {
        let answer = dad.says(text).await;
        assert!(
            answer.contains("No hiker has this number as a contact"),
            "{text}: {answer}"
        );
        let answer = sam.says(text).await;
        assert!(
            answer.contains("No hiker has this number as a contact"),
            "{text}: {answer}"
        );
    }
    let list = sam.says("SAFELIST").await;
    assert!(list.contains("Mum") && !list.contains("ready"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_declines_in_an_alarm_is_stood_down_and_not_alerted_again() {
    let trip = Trip::begin_with(&[]).await;
    trip.says(SAM, "OUT THU 6PM");
    trip.clock("2030-01-10T18:00:10+11:00").await;
    trip.hears(SAM, "it is 6:00 pm").await;
    trip.clock("2030-01-10T19:00:10+11:00").await;
    for phone in [MUM, DAD] {
        trip.hears(phone, "ALERT 1 of 3").await;
    }
    assert!(trip.says(MUM, "DECLINE").contains("not a contact of Sam"));
    trip.hears(SAM, "Mum does not want to be your contact").await;
    trip.clock("2030-01-10T20:00:10+11:00").await;
    trip.hears(DAD, "ALERT 2 of 3").await;
    trip.says(SAM, "BACK");
    for phone in [MUM, DAD] {
        trip.hears(phone, "STAND DOWN").await;
    }
    let texts = trip.texts(MUM).await;
    assert!(!texts.iter().any(|text| text.contains("ALERT 2")), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_gives_the_last_check_in_and_the_time_that_stands() {
    let trip = Trip::begin_with(&[]).await;
    trip.says(SAM, "OUT THU 6PM");
    trip.clock("2030-01-10T08:03:00+11:00").await;
    trip.hears(MUM, "plans to be out").await;
    let only = trip.says(MUM, "WHERE");
    assert!(
        only.contains("plans to be out") && !only.contains("And before that"),
        "{only}"
    );
    trip.says(SAM, "CHECKIN RONNY");
    trip.hears(MUM, "Ronny Creek").await;
    let both = trip.says(MUM, "WHERE");
    for part in [
        "Ronny Creek",
        "And before that",
        "plans to be out of the Overland Track",
    ] {
        assert!(both.contains(part), "{part}: {both}");
    }
    trip.says(SAM, "OUT THU 7PM");
    trip.clock("2030-01-10T08:09:00+11:00").await;
    trip.hears(MUM, "Thu 10 Jan 7:00 pm").await;
    let newer = trip.says(MUM, "is sam ok?");
    let (time, camp) = (newer.find("7:00 pm AEDT"), newer.find("Ronny Creek"));
    assert!(
        time < camp && time.is_some() && !newer.contains("6:00 pm AEDT"),
        "{newer}"
    );
    trip.says(SAM, "BACK");
    trip.hears(MUM, "texted BACK").await;
    trip.says(SAM, "CHECKIN WATER");
    trip.hears(MUM, "Waterfall").await;
    let over = trip.says(MUM, "WHERE");
    assert!(
        over.contains("Waterfall") && !over.contains("And before that"),
        "{over}"
    );
}
