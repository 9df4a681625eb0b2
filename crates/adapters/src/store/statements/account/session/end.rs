//! Ends sessions, each with its audit row.

use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, update};
use thunderbird_domain::{
    account::{EndReason, EndSessions, WhichSessions},
    audit::AuditEvent,
    id::SessionId,
    time::Timestamp,
};

use super::{
    super::{Connection, audit, device, phone, schema::sessions},
    row::of_account,
};

/// Ends an account's sessions in the commit of what ends them; says how many had not ended yet. What was begun towards a
/// link ends too, and devices are forgotten.
pub(crate) fn end_sessions(connection: &mut Connection, end: &EndSessions) -> QueryResult<usize> {
    phone::void(connection, end.account, end.at)?;
    let mut ended = 0;
    for session in of_account(connection, end.account)? {
        let meant = match end.which {
            WhichSessions::One(only) => session.id == only,
            WhichSessions::All => true,
            WhichSessions::AllBut(spared) => session.id != spared,
        };
        if meant && end_one(connection, session.id, end.at, end.reason)? {
            ended += 1;
            append_end(connection, &end.audit, session.id, end.reason)?;
        }
    }
    if end.forgets_devices() {
        device::forget(connection, end.account, end.which)?;
    }
    Ok(ended)
}

/// Ends one session; false if another commit ended it first.
pub(super) fn end_one(
    connection: &mut Connection,
    id: SessionId,
    at: Timestamp,
    reason: EndReason,
) -> QueryResult<bool> {
    let open = sessions::table.filter(sessions::ended_at.is_null());
    update(open.filter(sessions::id.eq(id.get())))
        .set((
            sessions::ended_at.eq(at.as_micros()),
            sessions::end_reason.eq(reason.as_str()),
            sessions::successor.eq(None::<Vec<u8>>),
            sessions::revision.eq(sessions::revision + 1),
        ))
        .execute(connection)
        .map(|rows| rows == 1)
}

/// Records that a session ended.
pub(super) fn append_end(
    connection: &mut Connection,
    template: &AuditEvent,
    id: SessionId,
    reason: EndReason,
) -> QueryResult<()> {
    let event = template
        .clone()
        .with("session", id.get())
        .with("reason", reason.as_str());
    audit::append(connection, &[event], None)
}
