//! What ends or holds a promise besides BACK, and what sets none.

use crate::{
    MUM, SAM, channel,
    story::{Story, UNTIL_DUE, story},
};

#[tokio::test]
async fn a_check_in_reminds_before_the_time_and_ends_the_questions_after_it() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    let reminded = story.says(SAM, "CHECKIN PELIO").await;
    assert!(
        reminded.ends_with("Still due out Fri 20 Nov 6:00 pm AEDT."),
        "{reminded}"
    );
    story.pass(UNTIL_DUE + 61).await;
    let alert = story.texts(MUM).pop().unwrap();
    assert!(
        alert.contains("Last check-in: New Pelion Hut, Thu 19 Nov 6:40 pm AEDT"),
        "{alert}"
    );
    story.received.clear();
    let heard = story.says(SAM, "CHECKIN PELIO").await;
    assert!(heard.contains("NO new time is set"), "{heard}");
    let texts = story.texts(MUM);
    assert!(
        texts
            .iter()
            .any(|text| text.contains("STAND DOWN") && text.contains("Sam is NOT out")),
        "{texts:?}"
    );
    story.received.clear();
    story.pass(12 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_check_in_of_the_same_camp_after_the_time_ends_the_questions_too() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE - 10).await;
    story.says(SAM, "CHECKIN PELIO").await;
    story.pass(12).await;
    let heard = story.says(SAM, "CHECKIN PELIO").await;
    assert!(
        heard.contains("already checked in") && heard.contains("We stop asking"),
        "{heard}"
    );
    story.received.clear();
    story.pass(300).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn out_off_withdraws_the_time_and_says_nothing_of_being_out() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.received.clear();
    let off = story.says(SAM, "out off").await;
    assert!(
        off.starts_with("Withdrawn: out by Fri 20 Nov 6:00 pm AEDT. Nobody watches now."),
        "{off}"
    );
    assert_eq!(
        story.texts(MUM),
        ["Thunderbird: Sam has withdrawn the time, Thu 19 Nov 6:45 pm AEDT. Nobody watches."]
    );
}

#[tokio::test]
async fn nothing_is_set_unless_the_answer_says_so() {
    let mut story = story().await;
    for (body, said) in [
        (
            "OUT",
            "No time is set, and nothing was changed. To set one text for example OUT SUN 6PM.",
        ),
        (
            "LATE 2H",
            "No time is set, and nothing was changed. To set one text for example OUT SUN 6PM.",
        ),
        (
            "OUT OFF",
            "No time is set, and nothing was changed. To set one text for example OUT SUN 6PM.",
        ),
        (
            "OUT FRI 6",
            "Nothing was set. Is that 6:00AM or 6:00PM? Text it again with AM or PM, such as OUT SUN 6PM.",
        ),
        (
            "OUT OF WATER",
            "Nothing was set. Text OUT with a day and a time only, such as OUT SUN 6PM. If you are out, text BACK.",
        ),
        (
            "> OUT FRI 6PM",
            "Nothing was set. A question or a quoted text sets no time. Text for example OUT SUN 6PM.",
        ),
        (
            "OUT FRI 6PM?",
            "Nothing was set. A question or a quoted text sets no time. Text for example OUT SUN 6PM.",
        ),
        (
            "OUT 6PM",
            "Nothing was set. That time is past today or less than 15 minutes ahead. Name the day, such as OUT SUN 6PM.",
        ),
    ] {
        assert_eq!(story.says(SAM, body).await, said, "{body}");
    }
    story.pass(60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_hiker_without_contacts_reads_that_nobody_is_alerted() {
    let mut story = Story::of(channel().registered(SAM).await);
    let set = story.says(SAM, "OUT FRI 6PM").await;
    assert!(set.contains("NOBODY is alerted: you have no contacts."), "{set}");
    story.channel.says(SAM, "SAFE 0491570110 Mum").await;
    story.channel.opt_out(MUM);
    let again = story.says(SAM, "OUT FRI 7PM").await;
    assert!(
        again.contains("NOBODY is alerted: none of your contacts may be texted."),
        "{again}"
    );
}

#[tokio::test]
async fn stop_does_not_close_a_promise_and_the_alert_says_it() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(10).await;
    story.says(SAM, "STOP").await;
    story.received.clear();
    story.pass(UNTIL_DUE + 60).await;
    assert_eq!(story.texts(SAM), Vec::<String>::new(), "no question after STOP");
    let alert = story.texts(MUM).remove(0);
    assert!(
        alert.contains("Sam's phone stopped our texts on Thu 19 Nov 6:50 pm AEDT, so we could not ask."),
        "{alert}"
    );
}

#[tokio::test]
async fn after_an_outage_the_hiker_is_asked_first_and_the_alert_says_that_it_is_late() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(10).await;
    story.received.clear();
    story.channel.wait(UNTIL_DUE + 3 * 60);
    story.pass(1).await;
    let asked = story.texts(SAM);
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains("Last question"), "{asked:?}");
    assert!(story.received.is_empty(), "{:?}", story.received);
    story.pass(15).await;
    let alerts = story.texts(MUM);
    assert_eq!(alerts.len(), 1);
    assert!(
        alerts[0].contains("late: our service was down, a text from Sam may be lost."),
        "{alerts:?}"
    );
}

#[tokio::test]
async fn a_stranger_s_automatic_answer_is_no_promise() {
    let story = story().await;
    let first = story
        .channel
        .says("+61491570156", "Out of office until Monday")
        .await;
    assert!(!first.contains("Set:"), "{first}");
    let mut answered = 0;
    for _ in 0..40 {
        let said = story
            .channel
            .says("+61491570156", "Out of office until Monday")
            .await;
        answered += usize::from(!said.is_empty());
    }
    assert!(answered <= 11, "an automatic answer meets the limit: {answered}");
}
