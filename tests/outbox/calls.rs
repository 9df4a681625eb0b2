//! Calls meet every kind of failure: each ends taken over or in a state that is seen, and is repeated only after an
//! attempt whose result is unknown.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

use super::builder;

/// Phones of each kind; the first call to each meets the fault.
const PHONES: usize = 50;

fn number(kind: usize, place: usize) -> String {
    format!("+6149{:07}", 1_570_000 + kind * 100 + place)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
}

fn connect(service: &Service) -> SqliteConnection {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    db.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
    db
}

/// Queues a call of every kind for each of its phones, in one transaction.
fn queue(service: &Service) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rows are for a service with the real clock"
    )]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_micros()).unwrap();
    let mut db = connect(service);
    db.batch_execute("BEGIN IMMEDIATE").unwrap();
    for kind in 0..Fault::KINDS.len() {
        for place in 0..PHONES {
            let tag = u128::try_from(kind * 1_000 + place + 1).unwrap().to_be_bytes();
            sql_query(
                "INSERT INTO calls (tag, phone, state, words, next_attempt_at, expires_at, state_at, created_at) \
                 VALUES (?, ?, 'queued', 'Sam is overdue.', ?, ?, ?, ?)",
            )
            .bind::<Binary, _>(tag.as_slice())
            .bind::<Text, _>(number(kind, place))
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now + 3_600_000_000)
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now)
            .execute(&mut db)
            .unwrap();
        }
    }
    db.batch_execute("COMMIT").unwrap();
}

fn calls(service: &Service) -> Vec<Row> {
    sql_query("SELECT phone, state, attempts FROM calls ORDER BY id")
        .load(&mut connect(service))
        .unwrap()
}

/// Waits for the end of every call. Pauses between attempts are cut short.
async fn run_to_the_end(service: &Service) -> Vec<Row> {
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut db = connect(service);
        sql_query("UPDATE calls SET next_attempt_at = created_at WHERE state = 'queued'")
            .execute(&mut db)
            .unwrap();
        let rows = calls(service);
        if !rows
            .iter()
            .any(|row| row.state == "queued" || row.state == "sending")
        {
            return rows;
        }
    }
    panic!("stuck after 300 s")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_failure_of_a_call_ends_well_or_visibly_and_without_needless_repeats() {
    let twilio = FakeTwilio::start().await;
    let mut service = builder(&twilio).env("THUNDERBIRD_VOICE", "on").start().await;
    for (kind, fault) in Fault::KINDS.into_iter().enumerate() {
        for place in 0..PHONES {
            twilio.script_calls_to(&number(kind, place), [fault]);
        }
    }
    queue(&service);
    // Some have their result and others are under way.
    eventually_holds("calls to be under way", async || twilio.calls().len() >= PHONES).await;
    service.kill();
    let under_way: Vec<String> = calls(&service)
        .into_iter()
        .filter(|row| row.state == "sending")
        .map(|row| row.phone)
        .collect();
    service.start_again().await;
    let rows = run_to_the_end(&service).await;
    assert_eq!(rows.len(), Fault::KINDS.len() * PHONES);
    for (kind, fault) in Fault::KINDS.into_iter().enumerate() {
        for place in 0..PHONES {
            let number = number(kind, place);
            let row = rows.iter().find(|row| row.phone == number).unwrap();
            let placed = twilio.placed_calls_to(&number).len();
            let what = format!(
                "{fault:?}: {} after {} attempts, {placed} placed",
                row.state, row.attempts
            );
            if matches!(fault, Fault::Refused(_)) {
                assert_eq!((row.state.as_str(), placed), ("failed", 0), "{what}");
            } else {
                // The kill makes the result of what was under way unknown, so that may come once more.
                let most = 1 + usize::from(fault.is_ambiguous()) + usize::from(under_way.contains(&number));
                assert_eq!(row.state, "accepted", "{what}");
                assert!((1..=most).contains(&placed), "{what}; at most {most}");
            }
        }
    }
}
