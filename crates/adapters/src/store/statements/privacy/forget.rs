//! Forgetting what is beyond the cutoffs, a bounded number of rows at a time.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    delete as remove, update,
};
use thunderbird_domain::{
    admin::AdminId,
    audit::{Actor, AuditEvent, Subject},
    privacy::RetentionCutoffs,
    time::Timestamp,
};

use super::super::{
    Connection, audit, dialect,
    schema::{
        admin_sessions, audit_anchor, audit_log, email_challenges, forecast_requests, known_devices,
        password_resets, refresh_tokens, sessions,
    },
};
use super::chunk::{AT_ONCE, some};

/// Says how many rows went.
pub(super) fn forget(connection: &mut Connection, cutoffs: RetentionCutoffs) -> QueryResult<usize> {
    Ok(forget_sessions(connection, cutoffs.sessions)?
        + forget_devices(connection, cutoffs.devices)?
        + end_admin_sessions(connection, cutoffs.now)?
        + forget_admin_sessions(connection, cutoffs.sessions)?
        + forget_mail_tokens(connection, cutoffs.mail_tokens)?
        + forget_audit(connection, cutoffs.audit)?
        + forget_forecast_requests(connection, cutoffs.codes)?
        + super::forget_texts::forget(connection, cutoffs)?
        + super::forget_promises::forget_plans(connection, cutoffs.bodies)?
        + super::forget_promises::forget(connection, cutoffs.metadata)?)
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
    for session in dialect::free(connection, "sessions", over)? {
        let tokens: Vec<i64> = refresh_tokens::table
            .filter(refresh_tokens::session_id.eq(session))
            .limit(AT_ONCE + 1)
            .select(refresh_tokens::id)
            .load(connection)?;
        let found = tokens.len();
        let tokens = dialect::free(connection, "refresh_tokens", tokens)?;
        // A session goes after its tokens, so one whose tokens another write holds stays for the next sweep.
        if tokens.len() < found {
            continue;
        }
        if !tokens.is_empty() {
            gone += remove(refresh_tokens::table.filter(refresh_tokens::id.eq_any(&tokens)))
                .execute(connection)?;
        }
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

fn forget_devices(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let over: Vec<i64> = known_devices::table
        .filter(known_devices::last_used_at.lt(before.as_micros()))
        .order(known_devices::last_used_at)
        .limit(AT_ONCE)
        .select(known_devices::id)
        .load(connection)?;
    some(connection, ("known_devices", over), |connection, ids| {
        remove(known_devices::table.filter(known_devices::id.eq_any(ids))).execute(connection)
    })
}

/// Ends sessions of the console whose time is over and that were not used since; using one would have ended it too.
fn end_admin_sessions(connection: &mut Connection, now: Timestamp) -> QueryResult<usize> {
    let over: Vec<i64> = admin_sessions::table
        .filter(admin_sessions::ended_at.is_null())
        .filter(admin_sessions::expires_at.lt(now.as_micros()))
        .order(admin_sessions::expires_at)
        .limit(AT_ONCE)
        .select(admin_sessions::id)
        .load(connection)?;
    let over = dialect::free(connection, "admin_sessions", over)?;
    if over.is_empty() {
        return Ok(0);
    }
    // Only this commit's own are recorded: a process next to this one may end the same.
    let open = admin_sessions::table.filter(admin_sessions::ended_at.is_null());
    let ended: Vec<i64> = update(open.filter(admin_sessions::id.eq_any(over)))
        .set(admin_sessions::ended_at.eq(now.as_micros()))
        .returning(admin_sessions::admin_id)
        .get_results(connection)?;
    let events: Vec<AuditEvent> = ended
        .iter()
        .map(|admin| {
            let subject = Subject::Admin(AdminId::from_stored(*admin));
            AuditEvent::new(now, Actor::System, "admin.session_expired", subject)
        })
        .collect();
    audit::append(connection, &events, None)?;
    Ok(ended.len())
}

/// Sessions of the console that ended, by themselves or otherwise, and whose time would be over in any case.
fn forget_admin_sessions(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let over: Vec<i64> = admin_sessions::table
        .filter(admin_sessions::ended_at.lt(before.as_micros()))
        .filter(admin_sessions::expires_at.lt(before.as_micros()))
        .order(admin_sessions::expires_at)
        .limit(AT_ONCE)
        .select(admin_sessions::id)
        .load(connection)?;
    some(connection, ("admin_sessions", over), |connection, ids| {
        remove(admin_sessions::table.filter(admin_sessions::id.eq_any(ids))).execute(connection)
    })
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
    let resets = some(connection, ("password_resets", resets), |connection, ids| {
        remove(password_resets::table.filter(password_resets::id.eq_any(ids))).execute(connection)
    })?;
    let challenges = some(connection, ("email_challenges", challenges), |connection, ids| {
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
    // Another process may have forgotten more meanwhile: its anchor stays.
    update(audit_anchor::table.filter(audit_anchor::last_id.lt(last)))
        .set((audit_anchor::last_id.eq(last), audit_anchor::hash.eq(hash)))
        .execute(connection)?;
    remove(audit_log::table.filter(audit_log::id.le(last))).execute(connection)
}

/// Questions about the weather that were never answered, because no provider is named any more.
fn forget_forecast_requests(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let old = forecast_requests::table.filter(forecast_requests::due_at.lt(before.as_micros()));
    remove(old).execute(connection)
}
