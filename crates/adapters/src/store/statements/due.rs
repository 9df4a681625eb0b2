//! Claiming due messages of any channel: which are handed out, and which end instead.

use std::time::Duration;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _, insert_into,
};
use thunderbird_domain::{
    outbox::{
        lease::{Claim, Due, LeaseOrder, Leased, MAX_LEASE},
        message::{LeasedMessage, Payload},
        state::Ended,
    },
    random::Tag,
    time::Timestamp,
};

use super::{Connection, outbox::row, schema::counters};

/// A claim stops after this many messages that it ended as expired or withheld; the next claim goes on.
const ENDED_AT_ONCE: u32 = 500;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A due row of one channel's table.
pub(super) trait DueRow: Sized {
    /// What the row carries.
    type Payload: Payload;

    /// Names the counter of first attempts a day; `None` if the channel has no daily cap.
    const DAY_SCOPE: Option<&'static str>;

    /// The due rows that may be claimed now, at most `limit`.
    fn due(connection: &mut Connection, order: &LeaseOrder, limit: usize) -> QueryResult<Vec<Self>>;

    /// Row id of the message.
    fn id(&self) -> i64;

    /// What the decision about it needs.
    fn facts(&self) -> Due;

    /// Reads the whole row, before the attempt is counted.
    fn into_message(self, lease: Tag) -> QueryResult<LeasedMessage<Self::Payload>>;

    /// Stores that the row is leased, and counts the attempt.
    fn hold(connection: &mut Connection, id: i64, order: &LeaseOrder) -> QueryResult<()>;

    /// Stores that the row has ended, and erases its sealed words; false if it has to wait for the next claim.
    fn end(connection: &mut Connection, id: i64, state: Ended, now: Timestamp) -> QueryResult<bool>;
}

/// Claims due messages. Ending one makes room for the recipient's next, so it looks again until nothing more ends.
pub(super) fn claim<R: DueRow>(
    connection: &mut Connection,
    order: &LeaseOrder,
) -> QueryResult<Leased<R::Payload>> {
    let mut quota = DailyQuota::read::<R>(connection, order)?;
    let mut leased = Leased::default();
    loop {
        let room = order.limit.min(MAX_LEASE).saturating_sub(leased.messages.len());
        let ended = leased.withheld + leased.expired;
        if room == 0 || ended >= ENDED_AT_ONCE {
            break;
        }
        leased.capped = false;
        for row in R::due(connection, order, room)? {
            decide(connection, row, &mut quota, &mut leased)?;
        }
        if leased.withheld + leased.expired == ended {
            break;
        }
    }
    quota.store::<R>(connection)?;
    leased.claimed_today = quota.claimed_today;
    Ok(leased)
}

fn decide<R: DueRow>(
    connection: &mut Connection,
    row: R,
    quota: &mut DailyQuota<'_>,
    leased: &mut Leased<R::Payload>,
) -> QueryResult<()> {
    let (facts, order) = (row.facts(), quota.order);
    match facts.claim(order, quota.claimed_today) {
        Claim::Wait => leased.capped = true,
        Claim::Withhold => {
            let has_ended = R::end(connection, row.id(), Ended::Withheld, order.now)?;
            leased.withheld += u32::from(has_ended);
        }
        Claim::Expire => {
            let has_ended = R::end(connection, row.id(), Ended::Expired, order.now)?;
            leased.expired += u32::from(has_ended);
        }
        Claim::Send => {
            if let Some(message) = hand_out(connection, row, order)? {
                quota.count(facts);
                leased.messages.push(message);
            }
        }
    }
    Ok(())
}

/// A row that cannot be read ends as failed, or it would keep every message of its class from being claimed.
fn hand_out<R: DueRow>(
    connection: &mut Connection,
    row: R,
    order: &LeaseOrder,
) -> QueryResult<Option<LeasedMessage<R::Payload>>> {
    let id = row.id();
    match row.into_message(order.lease) {
        Ok(mut message) => {
            R::hold(connection, id, order)?;
            message.attempts = message.attempts.saturating_add(1);
            Ok(Some(message))
        }
        Err(error) => {
            tracing::error!(event = "outbox.unreadable", message = id, %error, "a queued message cannot be read");
            R::end(connection, id, Ended::Failed, order.now)?;
            Ok(None)
        }
    }
}

/// How many messages of a channel had their first attempt today.
struct DailyQuota<'a> {
    order: &'a LeaseOrder,
    day: i64,
    claimed_today: u32,
    first_attempts: u32,
}

impl<'a> DailyQuota<'a> {
    fn read<R: DueRow>(connection: &mut Connection, order: &'a LeaseOrder) -> QueryResult<Self> {
        let day = order.now.as_micros().div_euclid(MICROS_PER_DAY);
        let claimed_today = claimed_today::<R>(connection, order.now)?;
        Ok(Self {
            order,
            day,
            claimed_today,
            first_attempts: 0,
        })
    }

    fn count(&mut self, claimed: Due) {
        let first = u32::from(claimed.is_first());
        self.claimed_today = self.claimed_today.saturating_add(first);
        self.first_attempts = self.first_attempts.saturating_add(first);
    }

    fn store<R: DueRow>(&self, connection: &mut Connection) -> QueryResult<()> {
        let Some(scope) = R::DAY_SCOPE.filter(|_| self.first_attempts > 0) else {
            return Ok(());
        };
        let new = i64::from(self.first_attempts);
        insert_into(counters::table)
            .values((
                counters::scope.eq(scope),
                counters::key.eq(self.day.to_be_bytes().as_slice()),
                counters::count.eq(new),
                counters::window_started_at.eq(self.day.saturating_mul(MICROS_PER_DAY)),
                counters::updated_at.eq(self.order.now.as_micros()),
                counters::forget_at.eq(self.day.saturating_add(2).saturating_mul(MICROS_PER_DAY)),
            ))
            .on_conflict((counters::scope, counters::key))
            .do_update()
            // Another class may have counted since this one read.
            .set((
                counters::count.eq(counters::count + new),
                counters::updated_at.eq(self.order.now.as_micros()),
            ))
            .execute(connection)?;
        Ok(())
    }
}

/// How many messages of the channel had their first attempt today.
pub(super) fn claimed_today<R: DueRow>(connection: &mut Connection, now: Timestamp) -> QueryResult<u32> {
    match R::DAY_SCOPE {
        Some(scope) => claimed_on(connection, scope, now.as_micros().div_euclid(MICROS_PER_DAY)),
        None => Ok(0),
    }
}

/// How long until the next day begins, if as many messages as `room` were claimed today.
pub(super) fn day_is_full<R: DueRow>(
    connection: &mut Connection,
    room: u32,
    now: Timestamp,
) -> QueryResult<Option<Duration>> {
    let day = now.as_micros().div_euclid(MICROS_PER_DAY);
    let claimed = claimed_today::<R>(connection, now)?;
    let tomorrow = Timestamp::from_micros(day.saturating_add(1).saturating_mul(MICROS_PER_DAY));
    Ok((claimed >= room).then(|| tomorrow.since(now)))
}

fn claimed_on(connection: &mut Connection, scope: &str, day: i64) -> QueryResult<u32> {
    let key = day.to_be_bytes();
    let row = counters::table
        .find((scope, key.as_slice()))
        .select(counters::count);
    Ok(row.first::<i64>(connection).optional()?.map_or(0, row::count))
}
