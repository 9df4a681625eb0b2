//! An operator who knows what became of a hiker closes the alarm: nothing more is sent, and everybody who knew of it reads it.

use thunderbird_testkit::service::{
    Operator, World,
    console::location,
    phones::{DAD, Hiker, MUM, SAM},
};

use super::{
    watch::{OVERDUE, on_disk},
    world,
};

const PAGE: &str = "/admin/watch/1";
const CLOSE: &str = "/admin/watch/1/close";

/// Sam is overdue, and Mum and Dad have the first alert.
async fn overdue() -> (World, Hiker) {
    let world = World::start_with(env!("CARGO_BIN_EXE_thunderbird"), |builder| {
        builder.env("THUNDERBIRD_METRICS_BIND", "127.0.0.1:0")
    })
    .await;
    let sam = world.hiker(SAM).registered().await;
    for contact in ["SAFE 0491570110 Mum", "SAFE 0491570313 Dad"] {
        sam.text(contact).await;
    }
    sam.text("OUT TOMORROW 6PM").await;
    on_disk(&world, OVERDUE);
    for number in [MUM, DAD] {
        world.contact(number).texts_with("ALERT 1 of 3", 1).await;
    }
    (world, sam)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_knows_that_the_hiker_is_found_stands_everybody_down_once() {
    let (mut world, sam) = overdue().await;
    let mut ada = world.operator("ada").await;
    assert!(
        ada.page("/admin/watch/1")
            .await
            .contains("What became of the hiker?")
    );
    assert_eq!(
        ada.closes(PAGE, "found").await,
        "/admin/watch/1?notice=promise-closed"
    );
    for number in [MUM, DAD] {
        let read = world.contact(number).texts_with("STAND DOWN", 1).await;
        assert!(
            read[0].contains("Our operator closed the alert") && read[0].contains("Sam is found"),
            "{read:?}"
        );
    }
    let read = sam.texts_with("Our operator closed your alert", 1).await;
    assert!(read[0].contains("you are found"), "{read:?}");
    // A second operator, or a form that is sent twice, changes nothing more.
    assert_eq!(
        ada.closes(PAGE, "police").await,
        "/admin/watch/1?notice=promise-over"
    );
    world.restart().await;
    assert!(sam.says("OUT").await.contains("closed by our operator on"));
    assert!(sam.says("BACK").await.contains("closed by our operator on"));
    let page = ada.page("/admin/watch/1").await;
    assert!(
        page.contains("an operator closed it: the hiker is found"),
        "{page}"
    );
    assert!(!page.contains("What became of the hiker?"), "{page}");
    let audit = ada.page("/admin/audit?subject=user:1").await;
    assert!(
        audit.contains("deadline.closed") && audit.contains("operator_found"),
        "{audit}"
    );
    // The hiker can contradict and is watched again; the second alert of the alarm that was closed would be due with this one.
    assert!(sam.says("OUT TOMORROW 7PM").await.contains("Set: out by"));
    on_disk(
        &world,
        "UPDATE deadline_stages SET due_at = 1 WHERE stage = 'alert_2' AND deadline_id = 1;
        UPDATE deadlines SET next_due_at = 1 WHERE id = 1",
    );
    on_disk(&world, OVERDUE);
    for number in [MUM, DAD] {
        let texts = world.contact(number).texts_with("ALERT 1 of 3", 2).await;
        let all = world.contact(number).texts();
        let count = |part: &str| all.iter().filter(|text| text.contains(part)).count();
        assert_eq!(texts.len(), 2, "{all:?}");
        assert_eq!((count("ALERT 2 of 3"), count("STAND DOWN")), (0, 1), "{all:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_of_an_alarm_that_police_have_are_not_told_that_all_is_well() {
    let (world, sam) = overdue().await;
    let mum = world.contact(MUM);
    mum.says("ACTING").await;
    let mut ada = world.operator("ada").await;
    assert_eq!(
        ada.closes(PAGE, "police").await,
        "/admin/watch/1?notice=promise-closed"
    );
    for number in [MUM, DAD] {
        let read = world
            .contact(number)
            .texts_with("Police deal with it now", 1)
            .await;
        assert!(
            !read[0].contains("STAND DOWN") && read[0].contains("tell Police"),
            "{read:?}"
        );
    }
    let read = sam.texts_with("Our operator closed your alert", 1).await;
    assert!(read[0].contains("Police deal with it"), "{read:?}");
    for (said, part) in [
        (mum.says("FOUND").await, "if you know where Sam is, tell Police"),
        (
            sam.says("BACK").await,
            "If you are safe, tell Police and your contacts",
        ),
    ] {
        assert!(said.contains(part), "{said}");
    }
}

/// Who looks at a page that is old must not close an alarm that the operator knows nothing of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_that_came_after_the_page_was_shown_is_not_closed_by_it() {
    let (world, sam) = overdue().await;
    let mut ada = world.operator("ada").await;
    let old = ada.seen(PAGE).await;
    sam.text("ALERT").await;
    world.contact(MUM).texts_with("asks for help", 1).await;
    let answer = ada.closes_as_seen(PAGE, ("false_alarm", &old)).await;
    assert_eq!(answer, "/admin/watch/1?notice=promise-changed");
    assert!(ada.page(PAGE).await.contains(">alarmed<"));
    assert_eq!(
        ada.closes(PAGE, "found").await,
        "/admin/watch/1?notice=promise-closed"
    );
    world.contact(MUM).texts_with("STAND DOWN", 1).await;
    world
        .service
        .shows(
            "deadlines_closed_total{how=\"operator_found\",when=\"after_alert\"}",
            "1",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_help_that_was_none_is_closed_and_a_time_that_lies_ahead_is_watched_on() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    sam.text("OUT TOMORROW 6PM").await;
    let mut ada = world.operator("ada").await;
    assert_eq!(
        ada.closes(PAGE, "found").await,
        "/admin/watch/1?notice=promise-ahead"
    );
    assert!(
        !ada.page("/admin/watch/1")
            .await
            .contains("What became of the hiker?")
    );
    sam.text("ALERT").await;
    world.contact(MUM).texts_with("asks for help", 1).await;
    assert_eq!(
        ada.closes(PAGE, "found").await,
        "/admin/watch/1?notice=promise-call"
    );
    assert_eq!(
        ada.closes("/admin/watch/2", "false_alarm").await,
        "/admin/watch/2?notice=promise-closed"
    );
    let read = world.contact(MUM).texts_with("STAND DOWN", 1).await;
    assert!(read[0].contains("it was a false alarm"), "{read:?}");
    let read = sam.texts_with("Our operator closed your alert", 1).await;
    assert!(
        read[0].contains("Still due out") && !read[0].contains("We watch no time"),
        "{read:?}"
    );
    assert!(sam.says("OUT").await.contains("6:00 pm"), "the walk goes on");
    let watch = ada.page("/admin/watch").await;
    assert!(
        watch.contains(">armed<") && !watch.contains(">alarmed<"),
        "{watch}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_sure_or_no_operator_closes_nothing() {
    let (world, _) = overdue().await;
    let mut ada = world.operator("ada").await;
    for (fields, notice) in [
        (&[("sure", "yes")][..], "no-verdict"),
        (&[("verdict", "eaten"), ("sure", "yes")][..], "no-verdict"),
        (&[("verdict", "found")][..], "unsure"),
    ] {
        let answer = ada.submit(CLOSE, fields).await;
        assert_eq!(location(&answer), format!("/admin/watch/1?notice={notice}"));
    }
    let missing = [("verdict", "found"), ("sure", "yes")];
    let old = ada.submit(CLOSE, &missing).await;
    assert_eq!(location(&old), "/admin/watch/1?notice=promise-changed");
    let answer = ada.submit("/admin/watch/77/close", &missing).await;
    assert_eq!(location(&answer), "/admin/watch/77?notice=unknown");
    let mut vera = Operator::signed_in(&world.service, "vera", "viewer").await;
    assert_eq!(vera.submit(CLOSE, &missing).await.status(), 403);
    assert!(
        !vera
            .page("/admin/watch/1")
            .await
            .contains("What became of the hiker?")
    );
    assert!(ada.page("/admin/watch/1").await.contains(">alarmed<"));
    assert_eq!(world.contact(MUM).texts_with("STAND DOWN", 0).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_that_has_passed_ends_with_the_call_for_help_and_by_its_page_alone_it_does_not() {
    let world = world().await;
    let sam = world.hiker(SAM).registered().await;
    sam.text("SAFE 0491570110 Mum").await;
    sam.text("OUT TOMORROW 6PM").await;
    sam.text("ALERT").await;
    on_disk(&world, "UPDATE deadlines SET due_at = set_at WHERE kind = 'out'");
    let mut ada = world.operator("ada").await;
    assert_eq!(ada.seen(PAGE).await, "", "no form that would close nothing");
    assert_eq!(
        ada.closes(PAGE, "found").await,
        "/admin/watch/1?notice=promise-call"
    );
    assert_eq!(
        ada.closes("/admin/watch/2", "found").await,
        "/admin/watch/2?notice=promise-closed"
    );
    let read = sam.texts_with("Our operator closed your alert", 1).await;
    assert!(read[0].contains("We watch no time of yours now"), "{read:?}");
    assert!(sam.says("OUT").await.contains("closed by our operator on"));
    assert!(ada.page("/admin/watch").await.contains("No promise is open."));
}
