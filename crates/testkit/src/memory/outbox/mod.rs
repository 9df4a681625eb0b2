//! The outbox in memory.

mod callbacks;

use std::collections::BTreeMap;

use thunderbird_domain::{
    id::MessageId,
    outbox::{
        lease::{Claim, Due, LeaseOrder, Leased, MAX_LEASE},
        message::Progress,
        port::Outbox,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Class, Outgoing, OutgoingText, Words},
    port::PortFuture,
    random::Tag,
    sms::{
        delivery::Delivery,
        gateway::MessageSid,
        outbox::{
            Callback, CallbackResult, DeliveryReports, LeasedText, Reading, TextPayload, TextReceipt, Unread,
        },
    },
    time::Timestamp,
};

use super::MemoryStore;

pub(super) const DAY: i64 = 86_400;

/// What became of the texts that the store's commits queued.
#[derive(Default)]
pub(crate) struct State {
    pub(super) rows: BTreeMap<MessageId, Row>,
    pub(super) callbacks: Vec<(Callback, bool)>,
    pub(super) claimed: BTreeMap<i64, u32>,
}

pub(super) struct Row {
    pub(super) text: OutgoingText,
    pub(super) words: Option<Words>,
    pub(super) state: SendState,
    lease: Option<(Tag, Timestamp)>,
    pub(super) next_attempt_at: Timestamp,
    attempts: u32,
    pub(super) ambiguous: u32,
    receipt: Option<TextReceipt>,
    pub(super) code: Option<u32>,
    reread_at: Option<Timestamp>,
    rereads: u32,
    /// When a report last changed the state.
    pub(super) heard_at: Option<Timestamp>,
}

impl Row {
    fn of(text: &OutgoingText) -> Self {
        Self {
            text: text.clone(),
            words: Some(text.words.clone()),
            state: SendState::Queued,
            lease: None,
            next_attempt_at: text.not_before,
            attempts: 0,
            ambiguous: 0,
            receipt: None,
            code: None,
            reread_at: None,
            rereads: 0,
            heard_at: None,
        }
    }

    fn sid(&self) -> Option<&MessageSid> {
        self.receipt.as_ref()?.sid.as_ref()
    }

    pub(super) fn enter(&mut self, state: SendState) {
        self.state = state;
        self.lease = None;
        if state != SendState::Queued && matches!(self.words, Some(Words::Sealed { .. })) {
            self.words = None;
        }
    }

    fn hear(&mut self, heard: Delivery, at: Timestamp) {
        let Some(known) = Delivery::of(self.state, self.code) else {
            return;
        };
        let next = known.with(heard);
        if next != known {
            self.enter(next.status.into());
            self.code = next.code;
            self.reread_at = Some(next.first_reading(self.text.class, at));
            self.rereads = 0;
            self.heard_at = Some(at);
        }
    }

    fn leased(&self, id: MessageId, lease: Tag) -> LeasedText {
        LeasedText {
            id,
            tag: self.text.tag,
            lease,
            payload: TextPayload {
                to: self.text.to.clone(),
            },
            class: self.text.class,
            words: self.words.clone(),
            expires_at: self.text.expires_at,
            attempts: self.attempts,
            ambiguous: self.ambiguous,
        }
    }
}

impl super::State {
    /// Gives every text that a commit queued its row.
    pub(super) fn outbox(&mut self) -> &mut State {
        let texts = self.outgoing.iter().filter_map(|outgoing| match outgoing {
            Outgoing::Text(text) | Outgoing::Newest(text) => Some(text),
            Outgoing::Mail(_) | Outgoing::Page(_) => None,
        });
        for (id, text) in (1..).map(MessageId::from_stored).zip(texts) {
            let row = self.outbox.rows.entry(id).or_insert_with(|| Row::of(text));
            if row.attempts == 0 && row.state == SendState::Queued {
                row.words = Some(text.words.clone());
            }
        }
        &mut self.outbox
    }

    pub(crate) fn progress_of(&mut self, tag: Tag) -> Option<Progress<TextPayload>> {
        let mut rows = self.outbox().rows.iter();
        let (id, row) = rows.find(|(_, row)| row.text.tag == tag)?;
        Some(Progress {
            id: *id,
            state: row.state,
            receipt: row.receipt.clone(),
            code: row.code,
            attempts: row.attempts,
            ambiguous: row.ambiguous,
            next_attempt_at: (row.state == SendState::Queued).then_some(row.next_attempt_at),
            has_words: row.words.is_some(),
        })
    }

    fn lease(&mut self, order: &LeaseOrder) -> Leased<TextPayload> {
        let mut leased = Leased::default();
        let day = order.now.as_seconds() / DAY;
        self.outbox();
        let Self {
            outbox,
            opt_outs,
            deadlines,
            users,
            ..
        } = self;
        let mut busy = Vec::new();
        for (id, row) in outbox
            .rows
            .iter_mut()
            .filter(|(_, row)| row.text.class == order.class)
        {
            if !row.state.is_pending() || busy.contains(&row.text.to) {
                continue;
            }
            if row.state == SendState::Queued && row.text.not_before > order.now {
                continue;
            }
            let due = row.state == SendState::Queued && row.next_attempt_at <= order.now;
            if !due || leased.messages.len() >= order.limit.min(MAX_LEASE) {
                busy.push(row.text.to.clone());
                continue;
            }
            let claimed = outbox.claimed.entry(day).or_default();
            let is_stand_down = row.text.class == Class::Alarm && !deadlines.is_about(row.text.tag);
            let has_left = row.text.user.is_some_and(|user| users.has_ended(user)) && !is_stand_down;
            let due = Due {
                expires_at: row.text.expires_at,
                unwanted: has_left || opt_outs.stands(&row.text.to) || deadlines.is_over(row.text.tag),
                attempts: row.attempts,
            };
            match due.claim(order, *claimed) {
                Claim::Withhold => {
                    leased.withheld += 1;
                    row.enter(SendState::Ended(Ended::Withheld));
                }
                Claim::Expire => {
                    leased.expired += 1;
                    row.enter(SendState::Ended(Ended::Expired));
                }
                Claim::Wait => {
                    leased.capped = true;
                    busy.push(row.text.to.clone());
                }
                Claim::Send => {
                    *claimed += u32::from(due.is_first());
                    row.attempts += 1;
                    row.state = SendState::Sending;
                    row.lease = Some((order.lease, order.until));
                    leased.messages.push(row.leased(*id, order.lease));
                    busy.push(row.text.to.clone());
                }
            }
        }
        leased.claimed_today = outbox.claimed.get(&day).copied().unwrap_or(0);
        leased
    }

    fn settle(&mut self, settlement: Settlement<TextPayload>) {
        let outbox = self.outbox();
        let taken = |sid: &MessageSid| outbox.rows.values().any(|row| row.sid() == Some(sid));
        let known_sid = matches!(&settlement.outcome, SendOutcome::Accepted(TextReceipt { sid: Some(sid), .. }) if taken(sid));
        let Some(row) = outbox.rows.get_mut(&settlement.id) else {
            return;
        };
        let held = row.lease.is_some_and(|(lease, _)| lease == settlement.lease);
        let accepted = matches!(settlement.outcome, SendOutcome::Accepted(_));
        if !(held || (accepted && row.state.is_pending())) {
            return;
        }
        let taken_over = accepted.then_some(row.text.tag);
        match settlement.outcome {
            SendOutcome::Accepted(receipt) => {
                row.enter(SendState::Accepted);
                let sid = receipt.sid.clone().filter(|_| !known_sid);
                (row.receipt, row.code) = (Some(TextReceipt { sid, ..receipt }), None);
                row.reread_at = row
                    .sid()
                    .is_some()
                    .then(|| Delivery::ACCEPTED.first_reading(row.text.class, settlement.at));
            }
            SendOutcome::Again { at, ambiguous, code } => {
                row.enter(SendState::Queued);
                row.ambiguous += u32::from(ambiguous);
                (row.next_attempt_at, row.code) = (at, code);
            }
            SendOutcome::Ended {
                state,
                code,
                ambiguous,
            } => {
                row.enter(SendState::Ended(state));
                row.ambiguous += u32::from(ambiguous);
                row.code = code;
            }
        }
        let opt_outs = outbox.apply_callbacks(settlement.at);
        for change in settlement.opt_out.iter().chain(&opt_outs) {
            self.opt_outs.apply(change);
        }
        if let Some(text) = taken_over {
            self.calls.text_taken_over(text, settlement.at);
        }
    }
}

fn ready<'a, T: Send + 'a>(answer: T) -> PortFuture<'a, T> {
    Box::pin(async move { Ok(answer) })
}

impl Outbox<TextPayload> for MemoryStore {
    fn queue(&self, texts: Vec<OutgoingText>, _at: Timestamp) -> PortFuture<'_, ()> {
        let texts: Vec<_> = texts.into_iter().map(Outgoing::Text).collect();
        self.lock().queue(&texts);
        ready(())
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<TextPayload>>> {
        ready(self.lock().progress_of(tag))
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<TextPayload>> {
        let mut state = self.lock();
        let leased = state.lease(&order);
        state.note_fates(order.now);
        ready(leased)
    }

    fn settle(&self, settlements: Vec<Settlement<TextPayload>>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        for settlement in settlements {
            let at = settlement.at;
            state.settle(settlement);
            state.note_fates(at);
        }
        ready(())
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedText>> {
        let mut state = self.lock();
        let rows = state.outbox().rows.iter();
        let over = rows.filter_map(|(id, row)| {
            let (lease, until) = row.lease?;
            (until <= now).then(|| row.leased(*id, lease))
        });
        ready(over.take(limit).collect())
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        ready(self.lock().outbox().erase(now))
    }
}

impl DeliveryReports for MemoryStore {
    fn hear(&self, callback: Callback) -> PortFuture<'_, CallbackResult> {
        let mut state = self.lock();
        let outbox = state.outbox();
        let same = |known: &Callback| {
            (&known.sid, known.status, known.code) == (&callback.sid, callback.status, callback.code)
        };
        if outbox.callbacks.iter().any(|(known, _)| same(known)) {
            return ready(CallbackResult::Repeated);
        }
        let at = callback.at;
        outbox.callbacks.push((callback, false));
        let opt_outs = outbox.apply_callbacks(at);
        let applied = outbox.callbacks.last().is_some_and(|(_, applied)| *applied);
        for change in &opt_outs {
            state.opt_outs.apply(change);
        }
        state.note_fates(at);
        ready(if applied {
            CallbackResult::Applied
        } else {
            CallbackResult::Kept
        })
    }

    fn unread(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<Unread>> {
        let mut state = self.lock();
        let due = state.outbox().rows.iter().filter_map(|(id, row)| {
            let sid = row
                .sid()
                .cloned()
                .filter(|_| row.reread_at.is_some_and(|at| at <= now))?;
            let delivery = Delivery::of(row.state, row.code)?;
            Some(Unread {
                id: *id,
                class: row.text.class,
                sid,
                readings: row.rereads,
                delivery,
            })
        });
        ready(due.take(limit).collect())
    }

    fn record(&self, readings: Vec<Reading>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        for reading in readings {
            let at = reading.at;
            if let Some(row) = state.outbox().rows.get_mut(&reading.id) {
                if let Some(heard) = reading.delivery {
                    row.hear(heard, reading.at);
                }
                if let Some(receipt) = &mut row.receipt {
                    receipt.price = reading.price.unwrap_or(receipt.price);
                    receipt.segments = reading.segments.unwrap_or(receipt.segments);
                }
                row.rereads += 1;
                row.reread_at = reading.again_at;
            }
            state.note_fates(at);
        }
        ready(())
    }
}
