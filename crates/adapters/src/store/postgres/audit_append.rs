//! Appending to the audit log, in the commit of what it tells. The row gets its number and hash when it is sealed: a
//! chain that every commit continued would let one commit after the other through.

use diesel::{
    QueryResult, RunQueryDsl as _, sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_domain::audit::{AuditEvent, Subject};

use super::{Connection, audit_entry::Entry};

/// Appends `events`. `stored` is whom [`Subject::Stored`] stands for: the row that this commit wrote.
pub(crate) fn append(
    connection: &mut Connection,
    events: &[AuditEvent],
    stored: Option<Subject>,
) -> QueryResult<()> {
    for event in events {
        let row = Entry::of(0, event, stored);
        sql_query("INSERT INTO audit_inbox (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind::<BigInt, _>(row.at)
            .bind::<Text, _>(row.actor)
            .bind::<Text, _>(row.action)
            .bind::<Text, _>(row.subject)
            .bind::<Text, _>(row.detail)
            .execute(connection)?;
    }
    Ok(())
}
