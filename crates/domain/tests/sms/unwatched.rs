//! Texts after which a hiker could think that a time is watched although that is not so.

use crate::{
    DAD, MUM, SAM,
    story::{Story, UNTIL_DUE, story},
};

#[tokio::test]
async fn out_from_a_number_that_is_not_answered_sets_nothing_and_tells_nobody() {
    let mut story = story().await;
    let stopped = story.says(SAM, "STOP").await;
    assert!(
        stopped.contains("we cannot answer you, so OUT sets no time."),
        "{stopped}"
    );
    for out in ["OUT FRI 6PM", "DUE SAT 6PM"] {
        assert_eq!(story.says(SAM, out).await, "");
    }
    story.pass(UNTIL_DUE + 120).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    story.says(SAM, "UNSTOP").await;
    let shown = story.says(SAM, "OUT").await;
    assert!(
        shown.starts_with("No time is set, and nothing was changed."),
        "{shown}"
    );
}

#[tokio::test]
async fn after_stop_a_standing_time_can_be_extended_and_ended_and_not_be_replaced() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.says(SAM, "STOP").await;
    story.received.clear();
    assert_eq!(story.says(SAM, "OUT SAT 6PM").await, "");
    story.pass(5).await;
    assert!(
        story.received.is_empty(),
        "the contacts keep the time that stands"
    );
    story.says(SAM, "LATE 2H").await;
    story.pass(2).await;
    for phone in [MUM, DAD] {
        let told = story.texts(phone);
        assert!(
            told.len() == 1 && told[0].contains("Fri 20 Nov 8:00 pm AEDT"),
            "{told:?}"
        );
    }
    story.says(SAM, "BACK").await;
    for phone in [MUM, DAD] {
        let told = story.texts(phone);
        assert!(told.len() == 1 && told[0].contains("Sam texted BACK"), "{told:?}");
    }
    story.pass(UNTIL_DUE + 240).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

/// A hiker whose check-in has ended the promise: `minutes` after the time.
async fn heard(minutes: u64) -> Story {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + minutes).await;
    story.says(SAM, "CHECKIN PELIO").await;
    story.received.clear();
    story
}

#[tokio::test]
async fn undo_of_the_check_in_that_ended_a_time_says_that_no_time_is_watched() {
    for minutes in [10, 70] {
        let mut story = heard(minutes).await;
        story.channel.wait(3);
        let undone = story.says(SAM, "UNDO").await;
        assert_eq!(
            undone,
            "Taken back: you are not at New Pelion Hut. Contacts who were told of it get a correction. It has ended your time \
             of Fri 20 Nov 6:00 pm AEDT: NO time is watched. Not out yet? Text a new one, such as OUT SUN 6PM."
        );
        for phone in [MUM, DAD] {
            assert_eq!(
                story.texts(phone),
                [
                    "Correction: Sam is not at New Pelion Hut. The last check-in was a mistake (phone +614***006). Sam was due \
                  out by Fri 20 Nov 6:00 pm AEDT; no time is watched now."
                ]
            );
        }
        story.pass(24 * 60).await;
        assert!(story.received.is_empty(), "{:?}", story.received);
        let shown = story.says(SAM, "OUT").await;
        assert!(
            shown.starts_with("No time is set: closed by a check-in"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn undo_says_what_is_still_watched() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.says(SAM, "CHECKIN PELIO").await;
    let undone = story.says(SAM, "UNDO").await;
    assert!(
        undone.ends_with("get a correction. Still due out Fri 20 Nov 6:00 pm AEDT."),
        "{undone}"
    );
    let mut story = heard(10).await;
    story.says(SAM, "OUT 9PM").await;
    let undone = story.says(SAM, "UNDO").await;
    assert!(
        undone.ends_with("get a correction. Still due out Fri 20 Nov 9:00 pm AEDT."),
        "{undone}"
    );
}
