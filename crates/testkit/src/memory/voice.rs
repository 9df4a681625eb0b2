//! Calls to contacts, in memory.

use std::collections::HashSet;

use thunderbird_domain::{
    outbox::{
        lease::{Claim, Due, LeaseOrder, Leased},
        message::Progress,
        port::Outbox,
        retry::{LONGEST_ALARM_WAIT, SHORTEST_LIFE},
        settle::Settlement,
        state::{Ended, SendState},
    },
    outgoing::OutgoingCall,
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
    voice::{CallHeard, CallPayload, CallReport, Calls, Key, LeasedCall, StoredCall},
};

use super::{
    MemoryStore,
    calls::{Row, id_of},
};

impl super::State {
    /// Whether a condition of placing the call is gone.
    fn call_is_unwanted(&self, row: &Row) -> bool {
        let (call, deadline) = (&row.call, row.deadline);
        let ended = self
            .users
            .ended
            .iter()
            .any(|(known, _)| Some(known.id) == call.user);
        let is_contact = self
            .users
            .users
            .iter()
            .any(|known| Some(known.id) == call.user && known.user.contact(&call.to).is_some());
        let promise = deadline.and_then(|id| self.deadlines.all().iter().find(|stored| stored.id == id));
        let is_settled =
            promise.is_some_and(|stored| !stored.deadline.is_open() || stored.deadline.is_acted_upon());
        let has_answered = self.inbox.texts.iter().any(|text| {
            let at = text.texted_at.unwrap_or(text.at);
            text.message.from.as_str() == call.to.as_str() && at > row.queued_at
        });
        self.opt_outs.stands(&call.to)
            || has_answered
            || self.calls.no_calls.contains(&call.to)
            || ended
            || (deadline.is_some() && !is_contact)
            || is_settled
    }
}

impl Outbox<CallPayload> for MemoryStore {
    fn queue(&self, calls: Vec<OutgoingCall>, at: Timestamp) -> PortFuture<'_, ()> {
        self.lock().calls.queue(&calls, None, at);
        Box::pin(async { Ok(()) })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<CallPayload>>> {
        let state = self.lock();
        let found = state.calls.place(tag).map(|place| {
            let row = &state.calls.rows[place];
            Progress {
                id: id_of(place),
                state: row.state,
                receipt: row.receipt(),
                code: row.code,
                attempts: row.attempts,
                ambiguous: row.ambiguous,
                next_attempt_at: row.next_attempt_at,
                has_words: true,
            }
        });
        Box::pin(async move { Ok(found) })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<CallPayload>> {
        let mut state = self.lock();
        let mut leased = Leased::default();
        let mut busy: HashSet<PhoneNumber> = state
            .calls
            .rows
            .iter()
            .filter(|row| row.keeps_busy(order.now))
            .map(|row| row.call.to.clone())
            .collect();
        for place in 0..state.calls.rows.len() {
            let row = &state.calls.rows[place];
            if leased.messages.len() == order.limit {
                break;
            }
            if !row.is_due(order.now) || busy.contains(&row.call.to) {
                continue;
            }
            let due = Due {
                expires_at: row.call.expires_at,
                unwanted: state.call_is_unwanted(row),
                attempts: row.attempts,
            };
            let row = &mut state.calls.rows[place];
            match due.claim(&order, 0) {
                Claim::Send => {
                    row.enter(SendState::Sending, order.now);
                    row.attempts += 1;
                    row.lease = Some((order.lease, order.until));
                    leased.messages.push(row.leased(place));
                    busy.insert(row.call.to.clone());
                }
                Claim::Expire => {
                    row.enter(SendState::Ended(Ended::Expired), order.now);
                    leased.expired += 1;
                }
                Claim::Withhold => {
                    row.enter(SendState::Ended(Ended::Withheld), order.now);
                    leased.withheld += 1;
                }
                Claim::Wait => {}
            }
        }
        Box::pin(async move { Ok(leased) })
    }

    fn settle(&self, settlements: Vec<Settlement<CallPayload>>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        for settlement in settlements {
            let place = usize::try_from(settlement.id.get() - 1).unwrap();
            state.calls.rows[place].settle(&settlement);
        }
        Box::pin(async { Ok(()) })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedCall>> {
        let state = self.lock();
        let rows = state.calls.rows.iter().enumerate();
        let stranded = rows.filter(|(_, row)| row.lease.is_some_and(|(_, until)| until <= now));
        let stranded = stranded
            .take(limit)
            .map(|(place, row)| row.leased(place))
            .collect();
        Box::pin(async move { Ok(stranded) })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        let mut changed = 0;
        for row in &mut self.lock().calls.rows {
            if row.state != SendState::Queued {
                continue;
            }
            if row.call.expires_at < now.plus(SHORTEST_LIFE) {
                row.enter(SendState::Ended(Ended::Expired), now);
                changed += 1;
            } else if row.next_attempt_at > Some(now.plus(LONGEST_ALARM_WAIT)) {
                row.next_attempt_at = Some(now);
                changed += 1;
            }
        }
        Box::pin(async move { Ok(changed) })
    }
}

impl Calls for MemoryStore {
    fn call(&self, tag: Tag) -> PortFuture<'_, Option<StoredCall>> {
        let state = self.lock();
        let found = state.calls.place(tag).map(|place| {
            let row = &state.calls.rows[place];
            let promises = state.deadlines.all();
            let promise = promises.iter().find(|stored| Some(stored.id) == row.deadline);
            StoredCall {
                tag,
                to: row.call.to.clone(),
                state: row.state,
                status: row.status,
                sid: row.sid.clone(),
                attempts: row.attempts,
                ambiguous: row.ambiguous,
                words: Some(row.call.words.clone()),
                key: row.key,
                watched: promise.and_then(|stored| state.watched(stored)),
            }
        });
        Box::pin(async move { Ok(found) })
    }

    fn report(&self, report: CallReport) -> PortFuture<'_, CallHeard> {
        let heard = self.lock().calls.hear(&report);
        Box::pin(async move { Ok(heard) })
    }

    fn press(&self, tag: Tag, key: Key, _: Timestamp) -> PortFuture<'_, ()> {
        let calls = &mut self.lock().calls;
        if let Some(place) = calls.place(tag) {
            calls.rows[place].key = Some(key);
            if key == Key::NoCalls {
                calls.no_calls.insert(calls.rows[place].call.to.clone());
            }
        }
        Box::pin(async { Ok(()) })
    }

    fn wants_no_calls(&self, phone: &PhoneNumber) -> PortFuture<'_, bool> {
        let wants_none = self.lock().calls.no_calls.contains(phone);
        Box::pin(async move { Ok(wants_none) })
    }
}
