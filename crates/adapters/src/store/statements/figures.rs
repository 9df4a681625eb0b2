//! The store's figures, from the hourly sums and from the few texts that are still to be sent.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    dsl::{count_star, sql},
    sql_types::{BigInt, Bool, Nullable},
};
use thunderbird_domain::{
    health::{OpenAlarms, OpenPromises, StoreFigures, Unsent},
    time::Timestamp,
};

use super::{
    Connection, claim, due,
    schema::{alarms, cost_hours, deadlines, message_hours, messages},
};

/// When the next stage is due. A promise rests while its hiker's call for help is open, so its stages are not.
const NEXT_DUE: &str = "min(CASE WHEN kind = 'out' AND state <> 'alarmed' AND EXISTS (SELECT 1 FROM deadlines c \
    WHERE c.user_id = deadlines.user_id AND c.kind = 'call' AND c.closed_at IS NULL) THEN NULL ELSE next_due_at END)";

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// Of the hour that it was a day ago, and of every one since. The free space is for the engine to say.
pub(super) fn count(connection: &mut Connection, now: Timestamp) -> QueryResult<StoreFigures> {
    let since = now
        .minus(Duration::from_hours(24))
        .as_micros()
        .div_euclid(MICROS_PER_HOUR);
    let texts: Vec<(String, String, i64)> = message_hours::table
        .filter(message_hours::hour.ge(since))
        .filter(message_hours::messages.gt(0))
        .group_by((message_hours::direction, message_hours::state))
        .select((
            message_hours::direction,
            message_hours::state,
            sql::<BigInt>("CAST(sum(messages) AS BIGINT)"),
        ))
        .load(connection)?;
    let spend: Vec<(String, i64)> = cost_hours::table
        .filter(cost_hours::hour.ge(since))
        .group_by(cost_hours::currency)
        .select((cost_hours::currency, sql::<BigInt>("CAST(sum(micros) AS BIGINT)")))
        .load(connection)?;
    let promises: Vec<(String, i64, Option<i64>)> = deadlines::table
        .filter(deadlines::closed_at.is_null())
        .group_by(deadlines::state)
        .select((deadlines::state, count_star(), sql::<Nullable<BigInt>>(NEXT_DUE)))
        .load(connection)?;
    Ok(StoreFigures {
        texts_last_day: texts
            .into_iter()
            .map(|(direction, state, count)| (direction, state, many(count)))
            .collect(),
        unsent: unsent(connection, now)?,
        spend_last_day: spend,
        claimed_today: due::claimed_today::<claim::Row>(connection, now)?.into(),
        promises: promises
            .into_iter()
            .map(|(state, count, next_due_at)| OpenPromises {
                state,
                count: many(count),
                next_due_at: next_due_at.map(Timestamp::from_micros),
            })
            .collect(),
        alarms: alarms_open(connection)?,
        free_bytes: None,
    })
}

fn many(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// Every cause is counted, so that a rule sees it before the first alarm.
fn alarms_open(connection: &mut Connection) -> QueryResult<Vec<OpenAlarms>> {
    let open = alarms::table.filter(alarms::closed_at.is_null());
    let all: i64 = open.count().get_result(connection)?;
    let asked: i64 = open
        .filter(alarms::asked_at.is_not_null())
        .count()
        .get_result(connection)?;
    let of = |cause, count| OpenAlarms {
        cause,
        count: many(count),
    };
    Ok(vec![of("asked", asked), of("overdue", all - asked)])
}

/// The texts that are due and not sent, by class.
fn unsent(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<Unsent>> {
    // The states stand in the text of the statement, so that a partial index is known to have every row.
    let rows: Vec<(String, i64, i64)> = messages::table
        .filter(sql::<Bool>("state IN ('queued', 'sending')"))
        .filter(messages::class.is_not_null())
        .filter(sql::<BigInt>("coalesce(not_before, created_at)").le(now.as_micros()))
        .group_by(messages::class)
        .select((
            messages::class.assume_not_null(),
            count_star(),
            sql::<BigInt>("min(coalesce(not_before, created_at))"),
        ))
        .load(connection)?;
    let unsent = |(class, count, oldest)| Unsent {
        class,
        count: u64::try_from(count).unwrap_or(0),
        oldest: Timestamp::from_micros(oldest),
    };
    Ok(rows.into_iter().map(unsent).collect())
}
