//! Ends leases with what became of the call, and takes what the provider reports of it.

use diesel::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    RunQueryDsl as _, SelectableHelper as _, update,
};
use thunderbird_domain::{
    outbox::{
        message::Payload as _,
        settle::{SendOutcome, Settlement},
        state::SendState,
    },
    time::Timestamp,
    voice::{CallHeard, CallPayload, CallReport, CallSid},
};

use super::super::{Connection, schema::calls};
use super::row::{self, Row};

#[derive(AsChangeset)]
#[diesel(table_name = calls, treat_none_as_null = true)]
struct Settled {
    state: &'static str,
    state_at: i64,
    error_code: Option<String>,
    ambiguous_attempts: i64,
    next_attempt_at: Option<i64>,
    lease_until: Option<i64>,
    lease_tag: Option<Vec<u8>>,
}

/// Applies one settlement, if its lease still holds the call. That the provider has the call counts in any case: it is
/// never placed again. What the provider has reported meanwhile says more, and stays.
pub(super) fn settle(connection: &mut Connection, settlement: &Settlement<CallPayload>) -> QueryResult<()> {
    let found: Option<Row> = calls::table
        .find(settlement.id.get())
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = found else {
        return Ok(());
    };
    let state = row.state()?;
    let held = state == SendState::Sending && row.lease_tag.as_deref() == Some(settlement.lease.as_bytes());
    let accepted = match &settlement.outcome {
        SendOutcome::Accepted(receipt) => Some(receipt),
        SendOutcome::Again { .. } | SendOutcome::Ended { .. } => None,
    };
    if held || (state.is_pending() && accepted.is_some()) {
        update(calls::table.find(row.id))
            .set(Settled::by(settlement, &row))
            .execute(connection)?;
        if let Some(sid) = accepted.and_then(|receipt| receipt.sid.as_ref()) {
            name(connection, row.id, sid)?;
        }
    }
    Ok(())
}

impl Settled {
    fn by(settlement: &Settlement<CallPayload>, row: &Row) -> Self {
        let (state, again_at, ambiguous, code) = match &settlement.outcome {
            SendOutcome::Accepted(_) => (CallPayload::TAKEN_OVER, None, false, None),
            SendOutcome::Ended {
                state,
                code,
                ambiguous,
            } => (SendState::Ended(*state), None, *ambiguous, *code),
            SendOutcome::Again { at, ambiguous, code } => (SendState::Queued, Some(*at), *ambiguous, *code),
        };
        Self {
            state: state.as_str(),
            state_at: settlement.at.as_micros(),
            error_code: code.map(|code| code.to_string()),
            ambiguous_attempts: row.ambiguous_attempts.saturating_add(i64::from(ambiguous)),
            next_attempt_at: again_at.map(Timestamp::as_micros),
            lease_until: None,
            lease_tag: None,
        }
    }
}

/// Keeps the provider's name for a call.
fn name(connection: &mut Connection, id: i64, sid: &CallSid) -> QueryResult<()> {
    update(calls::table.find(id))
        .set(calls::sid.eq(sid.as_str()))
        .execute(connection)
        .map(|_| ())
}

/// Takes one report.
pub(super) fn take(connection: &mut Connection, report: &CallReport) -> QueryResult<CallHeard> {
    let Some(row) = row::tagged(connection, report.tag)? else {
        return Ok(CallHeard::Unknown);
    };
    let id = row.id;
    let call = row.stored(None)?;
    if !call.can_be(&report.sid, &report.to) {
        return Ok(CallHeard::Unknown);
    }
    let is_own = call.sid.as_ref().is_none_or(|known| *known == report.sid);
    if !is_own || !report.status.follows(call.status) {
        return Ok(CallHeard::Known);
    }
    name(connection, id, &report.sid)?;
    let heard = Settled {
        state: report.status.state().as_str(),
        state_at: report.at.as_micros(),
        error_code: report.code.map(|code| code.to_string()),
        ambiguous_attempts: i64::from(call.ambiguous),
        next_attempt_at: None,
        lease_until: None,
        lease_tag: None,
    };
    update(calls::table.find(id))
        .set((heard, calls::status.eq(report.status.as_str())))
        .execute(connection)?;
    Ok(CallHeard::Applied)
}
