//! The end of a promise: everybody who knows a time, or may have an alert, reads of the end once.

use crate::{
    DAD, MUM, SAM,
    story::{UNTIL_DUE, story},
};

/// The words that end a promise, and what contacts read of each who know the time.
const ENDINGS: [(&str, &str); 3] = [
    ("BACK", "Thunderbird: Sam texted BACK, "),
    ("OUT OFF", "Thunderbird: Sam has withdrawn the time, "),
    ("CHECKIN PELIO", "Thunderbird: Sam was due out by "),
];

#[tokio::test]
async fn who_read_a_new_time_in_a_stand_down_reads_of_its_end() {
    for (word, said) in ENDINGS {
        let mut story = story().await;
        story.says(SAM, "OUT FRI 6PM").await;
        story.pass(UNTIL_DUE + 80).await;
        story.says(SAM, "LATE 2H").await;
        story.pass(10).await;
        assert_eq!(
            story.texts(MUM).len(),
            3,
            "the time, the alert, and the stand-down with the new time"
        );
        story.texts(DAD);
        // A check-in ends a promise only after its time.
        story
            .pass(if word.starts_with("CHECKIN") { 115 } else { 0 })
            .await;
        story.says(SAM, word).await;
        for phone in [MUM, DAD] {
            let texts = story.texts(phone);
            let ends = texts.iter().filter(|text| text.starts_with(said)).count();
            assert_eq!(ends, 1, "{word}: {texts:?}");
        }
    }
}

#[tokio::test]
async fn who_knows_a_time_that_was_replaced_reads_of_the_end_within_two_minutes() {
    for changed in ["LATE 2H", "OUT SAT 6PM"] {
        for (word, said) in &ENDINGS[..2] {
            let mut story = story().await;
            story.says(SAM, "OUT FRI 6PM").await;
            story.pass(5).await;
            assert_eq!(story.texts(MUM).len(), 1);
            story.says(SAM, changed).await;
            story.pass(1).await;
            assert!(story.texts(MUM).is_empty(), "the new time waits for two minutes");
            story.says(SAM, word).await;
            let texts = story.texts(MUM);
            assert!(
                texts.len() == 1 && texts[0].starts_with(said),
                "{changed}, {word}: {texts:?}"
            );
            story.pass(10).await;
            assert!(story.texts(MUM).is_empty());
        }
    }
}

#[tokio::test]
async fn who_knows_a_time_and_whose_alert_still_waits_reads_of_the_end() {
    for (word, said) in ENDINGS {
        let mut story = story().await;
        story.says(SAM, "OUT FRI 6PM").await;
        story.pass(UNTIL_DUE + 59).await;
        story.texts(MUM);
        story.fire(1).await;
        story.says(SAM, word).await;
        let texts = story.texts(MUM);
        let ends = texts.iter().filter(|text| text.starts_with(said)).count();
        assert_eq!(ends, 1, "{word}: {texts:?}");
        assert!(
            texts
                .iter()
                .all(|text| !text.contains("STAND DOWN") && !text.contains("ALERT")),
            "{texts:?}"
        );
    }
}

#[tokio::test]
async fn who_has_no_alert_yet_reads_the_new_time_and_then_its_end() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 59).await;
    story.texts(MUM);
    story.fire(1).await;
    story.says(SAM, "LATE 2H").await;
    assert_eq!(
        story.texts(MUM),
        [
            "Thunderbird: Sam texted, Fri 20 Nov 7:00 pm AEDT: late, now due out by Fri 20 Nov 9:00 pm AEDT. We watch the \
             new time. Nothing to do now."
        ]
    );
    story.pass(10).await;
    assert!(story.texts(MUM).is_empty(), "the new time is said once");
    story.says(SAM, "BACK").await;
    let texts = story.texts(MUM);
    assert!(
        texts.len() == 1 && texts[0].contains("Sam texted BACK"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn a_contact_who_joins_during_an_alarm_reads_the_new_time() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 70).await;
    story.says(SAM, "SAFE 0491570156 Jo").await;
    story.says(SAM, "LATE 2H").await;
    story.texts(MUM);
    story.texts("+61491570156");
    story.pass(5).await;
    let told = story.texts("+61491570156");
    assert!(told.len() == 1 && told[0].contains("plans to be out"), "{told:?}");
    assert!(story.texts(MUM).is_empty(), "the stand-down has said it");
}
