//! Which texts are answered: opt-outs, limits, regions and the carrier's own answers.

use thunderbird_domain::{
    sms::{dispatch::Handler, inbound::CarrierVerdict, verb::Verb},
    user::UserStore as _,
};

use crate::{DAD, SAM, channel, number};

#[tokio::test]
async fn stop_works_in_every_state() {
    for before in [
        &[][..],
        &["START"],
        &["START", "Sam"],
        &["START", "Sam", "1"],
        &["START", "Sam", "1", "START"],
    ] {
        for word in ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "QUIT."] {
            let channel = channel();
            for body in before {
                channel.says(SAM, body).await;
            }
            let said = channel.says(SAM, word).await;
            assert!(said.contains("no more texts"), "{before:?} {word}: {said}");
            assert_eq!(channel.says(SAM, "Sam").await, "", "{before:?} {word}");
            assert_eq!(channel.says(SAM, "HELP").await, "", "{before:?} {word}");
            channel.says(SAM, "UNSTOP").await;
            let after = channel.says(SAM, "1").await;
            assert!(
                !after.contains("You are registered"),
                "no conversation goes on: {after}"
            );
        }
    }
}

#[tokio::test]
async fn an_opted_out_hiker_still_acts_and_hears_nothing() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "STOP").await;
    for text in [
        "CHECKIN PELIO",
        "SAFE 0491570313 Dad",
        "STATUS",
        "anything",
        "pelio",
    ] {
        assert_eq!(channel.says(SAM, text).await, "", "{text}");
    }
    assert_eq!(channel.safety_messages().len(), 1);
    let back = channel.says(SAM, "YES").await;
    assert!(back.contains("get texts from Thunderbird again"), "{back}");
    let list = channel.says(SAM, "SAFELIST").await;
    assert!(list.starts_with("2 contacts:"), "{list}");
}

#[tokio::test]
async fn numbers_of_other_regions_are_not_answered_and_cannot_register() {
    let channel = channel();
    for text in ["HELP", "START", "Sam", "1", "STATUS", "anything"] {
        assert_eq!(channel.says("+12025550123", text).await, "", "{text}");
    }
    assert!(
        channel
            .store
            .by_phone(&number("+12025550123"))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_pointer_to_help_comes_once_in_ten_minutes() {
    let channel = channel();
    assert!(channel.says(SAM, "hello").await.contains("Text HELP"));
    channel.wait(9);
    assert_eq!(channel.says(SAM, "is anybody there").await, "");
    channel.wait(2);
    assert!(channel.says(SAM, "hello?").await.contains("call 000"));
}

#[tokio::test]
async fn over_the_limit_is_told_once_and_passes() {
    let channel = channel();
    for _ in 0..10 {
        assert!(!channel.says(SAM, "STATUS").await.is_empty());
    }
    channel.wait(20);
    let told = channel.says(SAM, "ROUTE").await;
    assert!(told.contains("try again in 40 minutes"), "{told}");
    assert_eq!(channel.says(SAM, "ROUTE").await, "");
    for exempt in ["HELP", "START", "CHECKIN PELIO"] {
        assert!(!channel.says(SAM, exempt).await.is_empty(), "{exempt}");
    }
    channel.wait(41);
    assert!(channel.says(SAM, "ROUTE").await.contains("START"));
}

#[tokio::test]
async fn a_hiker_has_six_times_the_limit_and_the_loop_guard_watches() {
    let channel = channel().registered(SAM).await;
    let mut answered = 0;
    for turn in 0..70 {
        answered += usize::from(
            channel
                .says(SAM, &format!("ROUTE {}", turn % 90 + 1))
                .await
                .contains("Overland"),
        );
    }
    assert_eq!(answered, 60 - 2, "two answers went into onboarding");
    let machine = self::channel().registered(DAD).await;
    for turn in 0..40 {
        let said = machine.says(DAD, "STATUS").await;
        assert_eq!(said.is_empty(), turn >= 30, "{turn}");
    }
    assert!(!machine.says(DAD, "CHECKIN PELIO").await.is_empty());
}

#[tokio::test]
async fn the_carrier_s_own_answers_are_not_doubled() {
    let channel = channel().registered(SAM).await;
    assert_eq!(channel.says_with(SAM, "HELP", CarrierVerdict::Help).await, "");
    assert_eq!(channel.says_with(SAM, "STOP", CarrierVerdict::Stop).await, "");
    assert_eq!(channel.says(SAM, "STATUS").await, "");
    assert!(
        channel
            .says_with(SAM, "START", CarrierVerdict::Start)
            .await
            .contains("registered as Sam")
    );
    assert_eq!(channel.says_with(SAM, "Arret", CarrierVerdict::Stop).await, "");
    assert_eq!(
        channel.says_with(SAM, "Commencer", CarrierVerdict::Start).await,
        ""
    );
    assert!(channel.says(SAM, "STATUS").await.contains("Sam"));
}

#[tokio::test]
async fn every_command_answers_a_hiker_and_sends_a_stranger_to_start() {
    for verb in Verb::ALL {
        for word in verb.entry().words {
            let stranger = channel().says(SAM, word).await;
            assert!(!stranger.is_empty(), "{word}");
            let hiker = channel().registered(SAM).await.says(SAM, word).await;
            assert!(
                !hiker.is_empty() && !hiker.contains("Not understood"),
                "{word}: {hiker}"
            );
            let usage = verb
                .entry()
                .usage
                .replace("<camp code>", "PELIO")
                .replace("<phone> [name]", "0491570110");
            if matches!(verb.handler(), Handler::Hiker(_)) && usage != verb.entry().usage {
                let refused = channel().says(SAM, &usage).await;
                assert!(refused.contains("Text START to register"), "{usage}: {refused}");
            }
        }
    }
}
