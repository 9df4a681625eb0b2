//! What an operator is to know about all open promises at once. Alarms are few, and everything else is counted over the
//! open promises only.

use std::{collections::BTreeMap, time::Duration};

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    dsl::{count_star, sql},
    sql_types::{BigInt, Bool},
};
use thunderbird_domain::{
    deadline::{ARRIVALS_OF, Alerted, Arrivals, OpenAlarm, Survey},
    id::DeadlineId,
    outbox::state::SendState,
    time::Timestamp,
};

use super::{
    super::{
        Connection,
        column::instant,
        schema::{alarm_contacts, alarms, deadlines, messages},
    },
    sums,
};

/// Whether the contact's phone has a text of the alarm, or was picked up.
const DELIVERED: &str = "EXISTS (SELECT 1 FROM messages m WHERE m.deadline_id = alarms.deadline_id \
    AND m.phone = alarm_contacts.phone AND m.class = 'alarm' AND m.state = 'delivered') \
    OR EXISTS (SELECT 1 FROM calls k WHERE k.deadline_id = alarms.deadline_id \
    AND k.phone = alarm_contacts.phone AND k.state = 'delivered')";

/// Whether a text or a call of the alarm is on its way to the contact.
const PENDING: &str = "EXISTS (SELECT 1 FROM messages m WHERE m.deadline_id = alarms.deadline_id \
    AND m.phone = alarm_contacts.phone AND m.class = 'alarm' \
    AND m.state IN ('queued', 'sending', 'accepted', 'sent')) \
    OR EXISTS (SELECT 1 FROM calls k WHERE k.deadline_id = alarms.deadline_id \
    AND k.phone = alarm_contacts.phone AND k.state IN ('queued', 'sending', 'accepted', 'sent'))";

/// Whether the hiker's number has opted out.
const STOPPED: &str =
    "EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = deadlines.phone AND o.ended_at IS NULL)";

/// Whether no contact of the hiker can be reached.
const WITHOUT_CONTACT: &str = "NOT EXISTS (SELECT 1 FROM contacts c WHERE c.user_id = deadlines.user_id \
    AND NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = c.phone AND o.ended_at IS NULL))";

/// Whether a contact of the hiker has agreed to be alerted and can be reached.
const WITH_READY: &str = "EXISTS (SELECT 1 FROM contacts c WHERE c.user_id = deadlines.user_id \
    AND c.ready_at IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM opt_outs o WHERE o.phone = c.phone AND o.ended_at IS NULL))";

/// Whether a text is to a contact of the alarm.
const TO_CONTACT: &str = "EXISTS (SELECT 1 FROM alarms a JOIN alarm_contacts c ON c.alarm_id = a.id \
    WHERE a.deadline_id = messages.deadline_id AND c.phone = messages.phone)";

/// Everything that the operator is to know.
pub(super) fn survey(connection: &mut Connection, now: Timestamp) -> QueryResult<Survey> {
    let alarms = open_alarms(connection)?;
    let survey = Survey {
        stopped: promises(connection, STOPPED)?,
        without_contact: promises(connection, WITHOUT_CONTACT)?,
        with_ready: promises(connection, WITH_READY)?,
        arrivals: arrivals(connection, now)?,
        unaccounted: sums::unaccounted(connection, now)?,
        ..Survey::default()
    };
    Ok(survey.with_alarms(&alarms, now))
}

/// What is to be known of the open alarms alone.
pub(crate) fn alarms(connection: &mut Connection, now: Timestamp) -> QueryResult<Survey> {
    Ok(Survey::default().with_alarms(&open_alarms(connection)?, now))
}

/// The alarms of which no contact was reached.
pub(super) fn unreached(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<DeadlineId>> {
    Ok(alarms(connection, now)?.unreached)
}

fn open_alarms(connection: &mut Connection) -> QueryResult<Vec<OpenAlarm>> {
    let rows: Vec<(i64, i64, bool, i64)> = alarms::table
        .filter(alarms::closed_at.is_null())
        .order(alarms::deadline_id)
        .select((
            alarms::deadline_id,
            alarms::opened_at,
            alarms::acting_phone.is_not_null(),
            alarms::claims,
        ))
        .load(connection)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<(i64, i64, bool, bool, bool)> = alarm_contacts::table
        .inner_join(alarms::table)
        .filter(alarms::closed_at.is_null())
        .select((
            alarms::deadline_id,
            alarm_contacts::alerted_at,
            alarm_contacts::acting_at.is_not_null(),
            sql::<Bool>(DELIVERED),
            sql::<Bool>(PENDING),
        ))
        .load(connection)?;
    let mut alerted: BTreeMap<i64, Vec<Alerted>> = BTreeMap::new();
    for (deadline, at, has_acted, is_delivered, is_pending) in contacts {
        alerted.entry(deadline).or_default().push(Alerted {
            at: instant(at),
            has_acted,
            is_delivered,
            is_pending,
        });
    }
    let alarm = |(deadline, opened_at, is_claimed, claims)| OpenAlarm {
        deadline: DeadlineId::from_stored(deadline),
        opened_at: instant(opened_at),
        is_claimed,
        claims: u8::try_from(claims).unwrap_or(u8::MAX),
        contacts: alerted.remove(&deadline).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(alarm).collect())
}

/// How many open promises are so.
fn promises(connection: &mut Connection, so: &str) -> QueryResult<u64> {
    let count: i64 = deadlines::table
        .filter(deadlines::closed_at.is_null())
        .filter(sql::<Bool>(so))
        .select(count_star())
        .first(connection)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The texts to contacts about the alarms of the last day.
fn arrivals(connection: &mut Connection, now: Timestamp) -> QueryResult<Arrivals> {
    let since = now.minus(ARRIVALS_OF).as_micros();
    let of_the_day: Vec<i64> = alarms::table
        .filter(alarms::opened_at.ge(since))
        .select(alarms::deadline_id)
        .load(connection)?;
    let mut arrivals = Arrivals::default();
    for some in of_the_day.chunks(500) {
        let rows: Vec<(String, i64)> = messages::table
            .filter(messages::deadline_id.eq_any(some))
            .filter(messages::class.eq("alarm"))
            .filter(sql::<Bool>(TO_CONTACT))
            .select((messages::state, sql::<BigInt>("state_at - created_at")))
            .load(connection)?;
        for (word, took) in rows {
            let took = Duration::from_micros(u64::try_from(took).unwrap_or(0));
            // A state that cannot be read is unaccounted, and keeps no other figure back.
            if let Some(state) = SendState::parse(&word) {
                arrivals.note(state, took);
            }
        }
    }
    Ok(arrivals)
}
