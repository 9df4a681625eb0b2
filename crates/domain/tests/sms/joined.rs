//! A contact who is added while an alarm is open, and numbers that many hikers name in a day.

use std::time::Duration;

use thunderbird_domain::{outgoing::OutgoingText, time::Clock as _};

use crate::{
    DAD, MUM, SAM, body, channel, number,
    story::{Story, UNTIL_DUE, story},
};

const JO: &str = "+61491570156";
const ADD_JO: &str = "SAFE 0491570156 Jo";

/// Minutes after the promised time.
async fn alarm(minutes: u64) -> Story {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + minutes).await;
    story.received.clear();
    story
}

#[tokio::test]
async fn a_contact_who_is_added_in_an_alarm_is_introduced_and_then_alerted_once() {
    for (minutes, first, alerts) in [
        (65, "ALERT 1 of 3", 3),
        (125, "ALERT 2 of 3", 2),
        (600, "ALERT 3 of 3", 1),
    ] {
        let mut story = alarm(minutes).await;
        let said = story.says(SAM, ADD_JO).await;
        assert!(
            said.contains("An alert about you is open, and they get it too."),
            "{said}"
        );
        let introduced = story.texts(JO);
        assert!(
            introduced.len() == 1 && introduced[0].contains("chose you as a safety contact"),
            "{introduced:?}"
        );
        story.pass(1).await;
        let alerted = story.texts(JO);
        assert!(alerted.len() == 1 && alerted[0].contains(first), "{alerted:?}");
        assert!(alerted[0].contains("the 2 others are told"), "{alerted:?}");
        assert!(
            story.texts(MUM).is_empty() && story.texts(DAD).is_empty(),
            "they know it"
        );
        story.pass(24 * 60).await;
        assert_eq!(story.texts(JO).len() + 1, alerts, "no alert comes twice");
        story.says(SAM, "BACK").await;
        let stood_down = story.texts(JO);
        assert!(
            stood_down.len() == 1 && stood_down[0].contains("STAND DOWN"),
            "{stood_down:?}"
        );
    }
}

#[tokio::test]
async fn a_contact_who_is_added_while_another_acts_reads_who_does_and_can_say_found() {
    let mut story = alarm(65).await;
    story.says(MUM, "ACTING").await;
    story.says(SAM, ADD_JO).await;
    story.received.clear();
    story.pass(1).await;
    let alert = story.texts(JO);
    assert!(
        alert.len() == 1
            && alert[0].contains("Mum is acting since 7:05 pm. You need do nothing unless Mum asks.")
            && !alert[0].contains("Call and text"),
        "{alert:?}"
    );
    assert!(story.says(JO, "FOUND").await.starts_with("Thank you."));
}

#[tokio::test]
async fn who_was_alerted_is_not_alerted_again_when_they_are_added_again() {
    let mut story = alarm(65).await;
    story.says(SAM, "SAFEDEL 1").await;
    story.says(SAM, "SAFE 0491570110 Mother").await;
    story.received.clear();
    story.pass(5).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

fn introductions(texts: &[OutgoingText]) -> Vec<&OutgoingText> {
    let is_first = |text: &&OutgoingText| text.to == number(MUM) && body(text).contains("safety contact");
    texts.iter().filter(is_first).collect()
}

#[tokio::test]
async fn a_number_that_many_hikers_name_is_introduced_to_three_a_day_and_the_next_one_is_told() {
    let channel = channel();
    let mut answers = Vec::new();
    for nth in 0..5 {
        let hiker = format!("+6149157020{nth}");
        for body in ["START", "Sam", "1"] {
            channel.says(&hiker, body).await;
        }
        answers.push(channel.says(&hiker, "SAFE 0491570110 Mum").await);
        channel.wait(30);
    }
    for answer in &answers[..3] {
        assert!(answer.contains("They get one text about it"), "{answer}");
    }
    assert_eq!(
        answers[3],
        "Mum is contact 1 of at most 10: +61491570110. 3 hikers named this number today, so our first text to them waits \
         23 hours. Please tell them yourself."
    );
    let queued = channel.queued();
    let first = introductions(&queued);
    let now = channel.clock.now();
    let waiting = first
        .iter()
        .filter(|text| text.not_before > now.plus(Duration::from_hours(20)));
    assert_eq!((first.len(), waiting.count()), (5, 2));
}
