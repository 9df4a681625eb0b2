//! What only SQLite says in this way. Another engine has a file of the same names.

use diesel::{
    Connection as _, ExpressionMethods as _, QueryDsl as _, QueryResult, QueryableByName, RunQueryDsl as _,
    delete, sql_query,
    sql_types::{BigInt, Text},
};

use super::{Connection, Held, schema::counters};

/// How many forgotten counters go with each new count, so that they never pile up and no count is slow.
const COUNTERS_SWEPT_AT_ONCE: i64 = 4;

/// Diesel's name of the database, for queries that are put together at run time.
pub(crate) type Backend = diesel::sqlite::Sqlite;

/// The column of a hiker's number, and the same in a form that no index serves: the unary plus.
pub(crate) const PHONE: [&str; 2] = ["phone", "+phone"];

/// The column of a hiker's name without regard to case, with and without its index.
pub(crate) const TRAIL_NAME: [&str; 2] = ["trail_name COLLATE NOCASE", "+trail_name COLLATE NOCASE"];

/// The column of a text's state, without its index.
pub(crate) const STATE_WITHOUT_INDEX: &str = "+state";

/// The earliest pending text of each recipient, if it is due; a text that may not be sent yet keeps none waiting. The
/// words in the text of the statement, and not bound, are what lets SQLite use the partial indexes. Binds the class, the
/// instant twice and how many.
pub(crate) const DUE: &str = "FROM messages m INDEXED BY messages_due \
     WHERE m.state = 'queued' AND m.class = ? AND m.next_attempt_at <= ? AND NOT EXISTS ( \
     SELECT 1 FROM messages e INDEXED BY messages_pending_phone \
     WHERE e.phone = m.phone AND e.class = m.class AND e.id < m.id AND e.not_before <= ? \
     AND e.state IN ('queued', 'sending')) ORDER BY m.next_attempt_at, m.id LIMIT ?";

/// One queued text that is due. Binds the class and the instant.
pub(crate) const ANY_DUE: &str = "SELECT id FROM messages INDEXED BY messages_due \
     WHERE state = 'queued' AND class = ? AND next_attempt_at <= ? LIMIT 1";

/// Alarms that wait for a moment after this one. Binds the instant.
pub(crate) const FAR_ALARMS: &str = "SELECT id FROM messages INDEXED BY messages_due \
     WHERE state = 'queued' AND class = 'alarm' AND next_attempt_at > ? LIMIT 500";

/// Texts whose lease has ended. Binds the instant and how many.
pub(crate) const STRANDED: &str = "FROM messages m INDEXED BY messages_leased \
     WHERE m.state = 'sending' AND m.lease_until <= ? ORDER BY m.id LIMIT ?";

/// What a replaced key ring makes worthless, at most 140 rows of each kind. `?1` is the instant.
const VOIDED: [&str; 7] = [
    "UPDATE sessions SET ended_at = ?1, end_reason = 'keys_replaced', successor = NULL, revision = revision + 1 \
     WHERE id IN (SELECT id FROM sessions WHERE ended_at IS NULL LIMIT 140) AND ended_at IS NULL",
    "UPDATE admin_sessions SET ended_at = ?1 \
     WHERE id IN (SELECT id FROM admin_sessions WHERE ended_at IS NULL LIMIT 140) AND ended_at IS NULL",
    "UPDATE phone_codes SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_codes WHERE ended_at IS NULL LIMIT 140) AND ended_at IS NULL",
    "UPDATE phone_word_sets SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_word_sets WHERE ended_at IS NULL LIMIT 140) AND ended_at IS NULL",
    "UPDATE pending_actions SET ended_at = ?1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM pending_actions WHERE ended_at IS NULL LIMIT 140) AND ended_at IS NULL",
    "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM messages WHERE sealed IS NOT NULL LIMIT 140) AND sealed IS NOT NULL",
    "UPDATE mails SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = iif(state IN ('queued', 'sending'), ?1, state_at), \
     error = iif(state IN ('queued', 'sending'), 'keys replaced', error), \
     state = iif(state IN ('queued', 'sending'), 'failed', state) \
     WHERE id IN (SELECT id FROM mails WHERE sealed IS NOT NULL LIMIT 140) AND sealed IS NOT NULL",
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

/// Forgets a few counters whose time is over, the oldest first.
pub(crate) fn sweep_counters(connection: &mut Connection, now: i64) -> QueryResult<()> {
    let over: Vec<(String, Vec<u8>)> = counters::table
        .filter(counters::forget_at.le(now))
        .order(counters::forget_at)
        .limit(COUNTERS_SWEPT_AT_ONCE)
        .select((counters::scope, counters::key))
        .load(connection)?;
    for (scope, key) in over {
        delete(counters::table.find((scope, key))).execute(connection)?;
    }
    Ok(())
}

/// Keeps others from changing a row until the commit: there is one writer and no other.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn hold(_connection: &mut Connection, _row: Held<'_>) -> QueryResult<()> {
    Ok(())
}

/// Those of these rows that no other write holds: all of them, as there is one writer.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn free(
    _connection: &mut Connection,
    _table: &'static str,
    ids: Vec<i64>,
) -> QueryResult<Vec<i64>> {
    Ok(ids)
}

/// There is one writer, so no other task changes the hiker.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn holds_hiker_of(_connection: &mut Connection, _text: i64) -> QueryResult<bool> {
    Ok(true)
}

/// No text became unwanted while it was being looked for: no other task writes.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn unwanted_by_now(
    _connection: &mut Connection,
    _condition: &str,
    _texts: Vec<i64>,
) -> QueryResult<Vec<i64>> {
    Ok(Vec::new())
}

/// Runs a read whose statements all see the same commits.
#[expect(clippy::disallowed_methods, reason = "what only reads never upgrades")]
pub(crate) fn in_one_snapshot<T>(
    connection: &mut Connection,
    query: impl FnOnce(&mut Connection) -> QueryResult<T>,
) -> QueryResult<T> {
    connection.transaction(query)
}

/// How a hiker's name is written where names are compared without regard to case.
pub(crate) fn folded(name: &str) -> String {
    name.to_owned()
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
