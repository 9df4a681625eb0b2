//! Sending through the real binary and a Twilio that misbehaves: nothing is lost, nothing is sent twice without need,
//! nothing is sent to who said STOP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod calls;
mod faults;
mod rows;
mod status;

use std::time::Duration;

use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::{FakeTwilio, Fault},
    service::{Service, ServiceBuilder},
};

use self::rows::{Queued, Rows};

const ADA: &str = "+61491570006";
const BEN: &str = "+61491570157";

async fn service(twilio: &FakeTwilio) -> Service {
    builder(twilio).start().await
}

fn builder(twilio: &FakeTwilio) -> ServiceBuilder {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LIMIT_SMS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_SMS_PER_RECIPIENT_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LIMIT_CHECKINS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_DAY", "1000000")
        .env("THUNDERBIRD_LIMIT_CONTACTS_PER_HOUR", "1000000")
        .env("THUNDERBIRD_LOG", "info")
        .twilio(twilio)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queued_text_reaches_twilio_as_documented() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    Rows::of(&service).queue(&[Queued::notice(ADA, "hello")]);
    let texts = twilio.wait_for(1).await;
    let names: Vec<&str> = texts[0]
        .parameters
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["To", "From", "Body", "StatusCallback", "ValidityPeriod"]);
    assert_eq!((texts[0].to.as_str(), texts[0].body.as_str()), (ADA, "hello"));
    let callback = service.url("/webhook/sms/status");
    assert_eq!(texts[0].parameter("StatusCallback"), Some(callback.as_str()));
    let life: u64 = texts[0].parameter("ValidityPeriod").unwrap().parse().unwrap();
    assert!((21_500..=21_600).contains(&life), "{life}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refused_contact_does_not_keep_the_other_from_being_told() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    twilio.script_for(ADA, [Fault::Refused(21_610)]);
    let rows = Rows::of(&service);
    rows.queue(&[Queued::safety(ADA, "at camp"), Queued::safety(BEN, "at camp")]);
    let states = rows.wait_for_the_end().await;
    assert_eq!(states, [("failed".to_owned(), 1), ("accepted".to_owned(), 1)]);
    assert_eq!(twilio.accepted_for(BEN).len(), 1);
    rows.queue(&[Queued::safety(ADA, "at the next camp")]);
    assert_eq!(
        rows.wait_for_the_end().await.pop().unwrap(),
        ("withheld".to_owned(), 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_claimed_after_a_stop() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    twilio.answer_after(Duration::from_millis(30));
    let rows = Rows::of(&service);
    let queue: Vec<_> = (0..100)
        .map(|number| Queued::notice(ADA, &number.to_string()))
        .collect();
    rows.queue(&queue);
    twilio.wait_for(5).await;
    let answer = service.text(ADA, "STOP").await;
    assert_eq!(answer.status, 200);
    let handed = twilio.received().len();
    let states = rows.wait_for_the_end().await;
    let sent = states.iter().filter(|(state, _)| state == "accepted").count();
    let withheld = states
        .iter()
        .filter(|(state, attempts)| state == "withheld" && *attempts == 0)
        .count();
    assert_eq!(sent + withheld, 100, "{states:?}");
    let total = twilio.received().len();
    assert!(
        total <= handed + 1,
        "at most the one that was under way when STOP was stored"
    );
    assert_eq!(sent, total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn safety_waits_for_nothing_that_hangs() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let stuck: Vec<_> = (0..300)
        .map(|n| Queued::notice(&format!("+614915{n:05}"), "notice"))
        .collect();
    twilio.script(std::iter::repeat_n(Fault::Hang, 128));
    let rows = Rows::of(&service);
    rows.queue(&stuck);
    eventually_holds("128 notices to be under way", async || {
        twilio.received().len() >= 128
    })
    .await;
    rows.queue(&[Queued::safety(ADA, "overdue")]);
    let waited = tokio::time::timeout(Duration::from_secs(4), twilio.wait_for(1)).await;
    assert_eq!(
        waited.expect("while 128 notices hang").first().unwrap().body,
        "overdue"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_is_finished_before_the_end() {
    let twilio = FakeTwilio::start().await;
    let mut service = service(&twilio).await;
    twilio.answer_after(Duration::from_secs(1));
    let rows = Rows::of(&service);
    rows.queue(&[Queued::notice(ADA, "hello")]);
    eventually_holds("the text to be under way", async || !twilio.received().is_empty()).await;
    assert!(service.terminate().await.success());
    assert_eq!(rows.states(), [("accepted".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_read_stops_nobody_else() {
    let twilio = FakeTwilio::start().await;
    let service = service(&twilio).await;
    let rows = Rows::of(&service);
    rows.queue(&[Queued::safety("nobody", "lost"), Queued::safety(ADA, "found")]);
    let states = rows.wait_for_the_end().await;
    assert_eq!(states, [("failed".to_owned(), 0), ("accepted".to_owned(), 1)]);
}
