//! Sessions whose time is over.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _,
};
use thunderbird_domain::{
    account::{EXPIRED_AT_ONCE, EndReason, ExpireSessions, Session},
    audit::Subject,
    time::Timestamp,
};

use super::super::{
    Connection, audit,
    schema::{refresh_tokens, sessions},
};
use super::{Row, end_one, of_account};

/// Ends sessions whose time was over by then.
pub(super) fn expire(connection: &mut Connection, expire: &ExpireSessions) -> QueryResult<usize> {
    let mut over = match expire.account {
        Some(account) => of_account(connection, account)?,
        None => longest_idle(connection, expire.at)?,
    };
    over.retain(|session| !session.is_live(expire.at));
    over.sort_by_key(|session| (session.time_over_at(), session.id));
    over.truncate(EXPIRED_AT_ONCE);
    for session in &over {
        end_one(connection, session.id, session.time_over_at(), EndReason::Expired)?;
        let event = expire
            .audit
            .clone()
            .with("session", session.id.get())
            .with("reason", EndReason::Expired.name());
        audit::append(connection, &[event], Some(Subject::Account(session.account)))?;
    }
    Ok(over.len())
}

/// Sessions that have not ended and were not seen for long enough, whoever's they are.
fn longest_idle(connection: &mut Connection, by: Timestamp) -> QueryResult<Vec<Session>> {
    let rows: Vec<Row> = rows!()
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_expires_at.le(by.as_micros()))
        .order(sessions::idle_expires_at)
        .limit(i64::try_from(EXPIRED_AT_ONCE).unwrap_or(i64::MAX))
        .load(connection)?;
    rows.into_iter().map(Row::read).collect()
}
