//! Alarms: which hiker a contact means, what an alert says of delays and claims, and alerts that are held.

use crate::{
    DAD, MUM, SAM,
    story::{Story, UNTIL_DUE, story},
};

const JO: &str = "+61491570156";

/// Sam and Jo share the contact Mum, and both are overdue. Sam's promise is older, Jo's alert is.
async fn two_alarms() -> Story {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    for body in ["START", "Jo", "1", "SAFE 0491570110 Mum", "OUT FRI 5PM"] {
        story.says(JO, body).await;
    }
    story.pass(UNTIL_DUE + 65).await;
    story.received.clear();
    story
}

#[tokio::test]
async fn a_number_never_comes_to_mean_another_hiker() {
    let mut story = two_alarms().await;
    assert_eq!(
        story.says(MUM, "FOUND").await,
        "Nothing was changed. For whom? Reply FOUND 1: Jo FOUND 2: Sam"
    );
    assert!(story.says(JO, "BACK").await.starts_with("Welcome back."));
    story.received.clear();
    let said = story.says(MUM, "FOUND 1").await;
    assert!(
        said.starts_with("The alert for Jo is over since Fri 20 Nov"),
        "{said}"
    );
    assert!(story.received.is_empty(), "Sam's alarm goes on");
    let said = story.says(MUM, "ACTING 1").await;
    assert!(said.starts_with("The alert for Jo is over since"), "{said}");
    let said = story.says(MUM, "ACTING 2").await;
    assert!(said.contains("For Police: Sam, phone +61491570006"), "{said}");
    assert_eq!(
        story.says(MUM, "FOUND 2").await,
        "Thank you. The alert for Sam is closed, and everybody who was alerted is told."
    );
    assert!(story.texts(DAD)[1].contains("STAND DOWN. Mum told us"));
}

#[tokio::test]
async fn with_one_alarm_left_no_number_is_needed() {
    let mut story = two_alarms().await;
    assert_eq!(
        story.says(MUM, "ACTING 7").await,
        "Nothing was changed. For whom? Reply ACTING 1: Jo ACTING 2: Sam"
    );
    story.says(JO, "BACK").await;
    let said = story.says(MUM, "ACTING").await;
    assert!(said.contains("For Police: Sam"), "{said}");
    assert_eq!(
        story.says(MUM, "ACTING 7").await,
        "Nothing was changed. For whom? Reply ACTING 2: Sam"
    );
}

#[tokio::test]
async fn an_alert_on_time_does_not_say_that_the_service_was_down() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(5).await;
    story.channel.opt_out(MUM);
    story.channel.opt_out(DAD);
    story.pass(UNTIL_DUE + 60).await;
    story.says(SAM, "SAFE 0491570156 Jo").await;
    story.received.clear();
    story.pass(60).await;
    let alerts = story.texts(JO);
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    for (number, alert) in (1..).zip(&alerts) {
        let start = format!("Thunderbird ALERT {number} of 3");
        assert!(alert.starts_with(&start) && !alert.contains("late"), "{alerts:?}");
    }
}

#[tokio::test]
async fn each_alert_that_is_late_says_so() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 65).await;
    for (down, alert, late) in [(90, "ALERT 2 of 3", "36 min"), (110, "ALERT 3 of 3", "27 min")] {
        story.received.clear();
        story.channel.wait(down);
        story.pass(1).await;
        let texts = story.texts(MUM);
        let said = format!("This is {late} late: our service was down, a text from Sam may be lost.");
        assert!(
            texts.len() == 1 && texts[0].contains(alert) && texts[0].contains(&said),
            "{texts:?}"
        );
    }
}

#[tokio::test]
async fn the_question_to_a_claimer_promises_no_alert_that_never_comes() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 250).await;
    story.says(MUM, "ACTING").await;
    story.received.clear();
    story.pass(121).await;
    assert_eq!(
        story.texts(MUM),
        [
            "Thunderbird: is there news of Sam? Reply FOUND when Sam is safe. All three alerts are sent; no further one \
             follows."
        ]
    );
    story.pass(24 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_hold_keeps_alerts_back_and_nothing_else() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 29).await;
    story.received.clear();
    story.hold(40).await;
    let asked = story.texts(SAM);
    assert!(
        asked.len() == 1 && asked[0].contains("Last question"),
        "{asked:?}"
    );
    assert!(story.received.is_empty(), "{:?}", story.received);
    story.pass(1).await;
    let alert = story.texts(MUM);
    assert!(
        alert.len() == 1 && alert[0].starts_with("Thunderbird ALERT 1 of 3"),
        "{alert:?}"
    );
}
