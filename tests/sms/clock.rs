//! A machine whose clock is set wrong while a promise is watched, and a Twilio whose answers show the true time.

use std::time::Duration;

use thunderbird_testkit::eventually_holds;

use crate::moved_clock::{Trip, day};

const HOURS_26: i64 = 26 * 3_600;

const MINUTE: Duration = Duration::from_mins(1);

impl Trip {
    /// What the health report says of the clock; nothing if it could not be read, because a connection that is open while
    /// its time-outs jump is reset.
    async fn clock(&self) -> Option<String> {
        let service = &self.world.service;
        let answer = service.http().get(service.url("/api/health")).send().await.ok()?;
        let report: serde_json::Value = answer.json().await.ok()?;
        report["services"]["clock"].as_str().map(str::to_owned)
    }

    /// Waits until the health report says this of the clock.
    async fn clock_is(&self, wanted: &str) {
        eventually_holds("the health of the clock", async || {
            self.clock().await.as_deref() == Some(wanted)
        })
        .await;
    }

    fn asks(&self) -> usize {
        let texts = self.sam.texts();
        let is_question = |text: &&String| text.contains("due out by") || text.contains("not heard");
        texts.iter().filter(is_question).count()
    }

    /// Both contacts read the first alert, each once.
    async fn is_alarmed(&self) {
        for contact in [&self.mum, &self.dad] {
            contact.texts_with("ALERT 1 of 3: Sam is overdue", 1).await;
        }
        assert_eq!(self.alerts(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_26_hours_ahead_alerts_nobody_before_the_true_time() {
    let mut trip = Trip::begin().await;
    trip.sam.text("OUT THU 6PM").await;
    trip.clock_is("ok").await;
    trip.steps(HOURS_26);
    trip.clock_is("degraded").await;
    trip.world.restart().await;
    trip.clock_is("degraded").await;
    trip.steps(HOURS_26);
    trip.lists(trip.listed() + 2).await;
    trip.clock_is("degraded").await;
    assert_eq!((trip.asks(), trip.alerts()), (0, 0));
    trip.goes_through_every_question().await;
    let before = trip.listed();
    trip.moves_to(day("18:58"));
    trip.lists(before + 1).await;
    assert_eq!(trip.alerts(), 0, "two minutes early");
    trip.moves_to(day("19:00"));
    trip.passes(Duration::from_secs(10));
    trip.is_alarmed().await;
    trip.steps(-2 * HOURS_26);
    trip.clock_is("ok").await;
    assert_eq!(trip.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_ahead_while_twilio_shows_no_time_holds_alerts_for_ten_minutes() {
    let mut trip = Trip::begin().await;
    trip.sam.text("OUT THU 6PM").await;
    trip.clock_is("ok").await;
    trip.twilio_shows(None);
    trip.steps(HOURS_26);
    trip.lists(trip.listed() + 1).await;
    assert_eq!((trip.asks(), trip.alerts()), (0, 0), "an answer is waited for");
    trip.passes(MINUTE);
    trip.sam.texts_with("Last question", 1).await;
    trip.clock_is("degraded").await;
    trip.passes(MINUTE * 8);
    trip.lists(trip.listed() + 2).await;
    assert_eq!(trip.alerts(), 0, "nine minutes are not ten");
    trip.passes(MINUTE);
    for contact in [&trip.mum, &trip.dad] {
        contact.texts_with("ALERT", 1).await;
    }
    assert_eq!(trip.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_delays_no_alert_whether_twilio_shows_the_time_or_not() {
    for shown in [Some(0), None] {
        let mut trip = Trip::asked().await;
        let before = trip.listed();
        trip.moves_to(day("18:58"));
        trip.lists(before + 1).await;
        trip.clock_is("ok").await;
        trip.twilio_shows(shown);
        trip.steps(-HOURS_26);
        trip.clock_is("degraded").await;
        assert_eq!(trip.alerts(), 0);
        trip.moves_to(day("19:00"));
        trip.passes(Duration::from_secs(10));
        trip.is_alarmed().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_slept_alerts_as_soon_as_twilio_confirms_its_clock() {
    let mut trip = Trip::asked().await;
    trip.clock_is("ok").await;
    trip.sleeps(day("19:05").since(trip.now()));
    trip.is_alarmed().await;
    trip.clock_is("ok").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_twilio_that_shows_a_time_that_has_passed_delays_no_alert() {
    let mut trip = Trip::asked().await;
    trip.clock_is("ok").await;
    trip.twilio_shows(Some(-3 * 3_600));
    // Two answers are needed, and one that is under way while time jumps seems too slow to count.
    while trip.clock().await.as_deref() != Some("degraded") {
        assert!(trip.now() < day("18:57"), "the wrong time is found out");
        let before = trip.listed();
        trip.passes(MINUTE * 3);
        trip.lists(before + 1).await;
    }
    assert_eq!(trip.alerts(), 0);
    trip.moves_to(day("19:00"));
    trip.passes(Duration::from_secs(10));
    trip.is_alarmed().await;
}
