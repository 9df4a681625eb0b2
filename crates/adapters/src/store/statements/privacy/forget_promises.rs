//! Forgetting promises that were closed long ago, each with its stages, its alarm, and the contacts who knew of it.

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete as remove, update,
};
use thunderbird_domain::time::Timestamp;

use super::super::{
    Connection,
    schema::{
        alarm_contacts, alarms, calls, contact_mails, deadline_stages, deadlines, informed_contacts,
        trip_plans,
    },
};
use super::chunk::some;

/// Promises that one commit takes: each has up to 30 rows of other tables.
const PROMISES_AT_ONCE: i64 = 25;

/// Says how many promises went. One that is open stays, however old it is, because that hiker was not heard of.
pub(super) fn forget(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let over: Vec<i64> = deadlines::table
        .filter(deadlines::closed_at.lt(before.as_micros()))
        .order(deadlines::closed_at)
        .limit(PROMISES_AT_ONCE)
        .select(deadlines::id)
        .load(connection)?;
    some(connection, ("deadlines", over), |connection, ids| {
        forget_these(connection, &ids)
    })
}

/// Erases what hikers have written about trips that ended before; says how many rows went.
pub(super) fn forget_plans(connection: &mut Connection, before: Timestamp) -> QueryResult<usize> {
    let over: Vec<i64> = trip_plans::table
        .inner_join(deadlines::table)
        .filter(deadlines::closed_at.lt(before.as_micros()))
        .order(deadlines::closed_at)
        .limit(PROMISES_AT_ONCE)
        .select(trip_plans::deadline_id)
        .load(connection)?;
    some(connection, ("deadlines", over), |connection, ids| {
        remove(trip_plans::table.filter(trip_plans::deadline_id.eq_any(ids))).execute(connection)
    })
}

fn forget_these(connection: &mut Connection, ids: &[i64]) -> QueryResult<usize> {
    // What took the place of one of them may be younger, or open.
    update(deadlines::table.filter(deadlines::replaces_id.eq_any(ids)))
        .set(deadlines::replaces_id.eq(None::<i64>))
        .execute(connection)?;
    let over: Vec<i64> = alarms::table
        .filter(alarms::deadline_id.eq_any(ids))
        .select(alarms::id)
        .load(connection)?;
    remove(alarm_contacts::table.filter(alarm_contacts::alarm_id.eq_any(&over))).execute(connection)?;
    remove(alarms::table.filter(alarms::id.eq_any(&over))).execute(connection)?;
    remove(trip_plans::table.filter(trip_plans::deadline_id.eq_any(ids))).execute(connection)?;
    remove(calls::table.filter(calls::deadline_id.eq_any(ids))).execute(connection)?;
    remove(contact_mails::table.filter(contact_mails::deadline_id.eq_any(ids))).execute(connection)?;
    remove(informed_contacts::table.filter(informed_contacts::deadline_id.eq_any(ids)))
        .execute(connection)?;
    remove(deadline_stages::table.filter(deadline_stages::deadline_id.eq_any(ids))).execute(connection)?;
    remove(deadlines::table.filter(deadlines::id.eq_any(ids))).execute(connection)
}
