//! Sessions whose time is over.

use diesel::QueryResult;
use thunderbird_domain::{
    account::{EXPIRED_AT_ONCE, EndReason, ExpireSessions},
    audit::Subject,
};

use super::{
    super::{Connection, audit},
    end::end_one,
    row::{longest_idle, of_account},
};

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
            .with("reason", EndReason::Expired.as_str());
        audit::append(connection, &[event], Some(Subject::Account(session.account)))?;
    }
    Ok(over.len())
}
