//! What only SQLite says in this way. Another engine has a file of the same names.

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{BigInt, Text},
};

use super::Connection;

/// Diesel's name of the database, for queries that are put together at run time.
pub(crate) type Backend = diesel::sqlite::Sqlite;

/// The column of a hiker's number, and the same in a form that no index serves: the unary plus.
pub(crate) const PHONE: [&str; 2] = ["phone", "+phone"];

/// The column of a hiker's name without regard to case, with and without its index.
pub(crate) const TRAIL_NAME: [&str; 2] = ["trail_name COLLATE NOCASE", "+trail_name COLLATE NOCASE"];

/// The column of a text's state, without its index.
pub(crate) const STATE_WITHOUT_INDEX: &str = "+state";

/// What a replaced key ring makes worthless, at most 140 rows of each kind. `?1` is the instant.
const VOIDED: [&str; 7] = [
    "UPDATE sessions SET ended_at = ?1, end_reason = 'keys_replaced', successor = NULL, revision = revision + 1 \
     WHERE id IN (SELECT id FROM sessions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE admin_sessions SET ended_at = ?1 \
     WHERE id IN (SELECT id FROM admin_sessions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE phone_codes SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_codes WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE phone_word_sets SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_word_sets WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE pending_actions SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM pending_actions WHERE ended_at IS NULL LIMIT 140)",
    "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM messages WHERE sealed IS NOT NULL LIMIT 140)",
    "UPDATE mails SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     error = iif(state IN ('queued', 'sending'), 'keys replaced', error), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM mails WHERE sealed IS NOT NULL LIMIT 140)",
];

/// Voids what a replaced key ring makes worthless; says how many rows that were.
pub(crate) fn void_secrets(connection: &mut Connection, at: i64) -> QueryResult<usize> {
    let mut changed = 0_usize;
    for statement in VOIDED {
        let rows = sql_query(statement).bind::<BigInt, _>(at).execute(connection)?;
        changed = changed.saturating_add(rows);
    }
    Ok(changed)
}

/// Forgets the sealed words of at most 500 texts whose secret has expired; says of how many.
pub(crate) fn erase_sealed(connection: &mut Connection, now: i64) -> QueryResult<usize> {
    sql_query(
        "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL WHERE id IN \
         (SELECT id FROM messages INDEXED BY messages_sealed WHERE sealed IS NOT NULL AND sealed_until <= ? LIMIT 500)",
    )
    .bind::<BigInt, _>(now)
    .execute(connection)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The highest number that a row of the audit log ever had, whether it is still there or not.
pub(crate) fn highest_audit_id(connection: &mut Connection) -> QueryResult<i64> {
    let given: Number =
        sql_query("SELECT coalesce(max(seq), 0) AS value FROM sqlite_sequence WHERE name = 'audit_log'")
            .get_result(connection)?;
    Ok(given.value)
}

/// Forgets an account's row as the Python version left it. An adopted database keeps those rows, under the same ids.
pub(crate) fn forget_adopted_account(connection: &mut Connection, id: i64) -> QueryResult<()> {
    let copies: Number =
        sql_query("SELECT count(*) AS value FROM sqlite_schema WHERE type = 'table' AND name = ?")
            .bind::<Text, _>("legacy_accounts")
            .get_result(connection)?;
    if copies.value == 1 {
        sql_query("DELETE FROM legacy_accounts WHERE id = ?")
            .bind::<BigInt, _>(id)
            .execute(connection)?;
    }
    Ok(())
}
