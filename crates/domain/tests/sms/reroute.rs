//! Another route while a time is set.

use crate::{
    DAD, MUM, SAM,
    story::{Story, UNTIL_DUE, story},
};

/// The hiker chooses the nth route.
async fn chooses(story: &mut Story, nth: &str) {
    for text in ["START", "CHANGE", "Sam", nth] {
        story.says(SAM, text).await;
    }
}

#[tokio::test]
async fn contacts_read_the_new_route_once_and_the_time_stays() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(3).await;
    let first = story.texts(MUM);
    assert!(
        first[0].contains("out of the Overland Track by Fri 20 Nov 6:00 pm"),
        "{first:?}"
    );
    story.texts(DAD);
    chooses(&mut story, "2").await;
    story.pass(1).await;
    chooses(&mut story, "1").await;
    chooses(&mut story, "2").await;
    story.pass(5).await;
    for phone in [MUM, DAD] {
        let told = story.texts(phone);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("plans to be out of the") && !told[0].contains("Overland"),
            "{told:?}"
        );
        assert!(told[0].contains("Fri 20 Nov 6:00 pm"), "{told:?}");
    }
    assert!(story.says(SAM, "BACK").await.starts_with("Welcome back."));
    story.pass(5).await;
    for phone in [MUM, DAD] {
        let told = story.texts(phone);
        assert_eq!(told.len(), 1, "who knows a time reads of its end: {told:?}");
    }
}

#[tokio::test]
async fn an_alert_names_the_route_that_the_hiker_walks() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE - 60).await;
    chooses(&mut story, "2").await;
    story.pass(60 + 61).await;
    let alert = story.texts(MUM).pop().unwrap();
    assert!(
        alert.contains("ALERT 1 of 3") && !alert.contains("Overland"),
        "{alert}"
    );
    chooses(&mut story, "1").await;
    story.pass(62).await;
    let alerts = story.texts(MUM);
    assert_eq!(alerts.len(), 1, "no further notice in an alarm: {alerts:?}");
    assert!(
        alerts[0].contains("ALERT 2 of 3") && alerts[0].contains("Due out of the Overland Track"),
        "{alerts:?}"
    );
}
