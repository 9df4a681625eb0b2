//! Which texts are answered: opt-outs, limits, regions and the carrier's own answers.

use std::time::Duration;

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
async fn numbers_of_other_regions_are_answered_once_an_hour_and_cannot_register() {
    let channel = channel();
    let foreign = "+12025550123";
    let once = channel.says(foreign, "START").await;
    assert!(
        once.contains("cannot text numbers of your country") && once.contains("CALL 000"),
        "{once}"
    );
    for text in ["HELP", "Sam", "1", "STATUS", "anything", "SOS"] {
        assert_eq!(channel.says(foreign, text).await, "", "{text}");
    }
    channel.wait(61);
    assert!(channel.says(foreign, "SOS").await.contains("CALL 000"));
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
async fn a_stranger_is_told_once_in_ten_minutes_what_this_is() {
    let channel = channel();
    assert!(channel.says(SAM, "hello").await.contains("text START"));
    channel.wait(9);
    assert_eq!(channel.says(SAM, "is the hut open").await, "");
    channel.wait(2);
    assert!(channel.says(SAM, "hello?").await.contains("call 000"));
}

#[tokio::test]
async fn a_hiker_is_never_left_without_an_answer() {
    let channel = channel().registered(SAM).await;
    let first = channel.says(SAM, "the track is muddy").await;
    let second = channel.says(SAM, "and it rains").await;
    assert!(first.contains("Text MENU for what you can text"), "{first}");
    assert!(second.contains("Nobody was told. Text MENU."), "{second}");
    for courtesy in ["thanks", "\u{1f44d}", "ok thanks"] {
        assert_eq!(channel.says(SAM, courtesy).await, "", "{courtesy}");
    }
    for call in ["SOS", "need help broken leg", "im lost"] {
        assert!(
            channel.says(SAM, call).await.contains("CALL 000 or 112"),
            "{call}"
        );
    }
}

#[tokio::test]
async fn a_call_for_help_is_answered_in_every_state() {
    let at_prompt = channel();
    at_prompt.says(SAM, "START").await;
    let said = at_prompt.says(SAM, "SOS").await;
    assert!(said.contains("CALL 000") && said.contains("What name"), "{said}");
    let menu = at_prompt.says(SAM, "Sam").await;
    assert!(
        menu.contains("1 Overland Track"),
        "SOS has not become the name: {menu}"
    );
    let stopped = channel().registered(SAM).await;
    stopped.says(SAM, "STOP").await;
    assert_eq!(stopped.says(SAM, "STATUS").await, "");
    assert!(stopped.says(SAM, "emergency").await.contains("CALL 000"));
    let stranger = channel();
    for turn in 0..20 {
        let said = stranger.says(SAM, &format!("help me please {turn}")).await;
        assert!(said.contains("CALL 000"), "{turn}: {said}");
    }
    assert_eq!(stranger.says(SAM, "help me please").await, "");
    stranger.wait(11);
    assert!(stranger.says(SAM, "help me please").await.contains("CALL 000"));
}

#[tokio::test]
async fn two_robots_that_answer_each_other_fall_silent() {
    let channel = channel().registered(SAM).await;
    let mut answers = 0;
    for turn in 0..20 {
        channel.clock.advance(Duration::from_secs(3));
        answers += usize::from(
            !channel
                .says(SAM, &format!("I am away, ticket {turn}"))
                .await
                .is_empty(),
        );
    }
    assert_eq!(answers, 3);
    assert!(
        !channel.says(SAM, "STATUS").await.is_empty(),
        "a command is answered"
    );
    channel.wait(2);
    assert!(
        !channel.says(SAM, "the track is muddy").await.is_empty(),
        "a pause shows a person"
    );
}

#[tokio::test]
async fn a_text_that_a_network_repeats_acts_once() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491 570 110 Mum").await;
    channel.says(SAM, "SAFE 0491 570 313 Dad").await;
    let first = channel.says(SAM, "SAFEDEL 1").await;
    assert!(first.contains("Mum is removed"), "{first}");
    for _ in 0..2 {
        assert_eq!(
            channel.says(SAM, "SAFEDEL 1").await,
            first,
            "the first answer again"
        );
    }
    assert!(channel.says(SAM, "SAFELIST").await.contains("Dad"));
    channel.says(SAM, "START").await;
    let first = channel.says(SAM, "CHANGE").await;
    assert!(first.contains("What name"), "{first}");
    assert_eq!(
        channel.says(SAM, "CHANGE").await,
        first,
        "CHANGE has not become the name"
    );
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
