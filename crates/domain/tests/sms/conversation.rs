//! Onboarding as a conversation: what is asked, what ends it, what a new route keeps.

use std::time::Duration;

use thunderbird_domain::{sms::verb::Verb, user::UserStore as _};

use crate::{SAM, body, channel, number};

#[tokio::test]
async fn a_conversation_ends_30_minutes_after_its_last_message() {
    let channel = channel();
    channel.says(SAM, "START").await;
    channel.wait(30);
    let menu = channel.says(SAM, "Sam").await;
    assert!(menu.contains("1 Overland Track"), "{menu}");
    channel.wait(29);
    let help = channel.says(SAM, "HELP").await;
    assert!(
        help.contains("Which route?"),
        "a command keeps the question open: {help}"
    );
    channel.wait(31);
    let late = channel.says(SAM, "1").await;
    assert!(late.contains("Text START to begin again"), "{late}");
    assert!(channel.store.by_phone(&number(SAM)).await.unwrap().is_none());
    let after = channel.says(SAM, "1").await;
    assert!(after.contains("This is Thunderbird"), "it is said once: {after}");
}

#[tokio::test]
async fn the_guide_follows_the_confirmation() {
    let channel = channel().registered(SAM).await;
    let guide = channel.queued();
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap();
    let now = thunderbird_domain::time::Clock::now(&channel.clock);
    assert!(
        guide
            .iter()
            .all(|text| text.to == number(SAM) && text.user == Some(user.id))
    );
    assert!(
        guide
            .iter()
            .all(|text| text.not_before == now.plus(Duration::from_secs(5)))
    );
    let words: String = guide.iter().map(body).collect();
    assert!(
        words.contains("PELIO New Pelion Hut") && words.contains("CHECKIN RONNY"),
        "{words}"
    );
}

#[tokio::test]
async fn a_new_route_clears_the_position_and_keeps_the_contacts() {
    let channel = channel().registered(SAM).await;
    channel.says(SAM, "SAFE 0491570110 Mum").await;
    channel.says(SAM, "CHECKIN PELIO").await;
    channel.says(SAM, "START").await;
    let asked = channel.says(SAM, "CHANGE").await;
    assert!(asked.contains("What name"), "{asked}");
    channel.says(SAM, "Samwise").await;
    let done = channel.says(SAM, "W Arthurs A-K").await;
    assert!(done.contains("Samwise on the Western Arthurs (A-K)"), "{done}");
    let user = channel.store.by_phone(&number(SAM)).await.unwrap().unwrap().user;
    assert_eq!((user.position, user.contacts.len()), (None, 1));
}

#[tokio::test]
async fn change_means_nothing_when_nobody_asked() {
    let channel = channel().registered(SAM).await;
    let said = channel.says(SAM, "CHANGE").await;
    assert!(said.contains("Not understood"), "{said}");
    channel.says(SAM, "START").await;
    channel.says(SAM, "never mind").await;
    channel.wait(11);
    let said = channel.says(SAM, "CHANGE").await;
    assert!(
        said.contains("Not understood"),
        "another text has closed the question: {said}"
    );
}

#[tokio::test]
async fn a_command_s_word_never_becomes_a_name() {
    for verb in Verb::ALL {
        for word in verb.entry().words {
            let channel = channel();
            channel.says(SAM, "START").await;
            let said = channel.says(SAM, word).await;
            assert!(
                said.contains("What name"),
                "{word}: the question is asked again: {said}"
            );
            let menu = channel.says(SAM, "Sam").await;
            assert!(menu.contains("Overland"), "{word}: {menu}");
        }
    }
}
