//! Registering by text, also across a crash.

use thunderbird_testkit::service::phones::{DAD, SAM};

use crate::world;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_registers_a_hiker() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let welcome = sam.says("start").await;
    assert!(
        welcome.contains("What name should your family read?")
            && welcome.contains("In an emergency call 000"),
        "{welcome}"
    );
    let menu = sam.text("Sam").await.message();
    assert!(menu.contains("1 Overland Track"), "{menu}");
    let again = sam.says("99").await;
    assert!(again.contains("none of the routes"), "{again}");
    let confirmed = sam.says("overland track").await;
    assert!(
        confirmed.contains("You are registered: Sam on the Overland Track"),
        "{confirmed}"
    );
    let status = sam.says("Status").await;
    for part in [
        "Sam",
        "Route: Overland Track",
        "Last check-in: none",
        "Contacts: 0",
        "Web account: no",
    ] {
        assert!(status.contains(part), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_at_a_prompt_runs_and_never_becomes_a_name() {
    let world = world().await;
    let sam = world.hiker(SAM);
    let dad = world.hiker(DAD);
    sam.text("START").await;
    let help = sam.says("HELP").await;
    assert!(
        help.contains("Emergency: call 000") && help.contains("What name"),
        "{help}"
    );
    let yes = sam.says("YES").await;
    assert!(yes.contains("What name"), "{yes}");
    let status = sam.says("STATUS").await;
    assert!(
        status.contains("once you are registered") && status.contains("What name"),
        "{status}"
    );
    dad.text("START").await;
    dad.text("Dad").await;
    let help = dad.text("HELP").await;
    let shown = help.message();
    assert_eq!(help.messages.len(), 1, "{shown}");
    assert!(
        shown.len() <= 306 && shown.ends_with("Which route? Reply with its number."),
        "{shown}"
    );
    assert!(dad.says("which?").await.contains("1 Overland Track"));
    let too_long = sam.says(&"x".repeat(31)).await;
    assert!(too_long.contains("cannot be a name"), "{too_long}");
    sam.text("STOP").await;
    sam.text("Sam").await;
    let resumed = sam.says("UNSTOP").await;
    assert!(resumed.contains("get texts from Thunderbird again"), "{resumed}");
    let stranger = sam.says("1").await;
    assert!(
        stranger.contains("This is Thunderbird"),
        "STOP ended the conversation: {stranger}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_no_phone_shows_is_none() {
    let world = world().await;
    let sam = world.hiker(SAM);
    for nothing in ["\u{301}", "\u{3164}", "\u{2800}", "\u{e000}", "0491570110"] {
        sam.text("START").await;
        let again = sam.says(nothing).await;
        assert!(again.contains("cannot be a name"), "{nothing:?}: {again}");
    }
    let ended = sam.says("\u{302}").await;
    assert!(
        ended.contains("Registration ended"),
        "the second answer that is none ends it: {ended}"
    );
    sam.text("START").await;
    assert!(sam.says("\u{301}Sam").await.contains("1 Overland Track"));
    let confirmed = sam.says("1").await;
    assert!(confirmed.contains("You are registered: Sam on"), "{confirmed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_kill() {
    let mut world = world().await;
    let sam = world.hiker(SAM);
    sam.text("START").await;
    world.restart().await;
    let menu = sam.text("Sam").await.message();
    assert!(
        menu.contains("1 Overland Track"),
        "the conversation goes on: {menu}"
    );
    world.restart().await;
    assert!(sam.says("1").await.contains("You are registered"));
    for (body, part) in [
        ("CHECKIN RONNY", "RONNY"),
        ("CHECKIN WATER", "WATER"),
        ("CHECKIN PELIO", "PELIO"),
    ] {
        assert!(sam.says(body).await.contains("Checked in"));
        world.restart().await;
        let status = sam.says("STATUS").await;
        assert!(status.contains(&format!("Last check-in: {part}")), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courtesy_does_not_close_the_question_of_start() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    assert!(sam.says("START").await.contains("reply CHANGE"));
    for courtesy in ["thanks", "ok", "👍"] {
        let answer = sam.says(courtesy).await;
        assert!(
            answer.contains("Nothing was changed. To replace name and route, reply CHANGE."),
            "{answer}"
        );
    }
    assert!(sam.says("CHANGE").await.contains("What name"));
}
