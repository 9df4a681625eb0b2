//! Sessions whose refresh tokens are known here, so that a thousand accounts are signed in without a single hash.

use std::path::Path;

use diesel::{
    QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Binary},
};
use thunderbird_domain::account::OpaqueToken;

use super::{FEW, open};
use crate::random::Numbers;

/// How many accounts are signed in.
const SESSIONS: u64 = FEW;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Starts a session for accounts spread over all there are; their refresh tokens.
pub fn sessions(path: &Path, numbers: &mut Numbers, now: i64) -> Vec<String> {
    let mut connection = open(path);
    let accounts: Vec<Id> = sql_query(
        "WITH every (step) AS (SELECT max(1, (SELECT max(id) FROM accounts) / ?)) \
         SELECT id FROM accounts, every WHERE id % step = 0 AND email LIKE 'hiker-%' LIMIT ?",
    )
    .bind::<BigInt, _>(i64::try_from(SESSIONS).unwrap())
    .bind::<BigInt, _>(i64::try_from(SESSIONS).unwrap())
    .load(&mut connection)
    .unwrap();
    connection.batch_execute("BEGIN IMMEDIATE").unwrap();
    let tokens = accounts
        .into_iter()
        .map(|account| session(&mut connection, account.id, numbers, now))
        .collect();
    connection.batch_execute("COMMIT").unwrap();
    tokens
}

fn session(connection: &mut SqliteConnection, account: i64, numbers: &mut Numbers, now: i64) -> String {
    let parts: Vec<String> = (0..4).map(|_| format!("{:016x}", numbers.next())).collect();
    let token = parts.concat();
    let digest = OpaqueToken::parse(&token).unwrap().digest();
    let id: Id = sql_query(
        "INSERT INTO sessions (tag, account_id, user_agent, created_at, last_seen_at, expires_at, idle_expires_at, \
         generation, used_generation, revision) VALUES (randomblob(16), ?, 'load', ?, ?, ?, ?, 1, 0, 1) RETURNING id",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(now + 2_592_000_000_000)
    .bind::<BigInt, _>(now + 1_209_600_000_000)
    .get_result(connection)
    .unwrap();
    sql_query("INSERT INTO refresh_tokens (session_id, generation, digest, created_at) VALUES (?, 1, ?, ?)")
        .bind::<BigInt, _>(id.id)
        .bind::<Binary, _>(digest.as_bytes().as_slice())
        .bind::<BigInt, _>(now)
        .execute(connection)
        .unwrap();
    token
}
