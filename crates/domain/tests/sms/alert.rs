//! ALERT: what each phone receives when a hiker asks the contacts for help, and how that ends.

use std::time::Duration;

use thunderbird_domain::{
    sms::{late::Late, receive::ReceiveError},
    time::Clock as _,
};

use crate::{
    DAD, MUM, SAM,
    story::{Story, UNTIL_DUE, story},
};

const JO: &str = "+61491570156";

/// Sam with Mum, who is ready, Dad, who is not, and Jo, who has opted out.
pub async fn ready_mum() -> Story {
    let mut story = story().await;
    story.says(SAM, "SAFE 0491570156 Jo").await;
    story.says(MUM, "READY").await;
    story.says(JO, "STOP").await;
    story.pass(1).await;
    story.received.clear();
    story
}

#[tokio::test]
async fn every_contact_is_alerted_at_once_and_only_who_is_ready_reads_the_hikers_words() {
    let mut story = ready_mum().await;
    let said = story
        .says(SAM, "broken leg at\u{202e} the creek http://evil.example/x")
        .await;
    assert!(
        said.starts_with("Nobody reads this number. CALL 000 or 112.")
            && said.ends_with("Nobody has been told. To ask your contacts for help reply ALERT"),
        "{said}"
    );
    assert!(story.received.is_empty());
    let said = story.says(SAM, "alert!").await;
    assert_eq!(
        said,
        "CALL 000 or 112. We are texting your 2 contacts now that you ask for help. Cannot be told: Jo. Text where \
         you are and what is wrong, then ALERT again: contacts who are READY read it. To end this text ALERT OFF."
    );
    let (mum, dad) = (story.texts(MUM), story.texts(DAD));
    assert_eq!((mum.len(), dad.len()), (1, 1));
    assert_eq!(
        mum[0],
        "Thunderbird ALERT 1 of 3: Sam asks for help. The phone texted ALERT on Thu 19 Nov 6:41 pm AEDT Route: \
         Overland Track No check-in Own words: \"broken leg at the creek\" Call Sam now. No answer or in danger: call 000, \
         ask for Police. Reply ACTING if you deal with it; the other contact is told. Thunderbird does not call Police."
    );
    let shared = mum[0].replace(" Own words: \"broken leg at the creek\"", "");
    assert_eq!(dad[0], shared);
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_contact_acts_and_alert_off_stands_everybody_down() {
    let mut story = ready_mum().await;
    story.says(SAM, "ALERT").await;
    story.received.clear();
    let acting = story.says(MUM, "ACTING").await;
    assert!(
        acting.contains("For Police: Sam, phone +61491570006, Overland Track, asked for help Thu 19 Nov 6:41 pm AEDT. No check-in."),
        "{acting}"
    );
    assert!(story.texts(DAD)[0].starts_with("Thunderbird: Mum is acting for Sam."));
    let checked_in = story.says(SAM, "CHECKIN RONNY").await;
    assert!(
        checked_in.ends_with("Your call for help stays open. To end this text ALERT OFF."),
        "{checked_in}"
    );
    story.received.clear();
    let off = story.says(SAM, "alert off").await;
    assert!(
        off.starts_with("The alert is over, Thu 19 Nov 6:41 pm AEDT. Your contacts get a text."),
        "{off}"
    );
    for phone in [MUM, DAD] {
        assert_eq!(
            story.texts(phone),
            [
                "Thunderbird: STAND DOWN. Sam's phone texted ALERT OFF, Thu 19 Nov 6:41 pm AEDT: Sam asks for no more help. \
              Call Sam to be sure. If you called Police, tell them now."
            ]
        );
    }
    let again = story.says(SAM, "ALERT OFF").await;
    assert!(
        again.starts_with("No alert is open, and nothing was changed."),
        "{again}"
    );
    story.pass(24 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn without_a_claim_the_second_and_third_alert_follow_and_then_nothing_does() {
    let mut story = ready_mum().await;
    story.says(SAM, "ALERT").await;
    story.pass(59).await;
    story.received.clear();
    story.pass(1).await;
    let second = story.texts(DAD);
    assert!(
        second.len() == 1 && second[0].starts_with("Thunderbird ALERT 2 of 3: Sam asks for help."),
        "{second:?}"
    );
    assert_eq!(
        story.texts(SAM),
        [
            "Sam, no contact says ACTING yet. We alerted your 2 contacts again at 7:41 pm. In danger: call 000 To end this \
          text ALERT OFF."
        ]
    );
    story.pass(119).await;
    story.received.clear();
    story.pass(1).await;
    let third = story.texts(DAD);
    assert!(
        third.len() == 1
            && third[0].starts_with("Thunderbird ALERT 3 of 3: Sam asks for help.")
            && third[0].contains("This is our last text."),
        "{third:?}"
    );
    story.received.clear();
    story.pass(48 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    assert_eq!(
        story.says(MUM, "FOUND").await,
        "Thank you. The alert for Sam is closed, and everybody who was alerted is told."
    );
    assert!(story.texts(DAD)[0].contains("STAND DOWN. Mum told us"));
    assert!(story.texts(SAM)[0].ends_with("If that is wrong, text ALERT."));
}

#[tokio::test]
async fn the_same_call_again_adds_the_newer_words_and_no_stage() {
    let mut story = ready_mum().await;
    story.says(SAM, "hurt my knee").await;
    story.says(SAM, "ALERT").await;
    story.received.clear();
    let again = story.says(SAM, "ALERT").await;
    assert!(
        again.contains("Your contacts are asked for help already, since 6:41 pm; we do not alert them twice"),
        "{again}"
    );
    assert!(story.received.is_empty(), "nothing is new");
    let distress = story.says(SAM, "i am below the pass, bleeding").await;
    assert!(
        distress.ends_with(
            "Your contacts were told on Thu 19 Nov 6:41 pm AEDT. To send these words to those who are READY reply ALERT"
        ),
        "{distress}"
    );
    story.pass(5).await;
    let again = story.says(SAM, "ALERT").await;
    assert!(
        again.contains("Your newer words go to 1 contact who said READY."),
        "{again}"
    );
    assert_eq!(
        story.texts(MUM),
        [
            "Thunderbird: Sam asks for help and wrote: \"i am below the pass, bleeding\" Reply ACTING if you deal with it."
        ]
    );
    assert!(story.received.is_empty(), "{:?}", story.received);
    story.says(SAM, "SAFE 0491570157 Flo").await;
    story.received.clear();
    let new = story.says(SAM, "ALERT").await;
    assert!(new.contains("New: we are texting 1 of 3 now."), "{new}");
    let flo = story.texts("+61491570157");
    assert!(
        flo.last()
            .unwrap()
            .starts_with("Thunderbird ALERT 1 of 3: Sam asks for help."),
        "{flo:?}"
    );
    assert!(story.received.is_empty(), "{:?}", story.received);
    story.pass(31).await;
    story.received.clear();
    let raised = story.says(SAM, "ALERT").await;
    assert!(
        raised.contains("The alert is open already. We are texting your 3 contacts"),
        "{raised}"
    );
    assert!(story.texts(DAD)[0].starts_with("Thunderbird ALERT 2 of 3"));
}

#[tokio::test]
async fn a_contact_who_is_added_during_a_call_is_alerted_once() {
    let mut story = ready_mum().await;
    story.says(SAM, "ALERT").await;
    story.says(SAM, "SAFE 0491570157 Flo").await;
    story.received.clear();
    story.pass(1).await;
    let flo = story.texts("+61491570157");
    let alerts = flo
        .iter()
        .filter(|text| text.starts_with("Thunderbird ALERT 1 of 3"));
    assert_eq!(alerts.count(), 1, "{flo:?}");
    assert!(story.texts(DAD).is_empty(), "the others have read it");
}

#[tokio::test]
async fn during_an_overdue_alarm_the_next_alert_leaves_at_once_and_only_words_about_help_end_it() {
    let mut story = ready_mum().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 65).await;
    story.says(DAD, "ACTING").await;
    story.received.clear();
    let said = story.says(SAM, "ALERT").await;
    assert!(said.contains("The alert is open already."), "{said}");
    let alert = story.texts(MUM);
    assert!(
        alert.len() == 1
            && alert[0].starts_with("Thunderbird ALERT 2 of 3: Sam asks for help.")
            && alert[0].contains("Due out of the Overland Track: Fri 20 Nov 6:00 pm AEDT"),
        "{alert:?}"
    );
    story.received.clear();
    for body in ["LATE 2H", "OUT SAT 6PM", "OUT OFF"] {
        let said = story.says(SAM, body).await;
        let unchanged = "Nothing was changed: your contacts are asked for help.";
        assert!(said.starts_with(unchanged), "{body}: {said}");
    }
    let said = story.says(SAM, "CHECKIN RONNY").await;
    assert!(said.contains("Your call for help stays open."), "{said}");
    assert!(!story.texts(DAD).iter().any(|text| text.contains("STAND DOWN")));
    story.pass(31).await;
    story.says(SAM, "ALERT").await;
    story.pass(31).await;
    story.received.clear();
    story.says(SAM, "ALERT").await;
    let last = story.texts(MUM);
    assert!(
        last.len() == 1 && last[0].starts_with("Thunderbird ALERT: Sam asks for help."),
        "{last:?}"
    );
    story.received.clear();
    let off = story.says(SAM, "ALERT OFF").await;
    assert!(off.contains("NO new time is set"), "{off}");
    for phone in [MUM, DAD] {
        let texts = story.texts(phone);
        assert!(
            texts.len() == 1 && texts[0].contains("Sam is NOT out, and no new time is set."),
            "{texts:?}"
        );
    }
    assert!(
        story
            .says(SAM, "OUT")
            .await
            .starts_with("No time is set: closed by ALERT OFF on")
    );
}

#[tokio::test]
async fn without_a_contact_the_answer_shouts_it() {
    let mut story = Story::of(crate::channel().registered(SAM).await);
    let distress = story.says(SAM, "SOS").await;
    assert!(distress.ends_with("Nobody has been told."), "{distress}");
    let said = story.says(SAM, "ALERT").await;
    assert_eq!(
        said,
        "CALL 000 or 112. NOBODY WAS TOLD: you have no contacts. Add one, then text ALERT again: SAFE <phone> <name> To \
         end this text ALERT OFF."
    );
    story.says(SAM, "SAFE 0491570110 Mum").await;
    story.received.clear();
    story.says(SAM, "ALERT").await;
    assert!(
        story
            .texts(MUM)
            .last()
            .unwrap()
            .starts_with("Thunderbird ALERT 1 of 3: Sam asks for help.")
    );
}

#[tokio::test]
async fn a_near_miss_alerts_no_contact_and_names_the_line_to_copy() {
    let mut story = ready_mum().await;
    for body in [
        "alert please",
        "ALERTS",
        "alert my contacts",
        "ALERT?",
        "> ALERT",
        "please alert mum",
        "Allert",
    ] {
        let said = story.says_slowly(SAM, body).await;
        assert_eq!(
            said, "CALL 000 or 112. Nobody was told. To ask your contacts for help reply ALERT",
            "{body}"
        );
    }
    story.says_slowly(SAM, "Albert says hello").await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    for stranger in ["ALERT", "alert please"] {
        let said = story.says_slowly("+61491570158", stranger).await;
        assert!(
            said.starts_with("Nobody reads this number. CALL 000 or 112.")
                && said.ends_with("Nobody has been told."),
            "{stranger}: {said}"
        );
    }
    let contact = story.says_slowly(DAD, "ALERT").await;
    assert!(contact.starts_with("Nobody reads this number."), "{contact}");
}

#[tokio::test]
async fn it_works_at_a_prompt_after_stop_and_beyond_every_limit_but_its_own() {
    let mut story = ready_mum().await;
    story.says(SAM, "START").await;
    let said = story.says(SAM, "ALERT").await;
    assert!(
        said.starts_with("CALL 000 or 112. We are texting your 2 contacts"),
        "{said}"
    );
    assert_eq!((story.texts(MUM).len(), story.texts(DAD).len()), (1, 1));
    story.says(SAM, "ALERT OFF").await;
    story.says(SAM, "STOP").await;
    for body in ["hello"; 70] {
        story.says(SAM, body).await;
    }
    story.received.clear();
    for call in 2..=6 {
        story.pass(1).await;
        let said = story.says(SAM, "ALERT").await;
        assert!(
            said.starts_with("CALL 000 or 112. We are texting"),
            "{call}: {said}"
        );
        assert_eq!(story.texts(MUM).len(), 1, "{call}");
        let off = story.says(SAM, "ALERT OFF").await;
        assert!(off.starts_with("The alert is over"), "{off}");
        story.received.clear();
    }
    let said = story.says(SAM, "ALERT").await;
    assert!(
        said.starts_with(
            "CALL 000 or 112. Nothing more was sent: you have asked your contacts very often today."
        ),
        "{said}"
    );
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_call_that_comes_late_says_when_it_was_texted_and_one_that_is_over_does_nothing() {
    let mut story = ready_mum().await;
    let now = story.channel.clock.now();
    let late = |minutes: u64| Late {
        texted_at: now.minus(Duration::from_mins(minutes)),
        is_answered: true,
    };
    let fetched = async |story: &Story, body: &str, minutes| -> Result<bool, ReceiveError> {
        let message = story.channel.message(SAM, body);
        story.channel.messages.receive_late(message, late(minutes)).await
    };
    fetched(&story, "ALERT", 40).await.unwrap();
    story.pass(1).await;
    let texts = story.texts(DAD);
    assert!(
        texts.len() == 1 && texts[0].contains("texted ALERT on Thu 19 Nov 6:01 pm AEDT"),
        "{texts:?}"
    );
    story.received.clear();
    story.pass(58).await;
    assert!(
        story.received.is_empty(),
        "the second alert counts from the first: {:?}",
        story.received
    );
    story.pass(2).await;
    assert_eq!(story.texts(DAD).len(), 1);
    story.says(SAM, "ALERT OFF").await;
    story.received.clear();
    fetched(&story, "ALERT", 30).await.unwrap();
    story.pass(1).await;
    assert!(story.texts(DAD).is_empty(), "the hiker has ended it since");
}
