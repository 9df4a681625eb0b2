//! Due calls: which may be claimed.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    SelectableHelper as _, dsl::sql, sql_types::Bool, update,
};
use thunderbird_domain::{
    outbox::{
        lease::{Due, LeaseOrder},
        state::{Ended, SendState},
    },
    random::Tag,
    time::Timestamp,
    voice::{CallPayload, LeasedCall},
};

use super::super::{Connection, column::instant, dialect, due::DueRow, outbox::row::count, schema::calls};
use super::row::Row;

/// The conditions of placing a call that are gone: the number has opted out or wants no calls, somebody has texted from
/// it since the call was queued, the hiker has left the number or removed the contact, the promise is closed, or a
/// contact deals with its alarm.
const UNWANTED: &str = "(\
    EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = calls.phone AND o.ended_at IS NULL) OR \
    EXISTS (SELECT 1 FROM no_calls n WHERE n.phone = calls.phone) OR \
    EXISTS (SELECT 1 FROM messages i WHERE i.phone = calls.phone AND i.direction = 'in' \
    AND COALESCE(i.texted_at, i.created_at) > calls.created_at) OR \
    EXISTS (SELECT 1 FROM users u WHERE u.id = calls.user_id AND u.ended_at IS NOT NULL) OR \
    (calls.deadline_id IS NOT NULL AND NOT EXISTS \
    (SELECT 1 FROM contacts c WHERE c.user_id = calls.user_id AND c.phone = calls.phone)) OR \
    EXISTS (SELECT 1 FROM deadlines d WHERE d.id = calls.deadline_id AND d.closed_at IS NOT NULL) OR \
    EXISTS (SELECT 1 FROM alarms a WHERE a.deadline_id = calls.deadline_id AND a.acting_phone IS NOT NULL))";

/// A call that was not over after this time is over all the same.
const LONGEST_CALL: Duration = Duration::from_mins(5);

/// Whether the phone is busy with another call of ours, or an earlier one comes first. Two calls to one phone at the same
/// time would make the second one fail.
fn busy(now: Timestamp) -> String {
    let (now, since) = (now.as_micros(), now.minus(LONGEST_CALL).as_micros());
    format!(
        "EXISTS (SELECT 1 FROM calls e WHERE e.phone = calls.phone AND e.id <> calls.id AND (\
         e.state = 'sending' OR \
         (e.state_at > {since} AND (e.state IN ('accepted', 'sent') OR (e.state = 'delivered' AND e.status = 'answered'))) OR \
         (e.state = 'queued' AND e.id < calls.id AND e.next_attempt_at <= {now})))"
    )
}

/// Whether a claim would find anything; a read, so that an idle worker never bothers the writer.
pub(super) fn is_due(connection: &mut Connection, now: Timestamp) -> QueryResult<bool> {
    let found: Option<i64> = calls::table
        .filter(calls::state.eq(SendState::Queued.as_str()))
        .filter(calls::next_attempt_at.le(now.as_micros()))
        .filter(sql::<Bool>(&format!("NOT {}", busy(now))))
        .select(calls::id)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// A due call, and whether a condition of placing it is gone.
pub(super) struct DueCall {
    row: Row,
    unwanted: bool,
}

impl DueRow for DueCall {
    type Payload = CallPayload;

    const DAY_SCOPE: Option<&'static str> = None;

    /// A call that another write holds is left for the next claim. The conditions are read after the calls are held: the
    /// write that ends a condition holds them too.
    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>> {
        let found: Vec<i64> = calls::table
            .filter(calls::state.eq(SendState::Queued.as_str()))
            .filter(calls::next_attempt_at.le(order.now.as_micros()))
            .filter(sql::<Bool>(&format!("NOT {}", busy(order.now))))
            .order((calls::next_attempt_at, calls::id))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(calls::id)
            .load(connection)?;
        let held = dialect::free(connection, "calls", found)?;
        let rows: Vec<(Row, bool)> = calls::table
            .filter(calls::id.eq_any(held))
            .filter(calls::state.eq(SendState::Queued.as_str()))
            .order((calls::next_attempt_at, calls::id))
            .select((Row::as_select(), sql::<Bool>(UNWANTED)))
            .load(connection)?;
        Ok(rows
            .into_iter()
            .map(|(row, unwanted)| Self { row, unwanted })
            .collect())
    }

    fn id(&self) -> i64 {
        self.row.id
    }

    fn facts(&self) -> Due {
        Due {
            expires_at: instant(self.row.expires_at),
            unwanted: self.unwanted,
            attempts: count(self.row.attempts),
        }
    }

    fn into_message(self, lease: Tag) -> QueryResult<LeasedCall> {
        self.row.into_message(lease)
    }

    fn hold(connection: &mut Connection, id: i64, order: &LeaseOrder) -> QueryResult<()> {
        update(calls::table.find(id))
            .set((
                calls::state.eq(SendState::Sending.as_str()),
                calls::state_at.eq(order.now.as_micros()),
                calls::attempts.eq(calls::attempts + 1),
                calls::next_attempt_at.eq(None::<i64>),
                calls::lease_tag.eq(order.lease.as_bytes().as_slice()),
                calls::lease_until.eq(order.until.as_micros()),
            ))
            .execute(connection)?;
        Ok(())
    }

    fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<bool> {
        // A report may have come since the call was found.
        let waiting = calls::table
            .find(id)
            .filter(calls::state.eq(SendState::Queued.as_str()));
        let ended = update(waiting)
            .set((
                calls::state.eq(SendState::Ended(state).as_str()),
                calls::state_at.eq(now.as_micros()),
                calls::next_attempt_at.eq(None::<i64>),
            ))
            .execute(connection)?;
        Ok(ended > 0)
    }
}
