//! The store's figures, from the hourly sums and from the few texts that are still to be sent.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, NullableExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    dsl::{count_star, sql},
    sql_types::{BigInt, Bool, Nullable},
};
use thunderbird_domain::{
    health::{OpenPromises, StoreFigures, Unsent},
    time::Timestamp,
};

use super::{
    Connection, claim, due,
    schema::{cost_hours, deadlines, message_hours, messages},
};

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
        .select((
            deadlines::state,
            count_star(),
            sql::<Nullable<BigInt>>("min(next_due_at)"),
        ))
        .load(connection)?;
    let many = |count: i64| u64::try_from(count).unwrap_or(0);
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
        free_bytes: None,
    })
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
