//! Forgetting what is beyond the cutoffs, a bounded number of rows at a time.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    delete as remove, update,
};
use thunderbird_domain::{privacy::RetentionCutoffs, time::Timestamp};

use super::super::{
    Connection,
    schema::{audit_anchor, audit_log, email_challenges, password_resets, refresh_tokens, sessions},
};
use super::chunk::{AT_ONCE, some};

/// Says how many rows went.
pub(super) fn forget(connection: &mut Connection, cutoffs: RetentionCutoffs) -> QueryResult<usize> {
    Ok(forget_sessions(connection, cutoffs.sessions)?
        + forget_mail_tokens(connection, cutoffs.mail_tokens)?
        + forget_audit(connection, cutoffs.audit)?
        + super::forget_texts::forget(connection, cutoffs)?)
}

/// Ended ones and those whose time was over; the tokens first, and a session when it has none left.
fn forget_sessions(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let before = before.as_micros();
    let mut over: Vec<i64> = sessions::table
        .filter(sessions::ended_at.lt(before))
        .order(sessions::ended_at)
        .limit(AT_ONCE)
        .select(sessions::id)
        .load(connection)?;
    let idle: Vec<i64> = sessions::table
        .filter(
            sessions::ended_at
                .is_null()
                .and(sessions::idle_expires_at.lt(before)),
        )
        .order(sessions::idle_expires_at)
        .limit(AT_ONCE)
        .select(sessions::id)
        .load(connection)?;
    over.extend(idle);
    let mut gone = 0;
    for session in over {
        let tokens: Vec<i64> = refresh_tokens::table
            .filter(refresh_tokens::session_id.eq(session))
            .limit(AT_ONCE + 1)
            .select(refresh_tokens::id)
            .load(connection)?;
        gone += some(tokens.clone(), |ids| {
            remove(refresh_tokens::table.filter(refresh_tokens::id.eq_any(ids))).execute(connection)
        })?;
        if i64::try_from(tokens.len()).is_ok_and(|some| some > AT_ONCE) {
            break;
        }
        gone += remove(sessions::table.find(session)).execute(connection)?;
        if gone > 800 {
            break;
        }
    }
    Ok(gone)
}

fn forget_mail_tokens(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let before = before.as_micros();
    let resets: Vec<i64> = password_resets::table
        .filter(password_resets::expires_at.lt(before))
        .order(password_resets::expires_at)
        .limit(AT_ONCE)
        .select(password_resets::id)
        .load(connection)?;
    let challenges: Vec<i64> = email_challenges::table
        .filter(email_challenges::expires_at.lt(before))
        .order(email_challenges::expires_at)
        .limit(AT_ONCE)
        .select(email_challenges::id)
        .load(connection)?;
    let resets = some(resets, |ids| {
        remove(password_resets::table.filter(password_resets::id.eq_any(ids))).execute(connection)
    })?;
    let challenges = some(challenges, |ids| {
        remove(email_challenges::table.filter(email_challenges::id.eq_any(ids))).execute(connection)
    })?;
    Ok(resets + challenges)
}

/// A prefix of the log only, whose end stays as the anchor that a verification starts from.
fn forget_audit(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let oldest: Vec<(i64, i64, Vec<u8>)> = audit_log::table
        .order(audit_log::id)
        .limit(AT_ONCE)
        .select((audit_log::id, audit_log::at, audit_log::hash))
        .load(connection)?;
    let prefix = oldest
        .into_iter()
        .take_while(|(_, at, _)| *at < before.as_micros());
    let Some((last, _, hash)) = prefix.last() else {
        return Ok(0);
    };
    update(audit_anchor::table)
        .set((audit_anchor::last_id.eq(last), audit_anchor::hash.eq(hash)))
        .execute(connection)?;
    remove(audit_log::table.filter(audit_log::id.le(last))).execute(connection)
}
