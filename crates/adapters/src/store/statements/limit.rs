//! Counters. Other stores judge, count and clear them in the commit of what they limit.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete,
    insert_into,
};
use thunderbird_domain::{
    audit::AuditEvent,
    limit::{Counter, Limit, LimitKey, RateLimiter, Verdict},
    port::PortFuture,
    time::Timestamp,
};

use super::{Connection, Key, Keys, Store, audit, schema::counters};

const PORT: &str = "rate limiter";

/// How many forgotten counters go with each new count, so that they never pile up and no count is slow.
const SWEPT_AT_ONCE: i64 = 4;

impl RateLimiter for Store {
    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict> {
        self.read_here(PORT, move |connection| judge(connection, &limits, now))
    }

    fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict> {
        self.transact(PORT, Keys::on(keys(&limits)), move |connection| {
            let verdict = judge(connection, &limits, now)?;
            if verdict != Verdict::Allowed {
                return Ok(verdict);
            }
            count(connection, &limits, now)?;
            audit::append(connection, &audit, None)?;
            Ok(verdict)
        })
    }
}

/// The counters that a decision about these limits reads and writes.
pub(crate) fn keys(limits: &[Limit]) -> impl Iterator<Item = Key<'_>> {
    limits.iter().map(|limit| Key::Limit(&limit.key))
}

/// What all limits say together.
pub(crate) fn judge(connection: &mut Connection, limits: &[Limit], now: Timestamp) -> QueryResult<Verdict> {
    let mut verdict = Verdict::Allowed;
    for limit in limits {
        let counter = find(connection, &limit.key)?;
        verdict = verdict.and(limit.rule.judge(counter, now));
    }
    Ok(verdict)
}

/// Counts one event under every limit, and forgets a few counters whose time is over.
pub(crate) fn count(connection: &mut Connection, limits: &[Limit], now: Timestamp) -> QueryResult<()> {
    for limit in limits {
        let counter = limit.rule.count(find(connection, &limit.key)?, now);
        put(connection, &limit.key, counter, limit.rule.forget_at(counter))?;
    }
    sweep(connection, now)
}

/// Stores a counter in place of what stood there.
pub(crate) fn put(
    connection: &mut Connection,
    key: &LimitKey,
    counter: Counter,
    forget_at: Timestamp,
) -> QueryResult<()> {
    let state = (
        counters::count.eq(i64::from(counter.events)),
        counters::window_started_at.eq(counter.since.as_micros()),
        counters::updated_at.eq(counter.last.as_micros()),
        counters::forget_at.eq(forget_at.as_micros()),
    );
    insert_into(counters::table)
        .values((
            counters::scope.eq(key.scope()),
            counters::key.eq(key.subject()),
            state,
        ))
        .on_conflict((counters::scope, counters::key))
        .do_update()
        .set(state)
        .execute(connection)?;
    Ok(())
}

/// Forgets a counter.
pub(crate) fn clear(connection: &mut Connection, key: &LimitKey) -> QueryResult<()> {
    delete(counters::table.find((key.scope(), key.subject())))
        .execute(connection)
        .map(|_| ())
}

/// What was counted so far.
pub(crate) fn find(connection: &mut Connection, key: &LimitKey) -> QueryResult<Option<Counter>> {
    let row: Option<(i64, i64, i64)> = counters::table
        .find((key.scope(), key.subject()))
        .select((counters::count, counters::window_started_at, counters::updated_at))
        .first(connection)
        .optional()?;
    Ok(row.map(|(events, since, last)| Counter {
        events: u32::try_from(events).unwrap_or(u32::MAX),
        since: Timestamp::from_micros(since),
        last: Timestamp::from_micros(last),
    }))
}

fn sweep(connection: &mut Connection, now: Timestamp) -> QueryResult<()> {
    let over: Vec<(String, Vec<u8>)> = counters::table
        .filter(counters::forget_at.le(now.as_micros()))
        .order(counters::forget_at)
        .limit(SWEPT_AT_ONCE)
        .select((counters::scope, counters::key))
        .load(connection)?;
    for (scope, key) in over {
        delete(counters::table.find((scope, key))).execute(connection)?;
    }
    Ok(())
}
