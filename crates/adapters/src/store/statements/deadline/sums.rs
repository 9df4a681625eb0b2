//! What has become of everything that alarms have queued for their contacts.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    QueryDsl as _, QueryResult, RunQueryDsl as _,
};
use thunderbird_domain::{
    deadline::{AlarmRow, ChannelKind, RowSums, sums},
    outbox::state::SendState,
    time::Timestamp,
};

use super::super::{
    Connection,
    column::{instant, optional_instant},
    schema::{alarm_contacts, alarms, calls, contact_mails, deadlines, mails, messages},
};

/// How long after its end an alarm is looked at.
const LOOKED_AT: Duration = Duration::from_hours(7 * 24);

/// Alarms that one query asks for.
const AT_ONCE: usize = 200;

/// Who was alerted, and when it ended, by the alarm's promise.
type Alarms = BTreeMap<i64, (Option<Timestamp>, Vec<String>)>;

/// A row's columns: its alarm, the contact, its state and since when, when it is tried next, and the end of its life.
type Columns = (i64, String, String, i64, Option<i64>, Option<i64>);

/// How many rows of the alarms that are open or ended lately are in no state that can last.
pub(super) fn unaccounted(connection: &mut Connection, now: Timestamp) -> QueryResult<u64> {
    let since = now.minus(LOOKED_AT).as_micros();
    let ids: Vec<i64> = alarms::table
        .filter(alarms::closed_at.is_null().or(alarms::closed_at.ge(since)))
        .select(alarms::deadline_id)
        .load(connection)?;
    let mut unaccounted = 0_u64;
    for some in ids.chunks(AT_ONCE) {
        let found = of(connection, some, now)?;
        let alarms = found.values().flat_map(BTreeMap::values);
        unaccounted += alarms.map(RowSums::unaccounted).sum::<u64>();
    }
    Ok(unaccounted)
}

/// The sums of these promises' alarms, by contact.
pub(crate) fn of(
    connection: &mut Connection,
    ids: &[i64],
    now: Timestamp,
) -> QueryResult<HashMap<i64, BTreeMap<String, RowSums>>> {
    let mut rows: HashMap<i64, Vec<AlarmRow>> = HashMap::new();
    for (kind, found) in [
        (ChannelKind::Text, texts(connection, ids)?),
        (ChannelKind::Call, called(connection, ids)?),
        (ChannelKind::Mail, mailed(connection, ids)?),
    ] {
        for (alarm, contact, state, state_at, next_attempt_at, expires_at) in found {
            rows.entry(alarm).or_default().push(AlarmRow {
                kind,
                contact,
                state: SendState::parse(&state),
                state_at: instant(state_at),
                next_attempt_at: optional_instant(next_attempt_at),
                expires_at: optional_instant(expires_at),
            });
        }
    }
    let alarms = alerted(connection, ids)?;
    let sums = alarms.into_iter().map(|(alarm, (closed_at, contacts))| {
        let rows = rows.remove(&alarm).unwrap_or_default();
        let contacts = contacts.iter().map(String::as_str);
        (alarm, sums(contacts, &rows, (closed_at, now)))
    });
    Ok(sums.collect())
}

fn alerted(connection: &mut Connection, ids: &[i64]) -> QueryResult<Alarms> {
    let rows: Vec<(i64, Option<i64>, Option<String>)> = alarms::table
        .left_join(alarm_contacts::table)
        .filter(alarms::deadline_id.eq_any(ids))
        .select((
            alarms::deadline_id,
            alarms::closed_at,
            alarm_contacts::phone.nullable(),
        ))
        .load(connection)?;
    let mut found = Alarms::new();
    for (alarm, closed_at, contact) in rows {
        let (_, contacts) = found
            .entry(alarm)
            .or_insert_with(|| (optional_instant(closed_at), Vec::new()));
        contacts.extend(contact);
    }
    Ok(found)
}

/// The texts of the alarms, without those to the hikers.
fn texts(connection: &mut Connection, ids: &[i64]) -> QueryResult<Vec<Columns>> {
    messages::table
        .inner_join(deadlines::table.on(messages::deadline_id.eq(deadlines::id.nullable())))
        .filter(messages::deadline_id.eq_any(ids))
        .filter(messages::class.eq("alarm"))
        .filter(messages::phone.ne(deadlines::phone))
        .select((
            deadlines::id,
            messages::phone,
            messages::state,
            messages::state_at,
            messages::next_attempt_at,
            messages::expires_at,
        ))
        .load(connection)
}

fn called(connection: &mut Connection, ids: &[i64]) -> QueryResult<Vec<Columns>> {
    calls::table
        .filter(calls::deadline_id.eq_any(ids))
        .select((
            calls::deadline_id.assume_not_null(),
            calls::phone,
            calls::state,
            calls::state_at,
            calls::next_attempt_at,
            calls::expires_at.nullable(),
        ))
        .load(connection)
}

/// The mails of the alarms, without those that end one, as with the texts.
fn mailed(connection: &mut Connection, ids: &[i64]) -> QueryResult<Vec<Columns>> {
    contact_mails::table
        .inner_join(mails::table)
        .filter(contact_mails::deadline_id.eq_any(ids))
        .filter(contact_mails::kind.ne("end"))
        .select((
            contact_mails::deadline_id,
            contact_mails::phone,
            mails::state,
            mails::state_at,
            mails::next_attempt_at,
            mails::expires_at.nullable(),
        ))
        .load(connection)
}
