//! Moves what commits appended to the audit log into it, one row after the other: dense numbers, one chain of hashes.

use diesel::{
    ExpressionMethods as _, QueryResult, QueryableByName, RunQueryDsl as _, insert_into, sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    Connection, Key, Keys,
    audit_entry::{self, Entry},
    schema::audit_log,
};

/// Rows that one transaction moves.
const AT_ONCE: usize = 500;

#[derive(QueryableByName)]
struct Event {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    detail: String,
}

/// One sealer at a time.
pub(super) fn keys() -> Keys {
    Keys::on([Key::AuditLog])
}

/// Seals the oldest events; true if there may be more. What is committed later is sealed later, whatever its number in
/// the inbox is.
pub(super) fn some(connection: &mut Connection) -> QueryResult<bool> {
    let mut events: Vec<Event> = sql_query(format!(
        "DELETE FROM audit_inbox WHERE id IN (SELECT id FROM audit_inbox ORDER BY id LIMIT {AT_ONCE}) \
         RETURNING id, at, actor, action, subject, detail"
    ))
    .load(connection)?;
    if events.is_empty() {
        return Ok(false);
    }
    events.sort_unstable_by_key(|event| event.id);
    let count = events.len();
    let (mut id, mut hash) = audit_entry::newest(connection)?;
    let mut rows = Vec::with_capacity(count);
    for event in events {
        id = id.saturating_add(1);
        let entry = Entry {
            id,
            at: event.at,
            actor: event.actor,
            action: event.action,
            subject: event.subject,
            detail: event.detail,
        };
        hash = entry.chained(&hash);
        rows.push((
            audit_log::id.eq(entry.id),
            audit_log::at.eq(entry.at),
            audit_log::actor.eq(entry.actor),
            audit_log::action.eq(entry.action),
            audit_log::subject.eq(entry.subject),
            audit_log::detail.eq(entry.detail),
            audit_log::hash.eq(hash.clone()),
        ));
    }
    insert_into(audit_log::table).values(rows).execute(connection)?;
    sql_query("UPDATE audit_sealed SET last_id = $1")
        .bind::<BigInt, _>(id)
        .execute(connection)?;
    Ok(count == AT_ONCE)
}
