//! A hiker's last text, as contacts hear of it in an alarm: a sign of life, and never a check-in.

use thunderbird_domain::{sms::body::segments, user::MAX_NAME};

use crate::{
    DAD, MUM, SAM,
    lengths::{alert, hiker},
    story::{Story, UNTIL_DUE, story},
};

const HEARD: &str = "Sam's phone last texted us on Fri 20 Nov 6:10 pm AEDT.";

/// An alarm of a hiker who has texted something after the time that ends nothing.
async fn alarm(last_text: &str) -> Story {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(60).await;
    story.says(SAM, "CHECKIN RONNY").await;
    story.pass(UNTIL_DUE - 50).await;
    story.says(SAM, last_text).await;
    story.received.clear();
    story.pass(50).await;
    story
}

#[tokio::test]
async fn an_alert_says_when_the_phone_last_texted_if_that_is_newer_than_the_check_in() {
    for text in ["BACK SOON", "it is muddy", "HELP"] {
        let mut story = alarm(text).await;
        let alert = story.texts(MUM).remove(0);
        assert!(
            alert.contains("Last check-in: Ronny Creek, Thu 19 Nov 7:40 pm AEDT") && alert.contains(HEARD),
            "{text}: {alert}"
        );
        assert!(
            !alert.contains(text),
            "the hiker's own words stay with us: {alert}"
        );
    }
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(60).await;
    story.says(SAM, "CHECKIN RONNY").await;
    story.pass(UNTIL_DUE).await;
    let alert = story.texts(DAD).pop().unwrap();
    assert!(
        alert.contains("ALERT 1") && !alert.contains("last texted"),
        "{alert}"
    );
}

#[tokio::test]
async fn where_and_the_answer_to_acting_say_it_too_and_to_nobody_else() {
    let mut story = alarm("BACK SOON").await;
    let said = story.says(MUM, "WHERE").await;
    assert_eq!(said.matches(HEARD).count(), 1, "the alert has said it: {said}");
    story.says_slowly(SAM, "the hut is full").await;
    let said = story.says(MUM, "WHERE").await;
    let newer = "Sam's phone last texted us on Fri 20 Nov 7:00 pm AEDT. Our last text";
    assert!(said.contains(newer), "{said}");
    let said = story.says(MUM, "ACTING").await;
    assert!(
        said.contains("last texted us on Fri 20 Nov 7:00 pm AEDT."),
        "{said}"
    );
    story.says(SAM, "BACK").await;
    for phone in [MUM, DAD] {
        let said = story.says(phone, "WHERE").await;
        assert!(!said.contains("last texted"), "the alarm is over: {said}");
    }
}

/// What an alert can do without is left out where it would cost a segment more.
#[test]
fn the_last_text_of_a_phone_makes_no_alert_longer() {
    for (name, late, is_told) in [("Sam", None, true), (&*"m".repeat(MAX_NAME), None, false)] {
        let mut heard = hiker(name);
        let told = alert(&heard, "Western Arthurs (Full)", (3, late));
        heard.last_heard = None;
        let short = alert(&heard, "Western Arthurs (Full)", (3, late));
        assert!(segments(&told) <= segments(&short).max(3), "{told}");
        assert_eq!(told.contains("last texted us"), is_told, "{told}");
    }
}
