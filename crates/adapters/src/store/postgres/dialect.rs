//! What only PostgreSQL says in this way. Another engine has a file of the same names.

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{Array, BigInt, Binary, Text},
};

use super::{Connection, Held};

/// Diesel's name of the database, for queries that are put together at run time.
pub(crate) type Backend = diesel::pg::Pg;

/// The column of a hiker's number, and the same in a form that no index serves.
pub(crate) const PHONE: [&str; 2] = ["phone", "(phone || '')"];

/// The column of a hiker's name without regard to case, with and without its index.
pub(crate) const TRAIL_NAME: [&str; 2] = ["lower(trail_name)", "(lower(trail_name) || '')"];

/// The column of a text's state, without its index.
pub(crate) const STATE_WITHOUT_INDEX: &str = "(state || '')";

/// The earliest pending text of each recipient, if it is due; a text that may not be sent yet keeps none waiting. A text
/// that another transaction is changing is passed over: it is claimed by the next. Binds the class, the instant twice and
/// how many.
pub(crate) const DUE: &str = "FROM messages m \
     WHERE m.state = 'queued' AND m.class = $1 AND m.next_attempt_at <= $2 AND NOT EXISTS ( \
     SELECT 1 FROM messages e \
     WHERE e.phone = m.phone AND e.class = m.class AND e.id < m.id AND e.not_before <= $3 \
     AND e.state IN ('queued', 'sending')) ORDER BY m.next_attempt_at, m.id LIMIT $4 FOR UPDATE OF m SKIP LOCKED";

/// One queued text that is due. Binds the class and the instant.
pub(crate) const ANY_DUE: &str =
    "SELECT id FROM messages WHERE state = 'queued' AND class = $1 AND next_attempt_at <= $2 LIMIT 1";

/// Alarms that wait for a moment after this one. Binds the instant.
pub(crate) const FAR_ALARMS: &str =
    "SELECT id FROM messages WHERE state = 'queued' AND class = 'alarm' AND next_attempt_at > $1 LIMIT 500";

/// Texts whose lease has ended. Binds the instant and how many.
pub(crate) const STRANDED: &str = "FROM messages m \
     WHERE m.state = 'sending' AND m.lease_until <= $1 ORDER BY m.id LIMIT $2";

/// What a replaced key ring makes worthless, at most 140 rows of each kind. `$1` is the instant. A row that another write
/// holds is passed over: [`UNVOIDED`] says whether any is left.
const VOIDED: [&str; 7] = [
    "UPDATE sessions SET ended_at = $1, end_reason = 'keys_replaced', successor = NULL, revision = revision + 1 \
     WHERE id IN (SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND ended_at IS NULL",
    "UPDATE admin_sessions SET ended_at = $1 \
     WHERE id IN (SELECT id FROM admin_sessions WHERE ended_at IS NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND ended_at IS NULL",
    "UPDATE phone_codes SET ended_at = $1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_codes WHERE ended_at IS NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND ended_at IS NULL",
    "UPDATE phone_word_sets SET ended_at = $1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM phone_word_sets WHERE ended_at IS NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND ended_at IS NULL",
    "UPDATE pending_actions SET ended_at = $1, end_reason = 'keys_replaced' \
     WHERE id IN (SELECT id FROM pending_actions WHERE ended_at IS NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND ended_at IS NULL",
    "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = CASE WHEN state IN ('queued', 'sending') THEN $1 ELSE state_at END, \
     state = CASE WHEN state IN ('queued', 'sending') THEN 'failed' ELSE state END \
     WHERE id IN (SELECT id FROM messages WHERE sealed IS NOT NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND sealed IS NOT NULL",
    "UPDATE mails SET sealed = NULL, sealed_key = NULL, sealed_until = NULL, lease_until = NULL, \
     lease_tag = NULL, state_at = CASE WHEN state IN ('queued', 'sending') THEN $1 ELSE state_at END, \
     error = CASE WHEN state IN ('queued', 'sending') THEN 'keys replaced' ELSE error END, \
     state = CASE WHEN state IN ('queued', 'sending') THEN 'failed' ELSE state END \
     WHERE id IN (SELECT id FROM mails WHERE sealed IS NOT NULL ORDER BY id LIMIT 140 FOR UPDATE SKIP LOCKED) AND sealed IS NOT NULL",
];

/// Whether anything is left that a replaced key ring makes worthless.
const UNVOIDED: &str = "SELECT (EXISTS (SELECT FROM sessions WHERE ended_at IS NULL) \
     OR EXISTS (SELECT FROM admin_sessions WHERE ended_at IS NULL) \
     OR EXISTS (SELECT FROM phone_codes WHERE ended_at IS NULL) \
     OR EXISTS (SELECT FROM phone_word_sets WHERE ended_at IS NULL) \
     OR EXISTS (SELECT FROM pending_actions WHERE ended_at IS NULL) \
     OR EXISTS (SELECT FROM messages WHERE sealed IS NOT NULL) \
     OR EXISTS (SELECT FROM mails WHERE sealed IS NOT NULL))::int::bigint AS value";

/// Voids what a replaced key ring makes worthless; zero if nothing of it is left.
pub(crate) fn void_secrets(connection: &mut Connection, at: i64) -> QueryResult<usize> {
    let mut changed = 0_usize;
    for statement in VOIDED {
        let rows = sql_query(statement).bind::<BigInt, _>(at).execute(connection)?;
        changed = changed.saturating_add(rows);
    }
    if changed == 0 {
        let left: Number = sql_query(UNVOIDED).get_result(connection)?;
        return Ok(usize::from(left.value != 0));
    }
    Ok(changed)
}

/// Forgets the sealed words of at most 500 texts whose secret has expired; says of how many.
pub(crate) fn erase_sealed(connection: &mut Connection, now: i64) -> QueryResult<usize> {
    sql_query(
        "UPDATE messages SET sealed = NULL, sealed_key = NULL, sealed_until = NULL WHERE id IN \
         (SELECT id FROM messages WHERE sealed IS NOT NULL AND sealed_until <= $1 LIMIT 500 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<BigInt, _>(now)
    .execute(connection)
}

/// Forgets a few counters whose time is over, the oldest first. One that another write is counting on is passed over, and
/// so is one that it has just begun again.
pub(crate) fn sweep_counters(connection: &mut Connection, now: i64) -> QueryResult<()> {
    sql_query(
        "DELETE FROM counters WHERE ctid = ANY (ARRAY(SELECT ctid FROM counters WHERE forget_at <= $1 \
         ORDER BY forget_at LIMIT 4 FOR UPDATE SKIP LOCKED))",
    )
    .bind::<BigInt, _>(now)
    .execute(connection)
    .map(|_| ())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Holds what waits on behalf of a hiker.
fn waiting_of(connection: &mut Connection, table: &str, hiker: i64) -> QueryResult<usize> {
    let rows =
        format!("SELECT id FROM {table} WHERE user_id = $1 AND state = 'queued' ORDER BY id FOR UPDATE");
    sql_query(rows).bind::<BigInt, _>(hiker).execute(connection)
}

/// Holds what waits for a number.
fn waiting_to(connection: &mut Connection, table: &str, phone: &str) -> QueryResult<usize> {
    let rows = format!("SELECT id FROM {table} WHERE phone = $1 AND state = 'queued' ORDER BY id FOR UPDATE");
    sql_query(rows).bind::<Text, _>(phone).execute(connection)
}

/// Holds the mails to contacts of which this column has this value.
fn mails_to_contacts(connection: &mut Connection, column: &str, value: i64) -> QueryResult<usize> {
    let rows = format!(
        "SELECT id FROM mails WHERE id IN (SELECT mail_id FROM contact_mails WHERE {column} = $1) \
         ORDER BY id FOR UPDATE"
    );
    sql_query(rows).bind::<BigInt, _>(value).execute(connection)
}

/// Keeps others from changing a row until the commit.
pub(crate) fn hold(connection: &mut Connection, row: Held<'_>) -> QueryResult<()> {
    let held = match row {
        Held::Text(id) => sql_query("SELECT id FROM messages WHERE id = $1 FOR UPDATE")
            .bind::<BigInt, _>(id)
            .execute(connection),
        Held::TextOf(sid) => sql_query(
            "SELECT id FROM messages \
             WHERE provider_sid = $1 AND provider_sid IS NOT NULL AND class IS NOT NULL FOR UPDATE",
        )
        .bind::<Text, _>(sid)
        .execute(connection),
        Held::Tagged(tag) => {
            sql_query("SELECT id FROM messages WHERE tag = $1 AND class IS NOT NULL FOR UPDATE")
                .bind::<Binary, _>(tag)
                .execute(connection)
        }
        Held::QueuedOf(hiker) => waiting_of(connection, "messages", hiker),
        Held::QueuedTo(phone) => waiting_to(connection, "messages", phone),
        Held::CallsOf(hiker) => waiting_of(connection, "calls", hiker),
        Held::CallsTo(phone) => waiting_to(connection, "calls", phone),
        Held::MailsOf(account) => {
            sql_query("SELECT id FROM mails WHERE account_id = $1 ORDER BY id FOR UPDATE")
                .bind::<BigInt, _>(account)
                .execute(connection)
        }
        Held::MailsAbout(deadline) => mails_to_contacts(connection, "deadline_id", deadline),
        Held::MailsFor(hiker) => mails_to_contacts(connection, "user_id", hiker),
        Held::OptOut(phone) => {
            sql_query("SELECT id FROM opt_outs WHERE phone = $1 AND ended_at IS NULL FOR UPDATE")
                .bind::<Text, _>(phone)
                .execute(connection)
        }
        // What refers to the hiker may still be written.
        Held::HikersOf(texts) => sql_query(
            "SELECT id FROM users WHERE id IN (SELECT user_id FROM messages WHERE id = ANY ($1)) \
             ORDER BY id FOR NO KEY UPDATE",
        )
        .bind::<Array<BigInt>, _>(texts)
        .execute(connection),
        Held::HikerOf(sid) => sql_query(
            "SELECT id FROM users WHERE id IN (SELECT user_id FROM messages \
             WHERE provider_sid = $1 AND provider_sid IS NOT NULL AND class IS NOT NULL) \
             ORDER BY id FOR NO KEY UPDATE",
        )
        .bind::<Text, _>(sid)
        .execute(connection),
        Held::InboundSid(sid) => sql_query("SELECT sid FROM inbound_sids WHERE sid = $1 FOR UPDATE")
            .bind::<Text, _>(sid)
            .execute(connection),
        Held::Request(owner, route, key) => sql_query(
            "SELECT id FROM idempotency_keys WHERE owner = $1 AND route = $2 AND key = $3 FOR UPDATE",
        )
        .bind::<Text, _>(owner)
        .bind::<Text, _>(route)
        .bind::<Text, _>(key)
        .execute(connection),
    };
    held.map(|_| ())
}

/// Those of these rows that no other write holds, held until the commit. A sweep takes only those, so it never waits for
/// another write and is part of no deadlock.
pub(crate) fn free(connection: &mut Connection, table: &'static str, ids: Vec<i64>) -> QueryResult<Vec<i64>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let rows: Vec<Number> = sql_query(format!(
        "SELECT id AS value FROM {table} WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED"
    ))
    .bind::<Array<BigInt>, _>(ids)
    .load(connection)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Keeps others from changing the hiker on whose behalf a text is sent; false if somebody does at this moment.
pub(crate) fn holds_hiker_of(connection: &mut Connection, text: i64) -> QueryResult<bool> {
    let busy: Number = sql_query(
        "WITH held AS (SELECT u.id FROM users u JOIN messages m ON m.user_id = u.id WHERE m.id = $1 \
         FOR NO KEY UPDATE OF u SKIP LOCKED) \
         SELECT count(*) AS value FROM messages m JOIN users u ON u.id = m.user_id \
         WHERE m.id = $1 AND NOT EXISTS (SELECT FROM held)",
    )
    .bind::<BigInt, _>(text)
    .get_result(connection)?;
    Ok(busy.value == 0)
}

/// Which of these texts, all of them held, became unwanted while they were being looked for: the statement that found
/// them sees the opt-outs of the moment at which it began.
pub(crate) fn unwanted_by_now(
    connection: &mut Connection,
    condition: &str,
    texts: Vec<i64>,
) -> QueryResult<Vec<i64>> {
    if texts.is_empty() {
        return Ok(texts);
    }
    let query = format!("SELECT m.id AS value FROM messages m WHERE m.id = ANY ($1) AND ({condition})");
    let gone: Vec<Number> = sql_query(query)
        .bind::<Array<BigInt>, _>(texts)
        .load(connection)?;
    Ok(gone.into_iter().map(|text| text.value).collect())
}

/// Runs a read whose statements all see the same commits.
pub(crate) fn in_one_snapshot<T>(
    connection: &mut Connection,
    query: impl FnOnce(&mut Connection) -> QueryResult<T>,
) -> QueryResult<T> {
    connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let found = query(connection);
    connection.batch_execute("ROLLBACK")?;
    found
}

/// How a hiker's name is written where names are compared without regard to case.
pub(crate) fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The highest number that a row of the audit log ever had, whether it is still there or not.
pub(crate) fn highest_audit_id(connection: &mut Connection) -> QueryResult<i64> {
    let given: Number = sql_query("SELECT last_id AS value FROM audit_sealed").get_result(connection)?;
    Ok(given.value)
}

/// Rows of the Python version are in an adopted SQLite file only.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn forget_adopted_account(_connection: &mut Connection, _id: i64) -> QueryResult<()> {
    Ok(())
}
