//! The messages table, seen and written from outside the service, as the command line does.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use thunderbird_testkit::{eventually, service::Service};

/// A text to queue.
pub struct Queued {
    to: String,
    body: String,
    class: &'static str,
    life: Duration,
}

impl Queued {
    pub fn notice(to: &str, body: &str) -> Self {
        Self {
            to: to.to_owned(),
            body: body.to_owned(),
            class: "notice",
            life: Duration::from_hours(6),
        }
    }

    pub fn safety(to: &str, body: &str) -> Self {
        Self {
            class: "safety",
            life: Duration::from_hours(24),
            ..Self::notice(to, body)
        }
    }
}

/// The messages of one service's database.
pub struct Rows(PathBuf);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
}

static NEXT_TAG: AtomicU64 = AtomicU64::new(1);

impl Rows {
    pub fn of(service: &Service) -> Self {
        Self(service.database())
    }

    fn connect(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.0.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
        connection
    }

    /// Queues texts in one short transaction.
    pub fn queue(&self, texts: &[Queued]) {
        let mut connection = self.connect();
        let now = i64::try_from(now().as_micros()).unwrap();
        connection.batch_execute("BEGIN IMMEDIATE").unwrap();
        for text in texts {
            let tag = u128::from(NEXT_TAG.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
            sql_query(
                "INSERT INTO messages (tag, direction, phone, class, state, body, not_before, next_attempt_at, \
                 expires_at, state_at, created_at) VALUES (?, 'out', ?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
            )
            .bind::<Binary, _>(tag.as_slice())
            .bind::<Text, _>(&text.to)
            .bind::<Text, _>(text.class)
            .bind::<Text, _>(&text.body)
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now + i64::try_from(text.life.as_micros()).unwrap())
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(now)
            .execute(&mut connection)
            .unwrap();
        }
        connection.batch_execute("COMMIT").unwrap();
    }

    /// State and attempts of every text we send, in the order of queueing.
    pub fn states(&self) -> Vec<(String, i64)> {
        let rows: Vec<Row> = sql_query(
            "SELECT state, attempts FROM messages WHERE direction = 'out' AND state <> 'replied' ORDER BY id",
        )
        .load(&mut self.connect())
        .unwrap();
        rows.into_iter().map(|row| (row.state, row.attempts)).collect()
    }

    /// Waits until no text waits or is under way any more.
    pub async fn wait_for_the_end(&self) -> Vec<(String, i64)> {
        eventually("the end of every text", async || self.ended()).await
    }

    /// The states, if no text waits or is under way.
    pub fn ended(&self) -> Option<Vec<(String, i64)>> {
        let states = self.states();
        let is_open = |(state, _): &(String, i64)| state == "queued" || state == "sending";
        (!states.iter().any(is_open)).then_some(states)
    }

    /// Makes every waiting text due now, as if its pause were over.
    pub fn hurry(&self) {
        sql_query("UPDATE messages SET next_attempt_at = not_before WHERE state = 'queued'")
            .execute(&mut self.connect())
            .unwrap();
    }
}

fn now() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rows are for a service with the real clock"
    )]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}
