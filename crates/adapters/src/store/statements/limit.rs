//! Counters. Other stores judge, count and clear them in the commit of what they limit.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, delete,
    insert_into,
};
use thunderbird_domain::{
    audit::AuditEvent,
    limit::{Counted, Counter, Limit, LimitKey, RateLimiter, Verdict},
    port::PortFuture,
    refusals,
    time::Timestamp,
};

use super::{Connection, Key, Keys, Store, audit, dialect, schema::counters};

const PORT: &str = "rate limiter";

impl RateLimiter for Store {
    fn counted(&self, keys: Vec<LimitKey>) -> PortFuture<'_, Counted> {
        self.read_here(PORT, move |connection| {
            let mut counted = Counted::default();
            for key in keys {
                if let Some(counter) = find(connection, &key)? {
                    counted.put(key, counter);
                }
            }
            Ok(counted)
        })
    }

    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict> {
        self.read_here(PORT, move |connection| judge(connection, &limits, now))
    }

    fn give_back(&self, limits: Vec<Limit>, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on(keys(&limits)), move |connection| {
            Ok(give_back(connection, &limits, at)?)
        })
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

/// What all limits say together. Each that refuses is counted for the metrics.
pub(crate) fn judge(connection: &mut Connection, limits: &[Limit], now: Timestamp) -> QueryResult<Verdict> {
    let mut verdict = Verdict::Allowed;
    for limit in limits {
        let counter = find(connection, &limit.key)?;
        let said = limit.rule.judge(counter, now);
        if said != Verdict::Allowed {
            refusals::count(limit.key.scope());
        }
        verdict = verdict.and(said);
    }
    Ok(verdict)
}

/// Takes one event back under every limit, which was counted at `at`.
pub(crate) fn give_back(connection: &mut Connection, limits: &[Limit], at: Timestamp) -> QueryResult<()> {
    for limit in limits {
        if let Some(counter) = find(connection, &limit.key)? {
            let counter = limit.rule.give_back(counter, at);
            put(connection, &limit.key, counter, limit.rule.forget_at(counter))?;
        }
    }
    Ok(())
}

/// Judges and counts one event under each limit in turn. `false` if one refuses: the caller must undo what was written. The
/// decision had asked already, and is made again, so it is the one that is counted for the metrics.
pub(crate) fn spend(connection: &mut Connection, limits: &[Limit], now: Timestamp) -> QueryResult<bool> {
    for limit in limits {
        let counter = find(connection, &limit.key)?;
        if limit.rule.judge(counter, now) != Verdict::Allowed {
            return Ok(false);
        }
        let counter = limit.rule.count(counter, now);
        put(connection, &limit.key, counter, limit.rule.forget_at(counter))?;
    }
    if !limits.is_empty() {
        dialect::sweep_counters(connection, now.as_micros())?;
    }
    Ok(true)
}

/// Counts one event under every limit, and forgets a few counters whose time is over.
pub(crate) fn count(connection: &mut Connection, limits: &[Limit], now: Timestamp) -> QueryResult<()> {
    for limit in limits {
        let counter = limit.rule.count(find(connection, &limit.key)?, now);
        put(connection, &limit.key, counter, limit.rule.forget_at(counter))?;
    }
    dialect::sweep_counters(connection, now.as_micros())
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
