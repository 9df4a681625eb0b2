//! Sessions whose time is over.

use diesel::QueryResult;
use thunderbird_domain::{
    account::{EXPIRED_AT_ONCE, EndReason, ExpireSessions},
    audit::Subject,
};

use super::{
    super::{Connection, audit, dialect},
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
    if expire.account.is_none() {
        let ids = over.iter().map(|session| session.id.get()).collect();
        let free = dialect::free(connection, "sessions", ids)?;
        over.retain(|session| free.contains(&session.id.get()));
    }
    let mut ended = 0;
    for session in &over {
        if !end_one(connection, session.id, session.time_over_at(), EndReason::Expired)? {
            continue;
        }
        ended += 1;
        let event = expire
            .audit
            .clone()
            .with("session", session.id.get())
            .with("reason", EndReason::Expired.as_str());
        audit::append(connection, &[event], Some(Subject::Account(session.account)))?;
    }
    Ok(ended)
}
