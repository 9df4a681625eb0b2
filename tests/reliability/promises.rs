//! Twenty promises with one time, killed around every stage of it, while hikers say BACK.

use std::{collections::BTreeSet, path::Path, process::Output};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_testkit::{eventually, eventually_holds, service::Service};

use super::{
    dice::Dice,
    effort::{self, figure},
};

const HIKERS: usize = 20;

/// A phone whose texts move the clock.
pub(super) const STRANGER: &str = "+61491570156";

/// The stages of a promise to be out by six, each a few seconds after it is due.
const STAGES: [&str; 7] = [
    "2030-01-10T08:03:00+11:00",
    "2030-01-10T17:00:10+11:00",
    "2030-01-10T18:00:10+11:00",
    "2030-01-10T18:30:10+11:00",
    "2030-01-10T19:00:10+11:00",
    "2030-01-10T20:00:10+11:00",
    "2030-01-10T22:00:10+11:00",
];

/// What no order of kills may leave behind, each with a query that finds it.
const NEVER: [(&str, &str); 6] = [
    (
        "an alert was queued twice for one contact",
        "SELECT d.id || ' ' || m.phone AS found FROM messages m JOIN deadlines d ON d.id = m.deadline_id \
         WHERE m.body LIKE '%ALERT _ of 3%' GROUP BY d.id, m.phone, substr(m.body, 1, 30) HAVING count(*) > 1",
    ),
    (
        "a text of an alarm was queued after the end",
        "SELECT m.body AS found FROM messages m JOIN deadlines d ON d.id = m.deadline_id \
         WHERE m.class = 'alarm' AND d.closed_at IS NOT NULL AND m.created_at > d.closed_at",
    ),
    (
        "a text of an alarm waits after the end",
        "SELECT m.body AS found FROM messages m JOIN deadlines d ON d.id = m.deadline_id \
         WHERE d.closed_at IS NOT NULL AND m.state = 'queued'",
    ),
    (
        "a stage of a closed promise has no end",
        "SELECT s.stage AS found FROM deadline_stages s JOIN deadlines d ON d.id = s.deadline_id \
         WHERE d.closed_at IS NOT NULL AND s.outcome IS NULL",
    ),
    (
        "a stage whose time has passed has no end",
        "SELECT s.stage AS found FROM deadline_stages s WHERE s.outcome IS NULL",
    ),
    (
        "a contact whose alert may have left was not stood down once",
        "SELECT d.id || ' ' || m.phone AS found FROM deadlines d JOIN messages m ON m.deadline_id = d.id \
         WHERE d.closed_at IS NOT NULL AND m.class = 'alarm' AND m.body LIKE '%ALERT _ of 3%' AND m.state <> 'withheld' \
         GROUP BY d.id, m.phone HAVING (SELECT count(*) FROM messages e WHERE e.phone = m.phone \
         AND e.body LIKE '%STAND DOWN%' AND e.created_at = d.closed_at) <> 1",
    ),
];

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    found: String,
}

fn open(file: &Path) -> SqliteConnection {
    let mut db = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    db.batch_execute("PRAGMA busy_timeout = 20000; PRAGMA query_only = 1")
        .unwrap();
    db
}

fn count(service: &Service, from: &str) -> i64 {
    count_in(&service.database(), from)
}

/// How many rows there are in the file.
pub(super) fn count_in(file: &Path, from: &str) -> i64 {
    let query = format!("SELECT count(*) AS number FROM {from}");
    let number: Number = sql_query(query).get_result(&mut open(file)).unwrap();
    number.number
}

fn hiker(nth: usize) -> String {
    format!("+6149157{:04}", 1_000 + nth)
}

/// Texts the service from a phone of the simulator; after a kill there is no answer.
pub(super) fn phone(service: &Service, from: &str, body: &str, at: Option<&str>) -> Output {
    let mut words = vec!["phone", from, body, "--url", service.base_url()];
    words.extend(at.iter().flat_map(|at| ["--at", at]));
    service.run(&words)
}

pub(super) fn says(service: &Service, from: &str, body: &str) -> String {
    let output = phone(service, from, body, None);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Twenty hikers with two contacts each, who promise to be out by six.
async fn promised() -> Service {
    let many = [
        "LIMIT_SMS_PER_DAY",
        "LIMIT_CONTACTS_PER_HOUR",
        "LIMIT_SMS_PER_HOUR",
    ];
    let builder = Service::builder(env!("CARGO_BIN_EXE_thunderbird"));
    let builder = many.iter().fold(builder, |builder, limit| {
        builder.env(&format!("THUNDERBIRD_{limit}"), "100000")
    });
    let service = builder.start().await;
    phone(&service, STRANGER, "HELP", Some("2030-01-10T08:00:00+11:00"));
    for nth in 0..HIKERS {
        let own = hiker(nth);
        let mum = format!("SAFE +6149157{:04} Mum", 2_000 + nth);
        let dad = format!("SAFE +6149157{:04} Dad", 3_000 + nth);
        for body in ["START", "Sam", "1", &mum, &dad] {
            says(&service, &own, body);
        }
        let set = says(&service, &own, "OUT THU 6PM");
        assert!(set.starts_with("Set: out by"), "{set}");
    }
    service
}

/// Moves the clock to a stage and waits until it is over for every open promise.
async fn passes(service: &Service, at: &str) {
    let moved = phone(service, STRANGER, "HELP", Some(at));
    assert!(moved.status.success(), "{at}");
    eventually(at, async || {
        let now = micros(at);
        let waiting = format!(
            "deadline_stages s JOIN deadlines d ON d.id = s.deadline_id WHERE s.outcome IS NULL AND s.due_at <= {now}"
        );
        (count(service, &waiting) == 0).then_some(())
    })
    .await;
}

async fn nothing_waits(service: &Service) {
    eventually_holds("nothing waits", async || {
        count(service, "messages WHERE state IN ('queued', 'sending')") == 0
    })
    .await;
}

fn micros(at: &str) -> i64 {
    at.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_promises_are_watched_through_kills_around_their_time() {
    let mut service = promised().await;
    let mut dice = Dice::new();
    let kills = effort::of(1, 72);
    let (mut back, mut killed) = (BTreeSet::new(), 0);
    for at in STAGES {
        for _ in 0..kills {
            phone(&service, STRANGER, "HELP", Some(at));
            if dice.below(4) == 0 && back.len() < HIKERS / 2 {
                let own = hiker(dice.below(HIKERS));
                if says(&service, &own, "BACK").starts_with("Welcome back") {
                    back.insert(own);
                }
            }
            // The kill comes at a random moment.
            tokio::time::sleep(dice.moment(120)).await;
            service.kill();
            service.start_again().await;
            killed += 1;
        }
        passes(&service, at).await;
    }
    nothing_waits(&service).await;
    for nth in 0..HIKERS {
        says(&service, &hiker(nth), "BACK");
    }
    nothing_waits(&service).await;
    let mut db = open(&service.database());
    for (what, query) in NEVER {
        let found: Vec<Found> = sql_query(query).load(&mut db).unwrap();
        let found: Vec<String> = found.into_iter().map(|row| row.found).collect();
        assert_eq!(found, Vec::<String>::new(), "{what}");
    }
    for own in &back {
        let closed = format!("deadlines WHERE phone = '{own}' AND closed_how = 'back'");
        assert_eq!(count(&service, &closed), 1, "{own} was answered");
    }
    let broken = i64::try_from(HIKERS - back.len()).unwrap();
    let third = count(
        &service,
        "messages WHERE body LIKE '%ALERT 3 of 3%' AND state <> 'withheld'",
    );
    assert_eq!(
        third,
        2 * broken,
        "who did not say BACK was alerted for to the end"
    );
    figure(&format!(
        "{killed} kills around the seven stages of {HIKERS} promises: 0 stages twice, 0 alerts after an answered BACK ({} of \
         them), 0 unaccounted",
        back.len()
    ));
}
