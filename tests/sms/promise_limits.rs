//! What a hiker's promises make us text to others, and what is left when a day's texts are used up.

use thunderbird_testkit::eventually;

use crate::promise::{DAD, MUM, SAM, Trip, count};

const KIM: &str = "+61491570157";

/// Waits until nothing more is to be sent to this phone now, and counts its texts.
async fn all_texts(trip: &Trip, phone: &str) -> usize {
    let waiting = format!("messages WHERE phone = '{phone}' AND state IN ('queued', 'sending')");
    eventually("everything is sent", async || {
        (count(&trip.service, &waiting) == 0).then_some(())
    })
    .await;
    trip.texts(phone).await.len()
}

/// Waits until so many promises have come to their notices.
async fn notice_fired(trip: &Trip, times: i64) {
    let fired = "deadline_stages WHERE stage = 'notice' AND outcome = 'fired'";
    eventually("the notice", async || {
        (count(&trip.service, fired) == times).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_and_ends_of_promises_count_for_the_recipient_and_alerts_do_not() {
    let trip = Trip::begin_with(&[("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "4")]).await;
    for round in 0..6 {
        assert!(
            trip.says(SAM, "OUT THU 6PM")
                .starts_with("Set: out by Thu 10 Jan")
        );
        trip.clock(&format!("2030-01-10T08:{:02}:00+11:00", 5 * round + 5))
            .await;
        notice_fired(&trip, round + 1).await;
        all_texts(&trip, MUM).await;
        assert!(trip.says(SAM, "BACK").starts_with("Welcome back."));
        for phone in [MUM, DAD] {
            let known = usize::try_from(round).unwrap().min(2);
            assert_eq!(
                all_texts(&trip, phone).await,
                1 + 2 * (known + 1),
                "the first notice, and three promises with their ends: four texts, and three in reserve"
            );
        }
    }
    trip.says(SAM, "OUT SAT 6PM");
    trip.clock("2030-01-10T08:36:00+11:00").await;
    notice_fired(&trip, 7).await;
    assert_eq!(trip.texts(MUM).await.len(), 7, "she does not hear of this time");
    let left_out = trip
        .hears(SAM, "Not told that you are due out Sat 12 Jan 6:00 pm AEDT")
        .await;
    assert!(left_out.contains("Mum, Dad"), "{left_out}");
    for (at, part) in [
        ("17:00", "due out by 6:00 pm"),
        ("18:00", "it is 6:00 pm"),
        ("18:30", "Last question"),
    ] {
        trip.clock(&format!("2030-01-12T{at}:10+11:00")).await;
        trip.hears(SAM, part).await;
    }
    trip.clock("2030-01-12T19:00:10+11:00").await;
    trip.hears(MUM, "ALERT 1 of 3: Sam is overdue").await;
    trip.hears(DAD, "ALERT 1 of 3: Sam is overdue").await;
}

/// A day (UTC) of which all ten texts are used up by check-ins, soon after it began.
async fn used_up() -> Trip {
    let trip = Trip::begin_with(&[("THUNDERBIRD_LIMIT_SMS_PER_DAY", "10")]).await;
    for (phone, part) in [
        (MUM, "safety contact"),
        (DAD, "safety contact"),
        (SAM, "At a camp text CHECKIN"),
    ] {
        eventually("what belongs to the day before", async || {
            let texts = trip.texts(phone).await;
            texts.iter().any(|text| text.contains(part)).then_some(())
        })
        .await;
    }
    trip.clock("2030-01-10T12:00:00+11:00").await;
    for (nth, camp) in ["RONNY", "WATER", "RONNY", "WATER", "RONNY"]
        .into_iter()
        .enumerate()
    {
        trip.says(SAM, &format!("CHECKIN {camp}"));
        for phone in [MUM, DAD] {
            eventually("the text about the check-in", async || {
                let mut texts = trip.texts(phone).await;
                texts.retain(|text| text.contains("checked in"));
                (texts.len() == nth + 1).then_some(())
            })
            .await;
        }
    }
    trip.says(SAM, "CHECKIN WATER");
    trip
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_are_asked_and_contacts_alerted_when_the_day_s_texts_are_used_up() {
    let trip = used_up().await;
    trip.says(SAM, "OUT THU 6PM");
    for (at, part) in [
        ("17:00", "due out by 6:00 pm"),
        ("18:00", "it is 6:00 pm"),
        ("18:30", "Last question"),
    ] {
        trip.clock(&format!("2030-01-10T{at}:10+11:00")).await;
        trip.hears(SAM, part).await;
    }
    trip.clock("2030-01-10T19:00:10+11:00").await;
    trip.hears(MUM, "ALERT 1 of 3: Sam is overdue").await;
    let texts = trip.texts(MUM).await;
    let told = texts.iter().filter(|text| text.contains("checked in")).count();
    assert_eq!(told, 5, "the sixth waits for the next day: {texts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_contact_s_first_notice_waits_for_the_next_day_and_is_not_lost() {
    let trip = used_up().await;
    let added = trip.says(SAM, "SAFE 0491570157 Kim");
    assert!(added.contains("is contact 3"), "{added}");
    assert!(trip.texts(KIM).await.is_empty());
    trip.clock("2030-01-11T11:05:00+11:00").await;
    trip.hears(KIM, "safety contact").await;
}
