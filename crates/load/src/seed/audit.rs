//! Lines of the audit log, each covering the one before, as `thunderbird audit verify` follows them.

use diesel::{
    QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use sha2::{Digest as _, Sha256};

const ACTION: &str = "account.registered";
const ANONYMOUS: &str = "anonymous";
const DETAIL: &str = "{}";

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// Appends what registering so many accounts would have left.
pub fn registered(connection: &mut SqliteConnection, accounts: u64, at: i64) {
    let newest: Newest = sql_query(
        "SELECT id, hash FROM (SELECT id, hash FROM audit_log UNION ALL SELECT last_id, hash FROM audit_anchor) \
         ORDER BY id DESC LIMIT 1",
    )
    .get_result(connection)
    .unwrap();
    let (first, mut hash) = (newest.id + 1, newest.hash);
    connection.batch_execute("BEGIN IMMEDIATE").unwrap();
    for id in first..first + i64::try_from(accounts).unwrap() {
        let subject = format!("account:{}", id - first + 2);
        hash = chained(&hash, (id, at), &subject);
        sql_query("INSERT INTO audit_log (id, at, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind::<BigInt, _>(id)
            .bind::<BigInt, _>(at)
            .bind::<Text, _>(ANONYMOUS)
            .bind::<Text, _>(ACTION)
            .bind::<Text, _>(subject)
            .bind::<Text, _>(DETAIL)
            .bind::<Binary, _>(&hash)
            .execute(connection)
            .unwrap();
    }
    connection.batch_execute("COMMIT").unwrap();
}

fn chained(previous: &[u8], (id, at): (i64, i64), subject: &str) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(id.to_be_bytes());
    hasher.update(at.to_be_bytes());
    for text in [ANONYMOUS, ACTION, subject, DETAIL] {
        hasher.update(u64::try_from(text.len()).unwrap().to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_vec()
}
