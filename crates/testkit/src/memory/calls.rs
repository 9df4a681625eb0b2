//! Calls to contacts: the rows that the store in memory keeps.

use std::{collections::HashSet, time::Duration};

use thunderbird_domain::{
    deadline::DeadlineChange,
    id::{CallId, DeadlineId},
    outbox::{
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{CALL_AFTER, OutgoingCall, Words},
    phone_number::PhoneNumber,
    random::Tag,
    time::Timestamp,
    voice::{
        CALL_CLASS, CallHeard, CallPayload, CallReceipt, CallReport, CallSid, CallStatus, Key, LeasedCall,
    },
};

/// A call that was not over after this time is over all the same.
const LONGEST_CALL: Duration = Duration::from_mins(5);

/// Every call ever queued, in the order of queueing; a call's id is its place, counted from 1.
#[derive(Default)]
pub(crate) struct State {
    pub(super) rows: Vec<Row>,
    pub(super) no_calls: HashSet<PhoneNumber>,
}

pub(crate) struct Row {
    pub(super) call: OutgoingCall,
    pub(super) deadline: Option<DeadlineId>,
    pub(super) queued_at: Timestamp,
    pub(super) state: SendState,
    pub(super) state_at: Timestamp,
    pub(super) status: Option<CallStatus>,
    pub(super) sid: Option<CallSid>,
    pub(super) key: Option<Key>,
    pub(super) attempts: u32,
    pub(super) ambiguous: u32,
    pub(super) next_attempt_at: Option<Timestamp>,
    pub(super) lease: Option<(Tag, Timestamp)>,
    pub(super) code: Option<u32>,
}

impl Row {
    pub(super) fn enter(&mut self, state: SendState, at: Timestamp) {
        (self.state, self.state_at) = (state, at);
        (self.lease, self.next_attempt_at) = (None, None);
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.state == SendState::Queued && self.next_attempt_at.is_some_and(|at| at <= now)
    }

    /// Whether another call to the same phone has to wait for this one.
    pub(super) fn keeps_busy(&self, now: Timestamp) -> bool {
        let is_under_way = matches!(self.state, SendState::Accepted | SendState::Sent)
            || (self.state == SendState::Delivered && self.status == Some(CallStatus::Answered));
        self.state == SendState::Sending || (is_under_way && self.state_at > now.minus(LONGEST_CALL))
    }

    pub(super) fn receipt(&self) -> Option<CallReceipt> {
        let is_taken = matches!(
            self.state,
            SendState::Accepted | SendState::Sent | SendState::Delivered | SendState::Undelivered
        );
        let sid = self.sid.clone();
        (is_taken || sid.is_some()).then_some(CallReceipt { sid })
    }

    pub(super) fn leased(&self, place: usize) -> LeasedCall {
        LeasedCall {
            id: id_of(place),
            tag: self.call.tag,
            lease: self.lease.expect("a leased call").0,
            payload: CallPayload {
                to: self.call.to.clone(),
            },
            class: CALL_CLASS,
            words: Some(Words::Plain(self.call.words.clone())),
            expires_at: self.call.expires_at,
            attempts: self.attempts,
            ambiguous: self.ambiguous,
        }
    }

    pub(super) fn settle(&mut self, settlement: &Settlement<CallPayload>) {
        let held = self.state == SendState::Sending
            && self.lease.is_some_and(|(lease, _)| lease == settlement.lease);
        let accepted = matches!(settlement.outcome, SendOutcome::Accepted(_));
        if !(held || (self.state.is_pending() && accepted)) {
            return;
        }
        match &settlement.outcome {
            SendOutcome::Accepted(receipt) => {
                self.enter(SendState::Accepted, settlement.at);
                self.code = None;
                self.sid = receipt.sid.clone().or(self.sid.take());
            }
            SendOutcome::Ended {
                state,
                code,
                ambiguous,
            } => {
                self.enter(SendState::Ended(*state), settlement.at);
                self.code = *code;
                self.ambiguous += u32::from(*ambiguous);
            }
            SendOutcome::Again { at, ambiguous, code } => {
                self.enter(SendState::Queued, settlement.at);
                self.next_attempt_at = Some(*at);
                self.ambiguous += u32::from(*ambiguous);
                self.code = *code;
            }
        }
    }
}

pub(super) fn id_of(place: usize) -> CallId {
    CallId::from_stored(i64::try_from(place).unwrap() + 1)
}

impl State {
    pub(super) fn place(&self, tag: Tag) -> Option<usize> {
        self.rows.iter().position(|row| row.call.tag == tag)
    }

    pub(super) fn queue(&mut self, calls: &[OutgoingCall], deadline: Option<DeadlineId>, at: Timestamp) {
        for call in calls {
            if self.place(call.tag).is_none() {
                self.rows.push(Row {
                    call: call.clone(),
                    deadline,
                    queued_at: at,
                    state: SendState::Queued,
                    state_at: at,
                    status: None,
                    sid: None,
                    key: None,
                    attempts: 0,
                    ambiguous: 0,
                    next_attempt_at: Some(call.not_before),
                    lease: None,
                    code: None,
                });
            }
        }
    }

    /// Queues the calls of a change, and withholds those that wait if the promise is closed or a contact deals with it.
    pub(crate) fn change(&mut self, change: &DeadlineChange, id: DeadlineId, at: Timestamp) {
        self.queue(&change.calls, Some(id), at);
        if !change.state.is_open() || change.state.is_acted_upon() {
            self.withdraw(id, at);
        }
    }

    fn withdraw(&mut self, deadline: DeadlineId, at: Timestamp) {
        for row in &mut self.rows {
            if row.deadline == Some(deadline) && row.state == SendState::Queued {
                row.enter(SendState::Ended(Ended::Withheld), at);
            }
        }
    }

    /// The numbers that may have rung about this promise.
    pub(crate) fn rung(&self, deadline: DeadlineId) -> Vec<PhoneNumber> {
        let rows = self.rows.iter().filter(|row| row.deadline == Some(deadline));
        let rung = rows.filter(|row| row.state != SendState::Ended(Ended::Withheld) || row.ambiguous > 0);
        rung.map(|row| row.call.to.clone()).collect()
    }

    /// The states of the calls about a promise to one number.
    pub(crate) fn states_to(&self, deadline: DeadlineId, to: &PhoneNumber) -> Vec<SendState> {
        let rows = self
            .rows
            .iter()
            .filter(|row| row.deadline == Some(deadline) && row.call.to == *to);
        rows.map(|row| row.state).collect()
    }

    /// The text with this tag was taken over.
    pub(crate) fn text_taken_over(&mut self, text: Tag, at: Timestamp) {
        if let Some(place) = self.place(OutgoingCall::tag_of(text)) {
            let row = &mut self.rows[place];
            if row.state == SendState::Queued && row.attempts == 0 {
                row.next_attempt_at = Some(at.plus(CALL_AFTER));
            }
        }
    }

    /// The number wants calls again.
    pub(crate) fn allow(&mut self, phone: &PhoneNumber) {
        self.no_calls.remove(phone);
    }
}

impl State {
    pub(super) fn hear(&mut self, report: &CallReport) -> CallHeard {
        let Some(place) = self.place(report.tag) else {
            return CallHeard::Unknown;
        };
        let row = &mut self.rows[place];
        let is_own = row.sid.as_ref().is_none_or(|known| *known == report.sid);
        if row.attempts == 0 || row.call.to != report.to || !(is_own || row.ambiguous > 0) {
            return CallHeard::Unknown;
        }
        if !is_own || !report.status.follows(row.status) {
            return CallHeard::Known;
        }
        row.enter(report.status.state(), report.at);
        row.status = Some(report.status);
        row.sid = Some(report.sid.clone());
        row.code = report.code;
        CallHeard::Applied
    }
}
