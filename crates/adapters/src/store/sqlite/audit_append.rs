//! Appending to the audit log, in the commit of what it tells. The one writer is what keeps two rows from one number.

use diesel::{ExpressionMethods as _, QueryResult, RunQueryDsl as _, insert_into};
use thunderbird_domain::audit::{AuditEvent, Subject};

use super::{
    Connection,
    audit_entry::{self, Entry},
    schema::audit_log,
};

/// Appends `events`. `stored` is whom [`Subject::Stored`] stands for: the row that this commit wrote.
pub(crate) fn append(
    connection: &mut Connection,
    events: &[AuditEvent],
    stored: Option<Subject>,
) -> QueryResult<()> {
    if events.is_empty() {
        return Ok(());
    }
    let (mut id, mut hash) = audit_entry::newest(connection)?;
    for event in events {
        id = id.saturating_add(1);
        let row = Entry::of(id, event, stored);
        hash = row.chained(&hash);
        insert_into(audit_log::table)
            .values((
                audit_log::id.eq(row.id),
                audit_log::at.eq(row.at),
                audit_log::actor.eq(row.actor),
                audit_log::action.eq(row.action),
                audit_log::subject.eq(row.subject),
                audit_log::detail.eq(row.detail),
                audit_log::hash.eq(&hash),
            ))
            .execute(connection)?;
    }
    Ok(())
}
