//! The operator is paged about the service itself, and `doctor` tries the pager.

use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::Fault,
    pager::{Bell, FakePager},
};

use crate::pager::{MINUTE, health, looks_again, paged, trip};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_the_service_itself_is_told_once_an_hour() {
    let receiver = FakePager::start().await;
    let mut trip = trip(&receiver).await;
    // A second doubt within the hour is reported as well, because the first has ended.
    for count in 1..=2 {
        trip.twilio_shows(None);
        trip.steps(26 * 3_600);
        trip.world.service.shows("alerts_held_for_clock", "1").await;
        looks_again(&trip.world.service).await;
        let known = "page_events WHERE event = 'clock_held now'";
        assert_eq!(trip.count(known), 0, "the wait for the first answer is short");
        trip.passes(MINUTE);
        eventually_holds("a page about the clock", async || {
            trip.count(known) == 1 && receiver.of("clock_held").len() >= count
        })
        .await;
        trip.steps(-26 * 3_600);
        trip.twilio_shows(Some(0));
        eventually_holds("the clock to be right", async || {
            health(&trip.world.service, "clock").await.as_deref() == Some("ok")
        })
        .await;
        eventually_holds("the end to be stored", async || trip.count(known) == 0).await;
    }
    trip.sam.text("OUT THU 6PM").await;
    trip.writes_that_it_cannot_be_read();
    let late = receiver.wait_for("stage_late").await;
    assert_eq!(late[0]["priority"], 4);
    trip.world.restart().await;
    looks_again(&trip.world.service).await;
    assert_eq!(receiver.of("stage_late").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_cannot_be_fetched_are_told() {
    let receiver = FakePager::start().await;
    let mut trip = trip(&receiver).await;
    trip.sam.text("OUT THU 6PM").await;
    trip.world.twilio.always_lists(Some(Fault::Status(500)));
    trip.world.service.kill();
    trip.passes(10 * MINUTE);
    trip.world.service.start_again().await;
    trip.passes(2 * MINUTE);
    receiver.wait_for("fetch_failing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_sends_a_test_and_says_what_came_of_it() {
    let receiver = FakePager::start().await;
    let world = paged(&receiver, &[("THUNDERBIRD_PAGER_MAIL", "ops@example.org")]).await;
    let said = || {
        let output = world.service.run(&["doctor", "--page"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let before = world.service.run(&["doctor"]);
    let before = String::from_utf8_lossy(&before.stdout).into_owned();
    assert!(before.contains("`doctor --page` sends a test"), "{before}");
    assert!(receiver.asked().is_empty(), "nothing is sent unasked");
    let taken = said();
    assert!(taken.contains("took a test page within"), "{taken}");
    assert!(
        taken.contains("THUNDERBIRD_PAGER_MAIL: the mail server took a test page"),
        "{taken}"
    );
    assert!(
        !taken.contains("topic-5e6f") && !taken.contains("ops@example.org"),
        "{taken}"
    );
    assert_eq!(receiver.taken()[0].body["kind"], "test");
    assert_eq!(world.smtp.mails()[0].to, "ops@example.org");
    receiver.set(Bell::Answers(404));
    let refused = said();
    assert!(
        refused.contains("PROBLEM") && refused.contains("refused a test page with status 404"),
        "{refused}"
    );
    receiver.set(Bell::HangsUp);
    assert!(said().contains("did not answer a test page"));
}
