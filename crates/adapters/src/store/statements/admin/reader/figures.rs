//! What the overview counts, from the hourly tables that triggers keep.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, dsl::sql,
    sql_types::Bool,
};
use thunderbird_domain::{
    admin::{Bucket, Cost, Figures, MessageState},
    outbox::state::{Ended, SendState},
    time::Timestamp,
};

use super::super::{
    Connection, column,
    schema::{accounts, cost_hours, mails, message_hours, messages, users},
};

const HOUR: i64 = 3_600_000_000;

pub(super) fn since(connection: &mut Connection, since: Timestamp) -> QueryResult<Figures> {
    let first = since.as_micros().div_euclid(HOUR);
    Ok(Figures {
        buckets: buckets(connection, first)?,
        costs: costs(connection, first)?,
        oldest_unsent: oldest_unsent(connection)?,
        dead: messages::table
            .filter(messages::state.eq(SendState::Ended(Ended::Dead).as_str()))
            .count()
            .get_result(connection)
            .map(counted)?,
        failed_mails: mails::table
            .filter(mails::state.eq_any(SendState::given_up().map(SendState::as_str)))
            .count()
            .get_result(connection)
            .map(counted)?,
        users: newest(
            users::table
                .select(diesel::dsl::max(users::id))
                .first(connection)?,
        ),
        accounts: newest(
            accounts::table
                .select(diesel::dsl::max(accounts::id))
                .first(connection)?,
        ),
    })
}

/// Ids are never reused, so the newest says how many there have ever been, without counting.
fn newest(id: Option<i64>) -> u64 {
    counted(id.unwrap_or(0))
}

/// A count as the store keeps it; no count is below zero.
fn counted(count: i64) -> u64 {
    count.unsigned_abs()
}

fn buckets(connection: &mut Connection, first: i64) -> QueryResult<Vec<Bucket>> {
    let rows: Vec<(i64, String, i64, i64, i64)> = message_hours::table
        .filter(message_hours::hour.ge(first))
        .filter(message_hours::messages.gt(0))
        .order(message_hours::hour)
        .select((
            message_hours::hour,
            message_hours::state,
            message_hours::messages,
            message_hours::segments,
            message_hours::unpriced_segments,
        ))
        .load(connection)?;
    let bucket = |(hour, word, messages, segments, unpriced): (i64, String, i64, i64, i64)| {
        Ok(Bucket {
            hour: column::instant(hour.saturating_mul(HOUR)),
            state: MessageState::parse(&word).ok_or_else(|| column::corrupt("message_hours.state", hour))?,
            messages: counted(messages),
            segments: counted(segments),
            unpriced_segments: counted(unpriced),
        })
    };
    rows.into_iter().map(bucket).collect()
}

fn costs(connection: &mut Connection, first: i64) -> QueryResult<Vec<Cost>> {
    let rows: Vec<(i64, String, i64)> = cost_hours::table
        .filter(cost_hours::hour.ge(first))
        .order(cost_hours::hour)
        .select((cost_hours::hour, cost_hours::currency, cost_hours::micros))
        .load(connection)?;
    let cost = |(hour, currency, micros): (i64, String, i64)| Cost {
        hour: column::instant(hour.saturating_mul(HOUR)),
        currency,
        micros,
    };
    Ok(rows.into_iter().map(cost).collect())
}

/// The states stand in the text of the statement, so that SQLite sees that the partial index has every row.
fn oldest_unsent(connection: &mut Connection) -> QueryResult<Option<Timestamp>> {
    let oldest: Option<i64> = messages::table
        .filter(sql::<Bool>("state IN ('queued', 'sending')"))
        .order(messages::created_at)
        .select(messages::created_at)
        .first(connection)
        .optional()?;
    Ok(column::optional_instant(oldest))
}
