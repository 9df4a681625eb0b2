//! Promises from the setting to the end: the exact texts of each phone, in order.

use thunderbird_domain::sms::body::segments;

use crate::{
    DAD, MUM, SAM,
    story::{UNTIL_DUE, story},
};

const SET: &str = "Set: out by Fri 20 Nov 6:00 pm AEDT. Not heard by then: we ask you. From 7:00 pm we alert 2 contacts. Not \
                   yet ready: Mum, Dad. Out sooner: BACK. Later: LATE 2H.";
const TOLD: &str = "Thunderbird: Sam plans to be out of the Overland Track by Fri 20 Nov 6:00 pm AEDT. If we have not heard \
                    from Sam by 7:00 pm we text you what to do. If you will help then, reply READY.";
const ALERT: &str = "Thunderbird ALERT 1 of 3: Sam is overdue. Due out of the Overland Track: Fri 20 Nov 6:00 pm AEDT No \
                     check-in Sam's phone last texted us on Thu 19 Nov 6:40 pm AEDT. Call and text Sam now. No answer by 8:00 pm: call 000, ask for Police. Reply ACTING if you \
                     deal with it; the other contact is told. Thunderbird does not call Police.";

#[tokio::test]
async fn a_promise_that_is_kept_early() {
    let mut story = story().await;
    let answer = story.says(SAM, "OUT FRI 6PM").await;
    let (set, words) = answer.split_once(" From any phone: BACK ").unwrap();
    assert_eq!((set, words.split(' ').count()), (SET, 2));
    story.pass(1).await;
    assert!(story.received.is_empty(), "a further change can still replace it");
    story.pass(1).await;
    assert_eq!(story.texts(MUM), [TOLD]);
    assert_eq!(story.texts(DAD), [TOLD]);
    story.pass(60).await;
    let back = story.says(SAM, "back").await;
    assert_eq!(
        back,
        "Welcome back. Closed Thu 19 Nov 7:42 pm AEDT; nobody is alerted. Your contacts get a text. You did not text \
         this? Text OUT and a time."
    );
    assert_eq!(
        story.texts(MUM),
        ["Thunderbird: Sam texted BACK, Thu 19 Nov 7:42 pm AEDT: Sam is out."]
    );
    assert_eq!(story.texts(DAD).len(), 1);
    story.pass(48 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    assert_eq!(
        story.says(SAM, "BACK").await,
        "No time is set: closed by BACK on Thu 19 Nov 7:42 pm AEDT. To set one text for example OUT SUN 6PM."
    );
}

#[tokio::test]
async fn contacts_who_were_told_nothing_hear_nothing_of_the_end() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    let back = story.says(SAM, "BACK").await;
    assert!(!back.contains("contacts"), "{back}");
    story.pass(24 * 60 + 120).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_promise_that_is_kept_late_after_two_questions() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE).await;
    let asked = story.texts(SAM);
    assert_eq!(
        asked,
        [
            "Sam, you are due out by 6:00 pm AEDT. Out: text BACK Later: text LATE 2H",
            "Sam, it is 6:00 pm AEDT and we have not heard that you are out. Out: text BACK Later: text LATE 2H At 7:00 pm \
             we alert your 2 contacts.",
        ]
    );
    assert!(asked.iter().all(|text| segments(text) == 1));
    for near_miss in [
        "BACK SOON",
        "BACK?",
        "> BACK",
        "OK",
        "YES",
        "LATE AGAIN",
        "it is muddy",
    ] {
        let said = story.says_slowly(SAM, near_miss).await;
        assert_eq!(
            said, "Nothing was changed. Out: text BACK. Later: LATE 2H.",
            "{near_miss}"
        );
    }
    for news in ["we are fine", "im ok", "back safe", "BACK NOW"] {
        assert_eq!(
            story.says_slowly(SAM, news).await,
            "Nothing was changed. Out: text BACK. Later: LATE 2H. Nobody was told. To tell your contacts where you are, text \
             CHECKIN RONNY",
            "{news}"
        );
    }
    for arrival in ["at pelio", "Chekin Pelio", "we made it to pelio"] {
        assert_eq!(
            story.says_slowly(SAM, arrival).await,
            "Nothing was changed. Out: text BACK. Later: LATE 2H. Nobody was told. Nearest: PELIO New Pelion Hut. To check in \
             there text CHECKIN PELIO",
            "{arrival}"
        );
    }
    story.pass(20).await;
    assert!(story.says(SAM, "BACK").await.starts_with("Welcome back."));
    story.texts(MUM);
    story.texts(DAD);
    story.pass(300).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}

#[tokio::test]
async fn a_promise_that_is_broken_to_the_end() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE).await;
    story.received.clear();
    story.pass(30).await;
    assert_eq!(
        story.texts(SAM),
        [
            "Sam, it is 6:30 pm AEDT. Last question: are you out? Out: text BACK Later: text LATE 2H At 7:00 pm we alert \
          your 2 contacts."
        ]
    );
    story.pass(29).await;
    assert!(story.received.is_empty(), "no alert before the hour is over");
    story.pass(1).await;
    assert_eq!(story.texts(MUM), [ALERT]);
    assert_eq!(story.texts(DAD), [ALERT]);
    assert_eq!(
        story.texts(SAM),
        [
            "Sam, we alerted your 2 contacts at 7:00 pm. Out: text BACK, it stands them down Later: text LATE 2H In danger: \
          call 000"
        ]
    );
    assert!(segments(ALERT) <= 3);
    story.pass(60).await;
    let second = story.texts(MUM);
    assert_eq!(second.len(), 1);
    assert!(second[0].starts_with("Thunderbird ALERT 2 of 3"), "{second:?}");
    story.pass(120).await;
    let third = story.texts(MUM);
    assert!(
        third[0].starts_with("Thunderbird ALERT 3 of 3") && third[0].contains("This is our last text."),
        "{third:?}"
    );
    story.received.clear();
    story.pass(24 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
    let back = story.says(SAM, "BACK").await;
    assert!(
        back.contains("Your contacts were alerted; now they read that you are out."),
        "{back}"
    );
    let stood_down = story.texts(MUM);
    assert_eq!(
        stood_down,
        [
            "Thunderbird: STAND DOWN. Sam's phone texted BACK, Sat 21 Nov 10:00 pm AEDT: Sam is out. Call Sam to be sure. If \
          you called Police, tell them now."
        ]
    );
    assert_eq!(story.texts(DAD), stood_down);
    assert_eq!(segments(&stood_down[0]), 1);
}

#[tokio::test]
async fn a_promise_that_is_extended_during_an_alarm() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    story.pass(UNTIL_DUE + 80).await;
    story.received.clear();
    let late = story.says(SAM, "LATE 2H").await;
    assert!(
        late.starts_with(
            "Set: out by Fri 20 Nov 9:20 pm AEDT. The alert is over; who had it reads this time. Not heard"
        ),
        "{late}"
    );
    let stood_down = story.texts(MUM);
    assert_eq!(
        stood_down,
        [
            "Thunderbird: STAND DOWN. Sam's phone texted, Fri 20 Nov 7:20 pm AEDT: late, now due out by Fri 20 Nov 9:20 pm \
          AEDT. The alert is over; we watch the new time. If you called Police, tell them now."
        ]
    );
    story.received.clear();
    assert!(
        story
            .says(SAM, "LATE 2H")
            .await
            .starts_with("That LATE came twice and counts once.")
    );
    story.pass(119).await;
    assert_eq!(
        story.texts(SAM).len(),
        1,
        "the early reminder, because two hours lay ahead"
    );
    assert!(story.received.is_empty());
    story.pass(61).await;
    assert!(story.texts(MUM)[0].starts_with("Thunderbird ALERT 1 of 3"));
}

#[tokio::test]
async fn an_alarm_that_is_claimed_lapses_and_is_found() {
    let mut story = story().await;
    story.says(SAM, "OUT FRI 6PM").await;
    assert_eq!(
        story.says(MUM, "ACTING").await,
        "No alert to you is open. Nothing was changed."
    );
    story.pass(UNTIL_DUE + 66).await;
    story.received.clear();
    assert_eq!(
        story.says(MUM, "ok").await,
        "Nobody reads this. If you deal with it, reply ACTING. When found, reply FOUND."
    );
    assert_eq!(
        story.says(MUM, "Acting").await,
        "You deal with it; the others are told. For Police: Sam, phone +61491570006, Overland Track, due out Fri 20 Nov \
         6:00 pm AEDT. No check-in. Sam's phone last texted us on Thu 19 Nov 6:40 pm AEDT. Reply FOUND when Sam is safe."
    );
    assert_eq!(
        story.texts(DAD),
        ["Thunderbird: Mum is acting for Sam. You need do nothing unless Mum asks."]
    );
    assert_eq!(
        story.says(DAD, "ACK").await,
        "Mum is acting already; both are noted."
    );
    story.pass(120).await;
    assert_eq!(
        story.texts(MUM),
        [
            "Thunderbird: is there news of Sam? Reply FOUND when Sam is safe. Without FOUND the alerts go on in 1 hour."
        ]
    );
    assert!(story.received.is_empty(), "no alert now: {:?}", story.received);
    story.pass(61).await;
    let second = story.texts(DAD);
    assert!(
        second[0].starts_with("Thunderbird ALERT 2 of 3")
            && second[0].contains("Mum was acting since 7:06 pm; no news."),
        "{second:?}"
    );
    story.received.clear();
    assert_eq!(
        story.says(DAD, "FOUND").await,
        "Thank you. The alert for Sam is closed, and everybody who was alerted is told."
    );
    assert_eq!(
        story.texts(SAM),
        ["Dad tells us that you are found, so the alert is over. If that is wrong, text OUT and a time."]
    );
    let stood_down = story.texts(MUM);
    assert!(stood_down[0].contains("STAND DOWN. Dad told us") && stood_down[0].contains("Sam is found."));
    assert!(
        story
            .says(MUM, "ACTING")
            .await
            .starts_with("The alert for Sam is over since Fri 20 Nov")
    );
    story.pass(48 * 60).await;
    assert!(story.received.is_empty(), "{:?}", story.received);
}
