//! Registering by text, also across a crash.

use crate::{DAD, SAM, said, service};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_registers_a_hiker() {
    let (service, _twilio) = service().await;
    let welcome = said(&service, SAM, "start").await;
    assert!(welcome.contains("trail name"), "{welcome}");
    let menu = service.text(SAM, "Sam").await.message();
    assert!(menu.contains("1 Overland Track"), "{menu}");
    let again = said(&service, SAM, "99").await;
    assert!(again.contains("none of the routes"), "{again}");
    let confirmed = said(&service, SAM, "overland track").await;
    assert!(
        confirmed.contains("You are registered: Sam on the Overland Track"),
        "{confirmed}"
    );
    let status = said(&service, SAM, "Status").await;
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
    let (service, _twilio) = service().await;
    service.text(SAM, "START").await;
    let help = said(&service, SAM, "HELP").await;
    assert!(
        help.contains("Emergency: call 000") && help.contains("trail name"),
        "{help}"
    );
    let yes = said(&service, SAM, "YES").await;
    assert!(yes.contains("trail name"), "{yes}");
    let status = said(&service, SAM, "STATUS").await;
    assert!(
        status.contains("not registered") && status.contains("trail name"),
        "{status}"
    );
    service.text(DAD, "START").await;
    service.text(DAD, "Dad").await;
    let help = service.text(DAD, "HELP").await;
    let shown = help.message();
    assert_eq!(help.messages.len(), 1, "{shown}");
    assert!(
        shown.len() <= 306 && shown.ends_with("Which route? Reply with its number."),
        "{shown}"
    );
    assert!(said(&service, DAD, "which?").await.contains("1 Overland Track"));
    let too_long = said(&service, SAM, &"x".repeat(31)).await;
    assert!(too_long.contains("cannot be a trail name"), "{too_long}");
    service.text(SAM, "STOP").await;
    service.text(SAM, "Sam").await;
    let resumed = said(&service, SAM, "UNSTOP").await;
    assert!(resumed.contains("get texts from Thunderbird again"), "{resumed}");
    let stranger = said(&service, SAM, "1").await;
    assert!(
        stranger.contains("Not understood"),
        "STOP ended the conversation: {stranger}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_no_phone_shows_is_none() {
    let (service, _twilio) = service().await;
    service.text(SAM, "START").await;
    for nothing in [
        "\u{301}",
        "\u{3164}",
        "\u{2800}",
        "\u{0}",
        "\u{e000}",
        "0491570110",
    ] {
        let again = said(&service, SAM, nothing).await;
        assert!(again.contains("cannot be a trail name"), "{nothing:?}: {again}");
    }
    assert!(
        said(&service, SAM, "\u{301}Sam")
            .await
            .contains("1 Overland Track")
    );
    let confirmed = said(&service, SAM, "1").await;
    assert!(confirmed.contains("You are registered: Sam on"), "{confirmed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_kill() {
    let (mut service, _twilio) = service().await;
    service.text(SAM, "START").await;
    service.kill();
    service.start_again().await;
    let menu = service.text(SAM, "Sam").await.message();
    assert!(
        menu.contains("1 Overland Track"),
        "the conversation goes on: {menu}"
    );
    service.kill();
    service.start_again().await;
    assert!(said(&service, SAM, "1").await.contains("You are registered"));
    for (body, part) in [
        ("CHECKIN RONNY", "RONNY"),
        ("CHECKIN WATER", "WATER"),
        ("CHECKIN PELIO", "PELIO"),
    ] {
        assert!(said(&service, SAM, body).await.contains("Checked in"));
        service.kill();
        service.start_again().await;
        let status = said(&service, SAM, "STATUS").await;
        assert!(status.contains(&format!("Last check-in: {part}")), "{status}");
    }
}
