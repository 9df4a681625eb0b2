//! Calls to contacts: their queue, what the provider reports of them, and the numbers that want none.

mod due;
mod report;
mod row;

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult, RunQueryDsl as _,
    SelectableHelper as _, insert_into, update,
};
use thunderbird_domain::{
    admin::CallLine,
    id::DeadlineId,
    outbox::{
        lease::{LeaseOrder, Leased},
        message::Progress,
        port::Outbox,
        retry::{LONGEST_ALARM_WAIT, SHORTEST_LIFE},
        settle::Settlement,
        state::{Ended, SendState},
    },
    outgoing::{CALL_AFTER, OutgoingCall},
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
    user::UserId,
    voice::{CallHeard, CallPayload, CallReport, Calls, Key as PhoneKey, LeasedCall, StoredCall},
};

use super::{
    Connection, Key, Keys, Store, Unkeyed, deadline, dialect,
    due::{self as claims, DueRow as _},
    schema::{calls, no_calls},
};
use row::Row;

const PORT: &str = "calls";
const AT_ONCE: i64 = 500;

impl Outbox<CallPayload> for Store {
    fn queue(&self, queued: Vec<OutgoingCall>, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::Appends), move |connection| {
            Ok(queue(connection, &queued, None, at)?)
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<CallPayload>>> {
        self.read_here(PORT, move |connection| {
            let row = row::tagged(connection, tag)?;
            row.as_ref().map(Row::progress).transpose()
        })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<CallPayload>> {
        Box::pin(async move {
            let is_due = self.read_here(PORT, move |connection| due::is_due(connection, order.now));
            if !is_due.await? {
                return Ok(Leased::default());
            }
            self.transact(PORT, Keys::on([Key::Calls]), move |connection| {
                Ok(claims::claim::<due::DueCall>(connection, &order)?)
            })
            .await
        })
    }

    fn settle(&self, mut settlements: Vec<Settlement<CallPayload>>) -> PortFuture<'_, ()> {
        settlements.sort_unstable_by_key(|settlement| settlement.id);
        self.transact(PORT, Keys::on([Key::Calls]), move |connection| {
            for settlement in &settlements {
                report::settle(connection, settlement)?;
            }
            Ok(())
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedCall>> {
        self.read(PORT, move |connection| {
            let rows: Vec<Row> = calls::table
                .filter(calls::state.eq(SendState::Sending.as_str()))
                .filter(calls::lease_until.le(now.as_micros()))
                .order(calls::id)
                .limit(i64::try_from(limit).unwrap_or(AT_ONCE))
                .select(Row::as_select())
                .load(connection)?;
            Ok(rows.into_iter().filter_map(Row::leased).collect())
        })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let found = self.read(PORT, move |connection| {
                Ok((overdue(connection, now)?, far(connection, now)?))
            });
            let (overdue, far) = found.await?;
            if overdue.is_empty() && far.is_empty() {
                return Ok(0);
            }
            self.transact(PORT, Keys::none(Unkeyed::Sweep), move |connection| {
                let mut changed = 0;
                for id in dialect::free(connection, "calls", overdue.clone())? {
                    changed += usize::from(due::DueCall::end(connection, id, Ended::Expired, now)?);
                }
                let far = dialect::free(connection, "calls", far.clone())?;
                let waiting = calls::table.filter(calls::id.eq_any(far));
                let forward = update(waiting.filter(calls::state.eq(SendState::Queued.as_str())))
                    .set(calls::next_attempt_at.eq(now.as_micros()))
                    .execute(connection)?;
                Ok(forward.saturating_add(changed))
            })
            .await
        })
    }
}

impl Calls for Store {
    fn call(&self, tag: Tag) -> PortFuture<'_, Option<StoredCall>> {
        self.read_here(PORT, move |connection| {
            let Some(row) = row::tagged(connection, tag)? else {
                return Ok(None);
            };
            let watched = match row.deadline() {
                Some(id) => deadline::one(connection, id)?,
                None => None,
            };
            row.stored(watched).map(Some)
        })
    }

    fn report(&self, report: CallReport) -> PortFuture<'_, CallHeard> {
        self.transact(PORT, Keys::on([Key::Calls]), move |connection| {
            Ok(report::take(connection, &report)?)
        })
    }

    fn press(&self, tag: Tag, key: PhoneKey, at: Timestamp) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::on([Key::Calls]), move |connection| {
            let pressed: Option<String> = update(calls::table)
                .filter(calls::tag.eq(tag.as_bytes().as_slice()))
                .set(calls::pressed.eq(key.as_str()))
                .returning(calls::phone)
                .get_result(connection)
                .optional()?;
            if let Some(phone) = pressed.filter(|_| key == PhoneKey::NoCalls) {
                insert_into(no_calls::table)
                    .values((no_calls::phone.eq(phone), no_calls::asked_at.eq(at.as_micros())))
                    .on_conflict_do_nothing()
                    .execute(connection)?;
            }
            Ok(())
        })
    }

    fn wants_no_calls(&self, phone: &PhoneNumber) -> PortFuture<'_, bool> {
        let phone = phone.clone();
        self.read_here(PORT, move |connection| {
            let found: Option<i64> = no_calls::table
                .find(phone.as_str())
                .select(no_calls::asked_at)
                .first(connection)
                .optional()?;
            Ok(found.is_some())
        })
    }
}

/// Queues calls; with a promise they are placed only while it is open. A tag that is queued already stays as it is.
pub(crate) fn queue(
    connection: &mut Connection,
    queued: &[OutgoingCall],
    deadline: Option<i64>,
    at: Timestamp,
) -> QueryResult<()> {
    for call in queued {
        let row = (
            calls::tag.eq(call.tag.as_bytes().as_slice()),
            calls::deadline_id.eq(deadline),
            calls::user_id.eq(call.user.map(UserId::get)),
            calls::phone.eq(call.to.as_str()),
            calls::state.eq(SendState::Queued.as_str()),
            calls::words.eq(&call.words),
            calls::next_attempt_at.eq(call.not_before.as_micros()),
            calls::expires_at.eq(call.expires_at.as_micros()),
            calls::state_at.eq(at.as_micros()),
            calls::created_at.eq(at.as_micros()),
        );
        insert_into(calls::table)
            .values(row)
            .on_conflict(calls::tag)
            .do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

/// Withholds the calls about a promise that wait. What is being placed at this moment is withheld by the claim that would
/// place it again.
pub(crate) fn withdraw(connection: &mut Connection, deadline: i64, at: Timestamp) -> QueryResult<()> {
    let queued = calls::table
        .filter(calls::deadline_id.eq(deadline))
        .filter(calls::state.eq(SendState::Queued.as_str()));
    update(queued)
        .set((
            calls::state.eq(SendState::Ended(Ended::Withheld).as_str()),
            calls::state_at.eq(at.as_micros()),
            calls::next_attempt_at.eq(None::<i64>),
        ))
        .execute(connection)
        .map(|_| ())
}

/// The numbers that may have rung about this promise: a call was not withheld, or an attempt may have got through.
pub(crate) fn rung(connection: &mut Connection, deadline: i64) -> QueryResult<Vec<String>> {
    let rows: Vec<(String, String, i64)> = calls::table
        .filter(calls::deadline_id.eq(deadline))
        .select((calls::phone, calls::state, calls::ambiguous_attempts))
        .load(connection)?;
    let withheld = SendState::Ended(Ended::Withheld).as_str();
    let rung = rows
        .into_iter()
        .filter(|(_, state, ambiguous)| state != withheld || *ambiguous > 0);
    Ok(rung.map(|(phone, _, _)| phone).collect())
}

/// The text with this tag was taken over: the call that follows it has that long to wait, if it was not tried yet.
pub(crate) fn text_taken_over(connection: &mut Connection, text: Tag, at: Timestamp) -> QueryResult<()> {
    let call = OutgoingCall::tag_of(text);
    let waiting = calls::table
        .filter(calls::tag.eq(call.as_bytes().as_slice()))
        .filter(calls::state.eq(SendState::Queued.as_str()))
        .filter(calls::attempts.eq(0));
    update(waiting)
        .set(calls::next_attempt_at.eq(at.plus(CALL_AFTER).as_micros()))
        .execute(connection)
        .map(|_| ())
}

/// The calls about a promise, oldest first.
pub(crate) fn about(
    connection: &mut Connection,
    deadline: DeadlineId,
    limit: i64,
) -> QueryResult<Vec<CallLine>> {
    let rows: Vec<Row> = calls::table
        .filter(calls::deadline_id.eq(deadline.get()))
        .order(calls::id)
        .limit(limit)
        .select(Row::as_select())
        .load(connection)?;
    rows.iter().map(Row::line).collect()
}

/// The number wants calls again.
pub(crate) fn allow(connection: &mut Connection, phone: &str) -> QueryResult<()> {
    diesel::delete(no_calls::table.find(phone))
        .execute(connection)
        .map(|_| ())
}

/// Waiting calls whose life is over; voice can be off, and then no claim ends them.
fn overdue(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    calls::table
        .filter(calls::state.eq(SendState::Queued.as_str()))
        .filter(calls::expires_at.lt(now.plus(SHORTEST_LIFE).as_micros()))
        .select(calls::id)
        .limit(AT_ONCE)
        .load(connection)
}

/// Calls that wait for a moment that no pause explains.
fn far(connection: &mut Connection, now: Timestamp) -> QueryResult<Vec<i64>> {
    calls::table
        .filter(calls::state.eq(SendState::Queued.as_str()))
        .filter(calls::next_attempt_at.gt(now.plus(LONGEST_ALARM_WAIT).as_micros()))
        .select(calls::id)
        .limit(AT_ONCE)
        .load(connection)
}
