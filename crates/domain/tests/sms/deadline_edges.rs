//! Edge cases of promises, each of which somebody will meet: a clock change, a name that changes, a word that is meant
//! for somebody else.

use std::time::Duration;

use thunderbird_domain::{
    outgoing::OutgoingText,
    sms::body::segments,
    time::{Clock as _, Timestamp},
};

use crate::{
    DAD, MUM, SAM, body, channel,
    lengths::{alert, hiker},
    number,
    story::{Story, UNTIL_DUE, story},
};

const JO: &str = "+61491570156";
const UNCHANGED: &str = "Nothing was changed. Out: text BACK. Later: LATE 2H.";

fn at(utc: &str) -> Timestamp {
    let instant: jiff::Timestamp = utc.parse().unwrap();
    Timestamp::from_micros(instant.as_microsecond())
}

/// A hiker with two contacts, on another day.
async fn story_at(utc: &str) -> Story {
    let story = story().await;
    story.channel.clock.set(at(utc));
    story
}

/// An alarm that both contacts know of, five minutes old.
async fn alarm() -> Story {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 65).await;
    story.received.clear();
    story
}

#[tokio::test]
async fn a_late_across_a_clock_change_counts_hours_that_pass() {
    for (now, out, late, due) in [
        (
            "2027-04-03T08:00:00Z",
            "OUT 4 APR 1AM",
            "LATE 4H",
            "Sun 4 Apr 4:00 am AEST",
        ),
        (
            "2027-10-02T08:00:00Z",
            "OUT 3 OCT 1AM",
            "LATE 4H",
            "Sun 3 Oct 6:00 am AEDT",
        ),
    ] {
        let mut story = story_at(now).await;
        story.says(SAM, out).await;
        let said = story.says(SAM, late).await;
        assert!(said.starts_with(&format!("Set: out by {due}.")), "{said}");
    }
}

#[tokio::test]
async fn an_hour_that_exists_twice_is_echoed_with_the_letters_of_the_later_one() {
    let mut story = story_at("2027-04-03T08:00:00Z").await;
    let said = story.says(SAM, "OUT 4 APR 2:30AM").await;
    assert!(
        said.starts_with("Set: out by Sun 4 Apr 2:30 am AEST.") && said.contains("From 3:30 am we alert"),
        "{said}"
    );
    let until_alert = at("2027-04-03T17:30:00Z").since(story.channel.clock.now());
    story.pass(until_alert.as_secs() / 60 - 1).await;
    story.received.clear();
    story.pass(1).await;
    let alert = story.texts(MUM);
    assert!(alert.len() == 1 && alert[0].contains("2:30 am AEST"), "{alert:?}");
}

#[tokio::test]
async fn the_29th_of_february_is_a_day_in_a_leap_year() {
    let mut story = story_at("2028-02-20T08:00:00Z").await;
    let said = story.says(SAM, "OUT 29 FEB 6PM").await;
    assert!(said.starts_with("Set: out by Tue 29 Feb 6:00 pm AEDT."), "{said}");
    let mut story = story_at("2027-02-20T08:00:00Z").await;
    let said = story.says(SAM, "OUT 29 FEB 6PM").await;
    assert!(said.starts_with("Nothing was set."), "{said}");
}

#[tokio::test]
async fn the_same_out_three_times_is_one_promise_and_one_text_to_contacts() {
    let mut story = story().await;
    assert!(
        story
            .says(SAM, "DUE FRI 6PM")
            .await
            .starts_with("Set: out by Fri 20 Nov 6:00 pm AEDT.")
    );
    for again in ["OUT FRI 6PM", "OUT FRI 6PM", "ETA 20 NOV 18:00"] {
        let said = story.says(SAM, again).await;
        assert!(
            said.starts_with("That time is set already: out by Fri 20 Nov 6:00 pm AEDT."),
            "{said}"
        );
    }
    story.pass(10).await;
    assert_eq!((story.texts(MUM).len(), story.texts(DAD).len()), (1, 1));
    for again in ["OUT FRI 6PM", "DUE TOMORROW 6PM"] {
        story.says(SAM, again).await;
    }
    story.pass(60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_name_that_changes_during_an_alarm_is_the_new_one_in_every_text_that_follows() {
    let mut story = alarm().await;
    assert!(story.says(SAM, "NAME Wombat").await.contains("Wombat"));
    let said = story.says(MUM, "ACTING").await;
    assert!(said.contains("For Police: Wombat, phone +61491570006"), "{said}");
    assert!(story.texts(DAD)[0].contains("Mum is acting for Wombat"));
    story.pass(181).await;
    let alert = story.texts(DAD);
    assert!(
        alert[0].starts_with("Thunderbird ALERT 2 of 3: Wombat is overdue."),
        "{alert:?}"
    );
    story.received.clear();
    story.says(SAM, "BACK").await;
    let stood_down = story.texts(MUM);
    assert!(
        stood_down.len() == 1 && stood_down[0].contains("STAND DOWN. Wombat's phone texted BACK"),
        "{stood_down:?}"
    );
}

#[tokio::test]
async fn out_at_a_prompt_sets_the_time_and_leaves_the_question_open() {
    let mut story = story().await;
    assert!(story.says(SAM, "START").await.contains("CHANGE"));
    let said = story.says(SAM, "OUT FRI 6PM").await;
    assert!(
        said.starts_with("Set: out by Fri 20 Nov 6:00 pm AEDT.") && said.contains("CHANGE"),
        "{said}"
    );
    story.says(SAM, "CHANGE").await;
    let said = story.says(SAM, "OUT FRI 7PM").await;
    assert!(said.starts_with("Set: out by Fri 20 Nov 7:00 pm AEDT."), "{said}");
    for answer in ["Wombat", "1"] {
        story.says(SAM, answer).await;
    }
    let said = story.says(SAM, "OUT").await;
    assert!(said.starts_with("Set: out by Fri 20 Nov 7:00 pm AEDT."), "{said}");
}

#[tokio::test]
async fn whoever_is_not_registered_sets_no_time_and_is_asked_to_text_start() {
    let channel = channel();
    for body in ["OUT FRI 6PM", "OUT", "LATE 2H", "BACK"] {
        let said = channel.says(JO, body).await;
        assert!(said.contains("START") && !said.contains("Set:"), "{body}: {said}");
    }
    assert!(channel.queued().is_empty());
}

#[tokio::test]
async fn a_hiker_over_the_limit_is_heard_when_a_promise_is_meant() {
    let mut story = story().await;
    let mut answered = 0;
    for _ in 0..80 {
        answered += usize::from(!story.says(SAM, "STATUS").await.is_empty());
    }
    assert!(answered < 80, "the limit is met");
    for (body, start) in [
        ("OUT FRI 6PM", "Set: out by Fri 20 Nov 6:00 pm AEDT."),
        ("LATE 1H", "Set: out by Fri 20 Nov 7:00 pm AEDT."),
        ("OUT", "Set: out by Fri 20 Nov 7:00 pm AEDT."),
        ("BACK", "Welcome back."),
    ] {
        let said = story.says(SAM, body).await;
        assert!(said.starts_with(start), "{body}: {said}");
    }
}

#[tokio::test]
async fn a_hiker_who_is_an_alerted_contact_acts_for_the_other_and_comes_back_alone() {
    let mut story = story().await;
    for body in ["REGISTER", "Maria", "1", "SAFE 0491570156 Jo", "OUT SAT 6PM"] {
        story.says(MUM, body).await;
    }
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 65).await;
    story.received.clear();
    let said = story.says(MUM, "ACTING").await;
    assert!(said.contains("For Police: Sam"), "{said}");
    assert!(story.says(MUM, "BACK").await.starts_with("Welcome back."));
    let told = story.texts(JO);
    assert!(
        told.len() == 1 && told[0].contains("Maria texted BACK"),
        "{told:?}"
    );
    let said = story.says(SAM, "OUT").await;
    assert!(
        said.contains("Your contacts were alerted."),
        "the alarm goes on: {said}"
    );
    assert!(
        story
            .says(MUM, "FOUND")
            .await
            .starts_with("Thank you. The alert for Sam is closed")
    );
}

#[tokio::test]
async fn a_found_by_mistake_is_mended_by_out_and_the_new_time_is_watched() {
    let mut story = alarm().await;
    story.says(MUM, "FOUND").await;
    let told = story.texts(SAM);
    assert!(
        told[0].contains("If that is wrong, text OUT and a time."),
        "{told:?}"
    );
    let said = story.says(SAM, "OUT 9PM").await;
    assert!(said.starts_with("Set: out by Fri 20 Nov 9:00 pm AEDT."), "{said}");
    story.received.clear();
    story.pass(2).await;
    for phone in [MUM, DAD] {
        let texts = story.texts(phone);
        assert!(
            texts.len() == 1 && texts[0].contains("Fri 20 Nov 9:00 pm AEDT"),
            "{texts:?}"
        );
    }
    story.pass(174).await;
    for phone in [MUM, DAD] {
        let texts = story.texts(phone);
        assert!(
            texts.len() == 1 && texts[0].starts_with("Thunderbird ALERT 1 of 3: Sam is overdue."),
            "{texts:?}"
        );
    }
}

#[tokio::test]
async fn after_the_stop_of_whoever_acts_the_claim_ends_and_the_others_are_alerted() {
    let mut story = alarm().await;
    story.says(MUM, "ACTING").await;
    story.says(MUM, "STOP").await;
    story.received.clear();
    story.pass(181).await;
    let alert = story.texts(DAD);
    assert!(
        alert.len() == 1
            && alert[0].starts_with("Thunderbird ALERT 2 of 3")
            && alert[0].contains("Mum was acting since 7:05 pm; no news."),
        "{alert:?}"
    );
    story.pass(24 * 60).await;
    assert!(story.texts(MUM).is_empty(), "after STOP no text leaves");
    assert_eq!(story.texts(DAD).len(), 1, "the third alert");
}

#[tokio::test]
async fn a_photo_is_no_claim_and_is_answered() {
    let mut story = alarm().await;
    let mut photo = story.channel.message(MUM, "");
    photo.media = 1;
    let said = story.channel.messages.receive(photo).await.unwrap().join(" ");
    assert_eq!(
        said,
        "Nobody reads this. If you deal with it, reply ACTING. When found, reply FOUND."
    );
    for word in ["SEEN", "THANKS"] {
        let said = story.says(MUM, word).await;
        assert_eq!(
            said, "Nobody reads this. If you deal with it, reply ACTING. When found, reply FOUND.",
            "{word}"
        );
    }
    story.pass(60).await;
    assert!(story.texts(DAD)[0].starts_with("Thunderbird ALERT 2 of 3"));
}

#[tokio::test]
async fn a_word_that_only_sounds_like_an_answer_ends_no_question() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 5).await;
    story.received.clear();
    for word in ["YES", "FINE", "THANKS"] {
        let said = story.says(SAM, word).await;
        assert!(said.starts_with(UNCHANGED), "{word}: {said}");
    }
    story.pass(55).await;
    assert!(story.texts(MUM)[0].starts_with("Thunderbird ALERT 1 of 3"));
}

#[tokio::test]
async fn how_a_promise_ended_is_said_as_it_was() {
    for (word, said) in [
        (
            "CHECKIN PELIO",
            "No time is set: closed by a check-in on Fri 20 Nov 6:05 pm AEDT.",
        ),
        ("OUT OFF", "No time is set: closed on Fri 20 Nov 6:05 pm AEDT."),
        (
            "BACK",
            "No time is set: closed by BACK on Fri 20 Nov 6:05 pm AEDT.",
        ),
    ] {
        let mut story = story().await;
        story.says(SAM, "OUT FRI 6PM").await;
        story.pass(UNTIL_DUE + 5).await;
        story.says(SAM, word).await;
        let shown = story.says(SAM, "OUT").await;
        assert!(shown.starts_with(said), "{word}: {shown}");
    }
}

/// The newest text to the phone that was queued and not handed over.
fn newest_to(story: &Story, phone: &str) -> OutgoingText {
    let mut texts = story.channel.queued();
    texts.retain(|text| text.to == number(phone));
    texts.pop().unwrap()
}

#[tokio::test]
async fn a_question_is_worth_sending_until_the_next_stage() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    let due = at("2026-11-20T07:00:00Z");
    story.fire(UNTIL_DUE - 60).await;
    for (said, wait, expires) in [
        ("you are due out by", 60, due),
        ("it is 6:00 pm AEDT and we", 30, due.plus(Duration::from_mins(30))),
        ("Last question", 30, due.plus(Duration::from_hours(1))),
    ] {
        let asked = newest_to(&story, SAM);
        assert!(body(&asked).contains(said), "{}", body(&asked));
        assert_eq!(asked.expires_at, expires, "{said}");
        story.fire(wait).await;
    }
    story.says(MUM, "ACTING").await;
    story.fire(120).await;
    let asked = newest_to(&story, MUM);
    assert!(body(&asked).contains("is there news of Sam?"), "{}", body(&asked));
    assert_eq!(
        asked.expires_at,
        story.channel.clock.now().plus(Duration::from_hours(1))
    );
}

#[tokio::test]
async fn no_text_of_an_alarm_is_queued_for_whoever_has_opted_out() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.channel.opt_out(DAD);
    let before = story.channel.queued().len();
    story.pass(UNTIL_DUE + 60).await;
    story.says(SAM, "BACK").await;
    let queued = story.channel.queued();
    let to_dad = queued[before..].iter().filter(|text| text.to == number(DAD));
    assert_eq!(to_dad.count(), 0);
}

#[test]
fn a_name_outside_the_alphabet_of_phones_costs_an_alert_two_segments_more() {
    let [plain, wide] = ["Dorde", "Đorđe"].map(|name| alert(&hiker(name), "Overland Track", (1, None)));
    assert_eq!((segments(&plain), segments(&wide)), (3, 5));
}
