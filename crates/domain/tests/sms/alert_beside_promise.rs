//! ALERT while a time is set: the promise rests, and contacts read once of what ends both.

use crate::{DAD, MUM, SAM, alert::ready_mum, story::UNTIL_DUE};

#[tokio::test]
async fn a_promise_rests_during_the_call_and_stands_after_it() {
    let mut story = ready_mum().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.received.clear();
    story.says(SAM, "ALERT").await;
    let alert = story.texts(DAD);
    assert!(
        alert.len() == 1 && alert[0].contains("Due out of the Overland Track: Fri 20 Nov 6:00 pm AEDT"),
        "{alert:?}"
    );
    story.says(MUM, "ACTING").await;
    let later = story.says(SAM, "OUT FRI 7PM").await;
    assert!(
        later.starts_with(
            "Set: out by Fri 20 Nov 7:00 pm AEDT. Your call for help stays open, and until it ends this time is not watched."
        ),
        "{later}"
    );
    story.received.clear();
    story.pass(30).await;
    assert!(
        story.received.is_empty(),
        "no notice of the time: {:?}",
        story.received
    );
    let off = story.says(SAM, "ALERT OFF").await;
    assert!(off.contains("Still due out Fri 20 Nov 7:00 pm AEDT."), "{off}");
    story.received.clear();
    story.pass(5).await;
    assert!(story.texts(DAD)[0].contains("plans to be out of the Overland Track by Fri 20 Nov 7:00 pm AEDT"));
    story.pass(UNTIL_DUE + 90).await;
    let alerts = story.texts(DAD);
    assert!(
        alerts[0].starts_with("Thunderbird ALERT 1 of 3: Sam is overdue."),
        "{alerts:?}"
    );
}

#[tokio::test]
async fn while_the_call_is_open_the_broken_promise_sends_no_second_alarm_and_back_ends_both_with_one_text() {
    let mut story = ready_mum().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.says(SAM, "ALERT").await;
    story.pass(200).await;
    story.received.clear();
    story.pass(UNTIL_DUE + 300).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    let back = story.says(SAM, "BACK").await;
    assert!(back.starts_with("Welcome back."), "{back}");
    for phone in [MUM, DAD] {
        let texts = story.texts(phone);
        assert!(
            texts.len() == 1 && texts[0].contains("STAND DOWN. Sam's phone texted BACK"),
            "{texts:?}"
        );
    }
    story.pass(24 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn alert_off_after_the_time_ends_the_promise_too_and_a_contacts_found_does() {
    for found in [false, true] {
        let mut story = ready_mum().await;
        story.says(SAM, "OUT FRI 6PM").await;
        story.pass(5).await;
        story.says(SAM, "ALERT").await;
        story.pass(UNTIL_DUE + 30).await;
        story.received.clear();
        let (who, word) = if found { (MUM, "FOUND") } else { (SAM, "ALERT OFF") };
        let said = story.says(who, word).await;
        let texts = story.texts(DAD);
        assert!(texts.len() == 1 && texts[0].contains("STAND DOWN"), "{texts:?}");
        if !found {
            assert!(
                said.contains("You were due out Fri 20 Nov 6:00 pm AEDT."),
                "{said}"
            );
            assert!(texts[0].contains("NOT out, and no new time is set"), "{texts:?}");
        }
        story.received.clear();
        story.pass(24 * 60).await;
        assert!(story.received.is_empty(), "{:?}", story.received);
    }
}
