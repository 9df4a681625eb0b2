//! Texts that no webhook brought: the fake Twilio has them in its list, and the clock of the machine is moved.

use std::time::Duration;

use futures_util::future::join_all;
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    service::{Webhook, phones::MUM},
};

use crate::moved_clock::{Trip, day};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_back_that_was_texted_while_the_service_was_down_closes_the_promise_before_any_alert() {
    let mut trip = Trip::asked().await;
    trip.world.service.kill();
    let back = trip.misses("BACK", day("18:40"));
    trip.moves_to(day("19:05"));
    trip.world.service.start_again().await;
    let answered = trip.sam.texts_with("reached us late. Welcome back", 1).await;
    assert!(answered[0].contains("Closed Thu 10 Jan 6:40 pm"), "{answered:?}");
    let closed = "deadlines WHERE closed_how = 'back' AND closed_at = ";
    assert_eq!(trip.count(&format!("{closed}{}", day("18:40").as_micros())), 1);
    trip.mum.texts_with("Sam texted", 1).await;
    trip.dad.texts_with("Sam texted", 1).await;
    assert_eq!(
        trip.count("deadline_stages WHERE stage LIKE 'alert%' AND outcome = 'fired'"),
        0
    );
    let url = trip.world.service.inbound_url();
    let late = trip.world.service.deliver(&back.signed(&url)).await;
    assert_eq!((late.status, late.messages.len()), (200, 0), "{}", late.body);
    assert_eq!(trip.count("messages WHERE direction = 'in' AND body = 'BACK'"), 1);
    assert_eq!(trip.count("messages WHERE texted_at IS NOT NULL"), 1);
    trip.moves_to(day("20:05"));
    trip.lists(trip.listed() + 1).await;
    assert_eq!(trip.alerts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_are_alerted_after_ten_minutes_in_which_texts_cannot_be_fetched() {
    let mut trip = Trip::asked().await;
    trip.world.service.kill();
    trip.world.twilio.always_lists(Some(Fault::Status(500)));
    trip.moves_to(day("19:05"));
    trip.world.service.start_again().await;
    trip.lists(trip.listed() + 2).await;
    assert_eq!(trip.alerts(), 0, "texts may be missing");
    trip.passes(Duration::from_mins(8));
    trip.lists(trip.listed() + 2).await;
    assert_eq!(trip.alerts(), 0, "eight minutes are not ten");
    trip.passes(Duration::from_secs(150));
    for contact in [&trip.mum, &trip.dad] {
        let alert = contact.texts_with("ALERT 1 of 3: Sam is overdue", 1).await;
        assert!(alert[0].contains("min late: our service was down"), "{alert:?}");
    }
    trip.world.twilio.always_lists(None);
    trip.passes(Duration::from_mins(1));
    trip.lists(trip.listed() + 1).await;
    assert_eq!(trip.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hiker_who_was_not_asked_is_asked_at_once_and_has_15_minutes() {
    let mut trip = Trip::begin().await;
    trip.sam.text("OUT THU 6PM").await;
    trip.world.service.kill();
    trip.moves_to(day("19:05"));
    trip.world.service.start_again().await;
    trip.sam.texts_with("Last question", 1).await;
    let before = trip.listed();
    trip.passes(Duration::from_mins(13));
    trip.lists(before + 1).await;
    assert_eq!(trip.alerts(), 0, "fifteen minutes are not over");
    trip.passes(Duration::from_secs(130));
    let alert = trip.mum.texts_with("ALERT 1 of 3", 1).await;
    assert!(alert[0].contains("late: our service was down"), "{alert:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_check_in_is_found_by_the_reading_of_every_ten_minutes_and_told_once() {
    let mut trip = Trip::begin().await;
    trip.lists(1).await;
    let checked_in_at = trip.now();
    let lost = trip.misses("CHECKIN PELIO", checked_in_at);
    let before = trip.listed();
    for step in 1.. {
        trip.passes(Duration::from_secs(100));
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        if trip.listed() > before {
            break;
        }
        assert!(step < 9, "every ten minutes");
    }
    trip.mum.texts_with("Pelion", 1).await;
    trip.dad.texts_with("Pelion", 1).await;
    trip.sam.texts_with("reached us late. ", 1).await;
    let at = format!(
        "check_ins WHERE at = {}",
        checked_in_at.floor_to_second().as_micros()
    );
    assert_eq!(
        trip.count(&at),
        1,
        "the date of the text is the time of the check-in"
    );
    let copies = join_all((0..8).map(|_| trip.world.service.deliver(&lost))).await;
    assert!(
        copies
            .iter()
            .all(|copy| copy.status == 200 && copy.messages.is_empty())
    );
    assert_eq!(trip.count("check_ins"), 1);
    for contact in [&trip.mum, &trip.dad] {
        assert_eq!(contact.texts_with("Pelion", 1).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_text_that_is_fetched_and_brought_at_the_same_moment_acts_once() {
    let mut trip = Trip::begin().await;
    trip.world.service.kill();
    let texts: Vec<Webhook> = ["CHECKIN PELIO", "OUT THU 6PM"]
        .into_iter()
        .map(|body| trip.misses(body, trip.now()))
        .collect();
    trip.passes(Duration::from_mins(3));
    trip.world.service.start_again().await;
    let url = trip.world.service.inbound_url();
    let copies = texts
        .iter()
        .cycle()
        .take(16)
        .map(|text| text.clone().signed(&url));
    let copies: Vec<Webhook> = copies.collect();
    let answers = join_all(copies.iter().map(|text| trip.world.service.deliver(text))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    trip.mum.texts_with("Pelion", 1).await;
    trip.lists(trip.listed().max(2)).await;
    let both = "messages WHERE direction = 'in' AND body IN ('CHECKIN PELIO', 'OUT THU 6PM')";
    eventually_holds("both texts", async || trip.count(both) == 2).await;
    assert_eq!((trip.count("check_ins"), trip.count("deadlines")), (1, 1));
    assert_eq!(trip.mum.texts_with("Pelion", 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_the_list_and_the_commit_loses_no_text_and_doubles_none() {
    let mut trip = Trip::begin().await;
    trip.sam.text("OUT THU 6PM").await;
    trip.world.service.kill();
    trip.misses("CHECKIN PELIO", trip.now());
    trip.passes(Duration::from_mins(1));
    trip.misses("LATE 2H", trip.now());
    trip.passes(Duration::from_mins(3));
    for kill in 0..12 {
        trip.world
            .service
            .start_and_kill(Duration::from_millis(150 + 60 * kill));
    }
    trip.world.service.start_again().await;
    trip.sam.texts_with("Set: out by Thu 10 Jan 8:00 pm", 1).await;
    trip.mum.texts_with("Pelion", 1).await;
    assert_eq!(trip.count("check_ins"), 1);
    assert_eq!(trip.count("deadlines"), 2);
    assert_eq!(trip.count("messages WHERE texted_at IS NOT NULL"), 2);
    let told = format!("messages WHERE direction = 'out' AND phone = '{MUM}' AND body LIKE '%Pelion%'");
    assert_eq!(trip.count(&told), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_text_undoes_nothing_newer_and_sets_no_time_that_has_passed() {
    let mut trip = Trip::begin().await;
    trip.sam.text("OUT THU 6PM").await;
    trip.world.service.kill();
    trip.passes(Duration::from_mins(1));
    trip.misses("BACK", trip.now());
    trip.misses("NAME Bear", trip.now());
    trip.world.twilio.always_lists(Some(Fault::Status(503)));
    trip.passes(Duration::from_mins(5));
    trip.world.service.start_again().await;
    let set = trip.sam.says("OUT THU 9PM").await;
    assert!(set.starts_with("Set: out by Thu 10 Jan 9:00 pm"), "{set}");
    trip.world.twilio.always_lists(None);
    let answers = trip.sam.texts_with("changed NOTHING", 2).await;
    assert!(answers[0].contains("Your text BACK"), "{answers:?}");
    let shown = trip.sam.says("OUT").await;
    assert!(shown.starts_with("Set: out by Thu 10 Jan 9:00 pm"), "{shown}");
    assert!(trip.sam.says("STATUS").await.contains("Sam"), "the name stays");

    trip.world.service.kill();
    trip.moves_to(day("17:00"));
    trip.misses("OUT THU 5:30PM", trip.now());
    trip.moves_to(day("17:45"));
    trip.world.service.start_again().await;
    trip.sam.texts_with("it set NOTHING", 1).await;
    let shown = trip.sam.says("OUT").await;
    assert!(shown.starts_with("Set: out by Thu 10 Jan 9:00 pm"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_old_texts_is_done_and_answered_with_the_newest_few() {
    let mut trip = Trip::begin().await;
    trip.world.service.kill();
    let before = trip.sam.texts().len();
    for last in 0..6 {
        trip.misses(&format!("SAFE 04915702{last:02} Friend"), trip.now());
        trip.passes(Duration::from_secs(30));
    }
    trip.world.service.start_again().await;
    eventually_holds("all texts", async || {
        trip.count("messages WHERE texted_at IS NOT NULL") == 6
    })
    .await;
    let late = trip.sam.texts_with("reached us late", 3).await;
    assert_eq!(late.len(), 3, "{late:?}");
    assert_eq!(trip.count("contacts"), 8);
    assert!(trip.sam.texts().len() >= before + 3);

    trip.world.service.kill();
    trip.misses("SAFEDEL 1", trip.now());
    trip.misses("CHECKIN PELIO", trip.now());
    trip.passes(Duration::from_hours(30));
    trip.world.service.start_again().await;
    trip.mum.texts_with("Pelion", 1).await;
    eventually_holds("both texts", async || {
        trip.count("messages WHERE texted_at IS NOT NULL") == 8
    })
    .await;
    assert_eq!(trip.count("contacts"), 8, "what is a day old is not done");
}

/// An operator who closes an alarm cannot know of an ALERT whose webhook is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_from_before_an_operator_closed_the_alarm_is_raised_all_the_same() {
    let mut trip = Trip::asked().await;
    trip.moves_to(day("19:01"));
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT 1 of 3: Sam is overdue", 1).await;
    }
    trip.misses("ALERT", day("18:55"));
    let mut ada = trip.world.operator("ada").await;
    assert_eq!(
        ada.closes("/admin/watch/1", "false_alarm").await,
        "/admin/watch/1?notice=promise-closed"
    );
    trip.mum.texts_with("it was a false alarm", 1).await;
    trip.passes(Duration::from_mins(11));
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("Sam asks for help", 1).await;
    }
}
