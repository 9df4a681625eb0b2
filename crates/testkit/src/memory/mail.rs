//! Mails to send, in memory.

use thunderbird_domain::{
    deadline::{AlarmRow, ChannelKind},
    id::MailId,
    mail::outbox::{LeasedMail, MailPayload},
    outbox::{
        lease::{Claim, Due, LeaseOrder, Leased},
        message::Progress,
        port::Outbox,
        retry::SHORTEST_LIFE,
        settle::{SendOutcome, Settlement},
        state::{Ended, SendState},
    },
    outgoing::{Outgoing, OutgoingMail, Words},
    phone_number::PhoneNumber,
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::MemoryStore;

/// Every mail ever queued, in the order of queueing; a mail's id is its place, counted from 1.
pub(crate) type State = Vec<Row>;

pub(crate) struct Row {
    mail: OutgoingMail,
    words: Option<Words>,
    state: SendState,
    attempts: u32,
    ambiguous: u32,
    next_attempt_at: Option<Timestamp>,
    lease: Option<(Tag, Timestamp)>,
    code: Option<u32>,
}

impl Row {
    pub(super) fn tag(&self) -> Tag {
        self.mail.tag
    }

    pub(super) fn state(&self) -> SendState {
        self.state
    }

    pub(super) fn ambiguous(&self) -> u32 {
        self.ambiguous
    }

    /// The mail as a row of an alarm to this contact.
    pub(super) fn alarm_row(&self, contact: &PhoneNumber) -> AlarmRow {
        AlarmRow {
            kind: ChannelKind::Mail,
            contact: contact.as_str().to_owned(),
            state: Some(self.state),
            state_at: Timestamp::EPOCH,
            next_attempt_at: self.next_attempt_at,
            expires_at: Some(self.mail.expires_at),
        }
    }

    pub(super) fn withhold_if_waiting(&mut self) {
        if self.state == SendState::Queued {
            self.end(Ended::Withheld);
        }
    }

    fn was_tried(&self) -> bool {
        self.state != SendState::Queued || self.attempts > 0
    }

    fn new(mail: OutgoingMail) -> Self {
        Self {
            words: Some(mail.words.clone()),
            next_attempt_at: Some(mail.not_before.unwrap_or(Timestamp::EPOCH)),
            mail,
            state: SendState::Queued,
            attempts: 0,
            ambiguous: 0,
            lease: None,
            code: None,
        }
    }

    fn is_due(&self, order: &LeaseOrder) -> bool {
        self.state == SendState::Queued
            && self.mail.class == order.class
            && self.next_attempt_at.is_some_and(|at| at <= order.now)
    }

    fn leased(&self, place: usize, is_to_contact: bool) -> LeasedMail {
        LeasedMail {
            id: id_of(place),
            tag: self.mail.tag,
            lease: self.lease.expect("a leased mail").0,
            payload: MailPayload {
                to: self.mail.to.clone(),
                subject: self.mail.subject.clone(),
                is_to_contact,
            },
            class: self.mail.class,
            words: self.words.clone(),
            expires_at: self.mail.expires_at,
            attempts: self.attempts,
            ambiguous: self.ambiguous,
        }
    }

    fn end(&mut self, state: Ended) {
        self.state = SendState::Ended(state);
        self.next_attempt_at = None;
        self.erase_sealed();
    }

    fn erase_sealed(&mut self) {
        if matches!(self.words, Some(Words::Sealed { .. })) {
            self.words = None;
        }
    }

    fn settle(&mut self, settlement: &Settlement<MailPayload>) {
        let held = self.state == SendState::Sending
            && self.lease.is_some_and(|(lease, _)| lease == settlement.lease);
        let accepted = settlement.outcome == SendOutcome::Accepted(());
        let counts = held || (self.state.is_pending() && accepted);
        if !counts {
            return;
        }
        (self.lease, self.next_attempt_at) = (None, None);
        match settlement.outcome {
            SendOutcome::Accepted(()) => self.state = SendState::Sent,
            SendOutcome::Ended {
                state,
                code,
                ambiguous,
            } => {
                self.state = SendState::Ended(state);
                self.code = code;
                self.ambiguous += u32::from(ambiguous);
            }
            SendOutcome::Again { at, ambiguous, code } => {
                self.state = SendState::Queued;
                self.next_attempt_at = Some(at);
                self.ambiguous += u32::from(ambiguous);
                self.code = code;
                return;
            }
        }
        self.erase_sealed();
    }
}

fn id_of(place: usize) -> MailId {
    MailId::from_stored(i64::try_from(place).unwrap() + 1)
}

impl super::State {
    /// The state of a mail; `None` if there is none with this tag, or if it waits for its time and was not tried.
    pub(crate) fn shown_mail_state(&mut self, tag: Tag, now: Timestamp) -> Option<SendState> {
        let row = self.mails().iter().find(|row| row.mail.tag == tag)?;
        let waits_for_its_time = !row.was_tried() && row.next_attempt_at > Some(now);
        (!waits_for_its_time).then_some(row.state)
    }

    /// Whether a mail was tried.
    pub(crate) fn is_mail_tried(&mut self, tag: Tag) -> bool {
        let mut rows = self.mails().iter();
        rows.any(|row| row.mail.tag == tag && row.was_tried())
    }

    /// Gives a mail that was not tried yet newer words.
    pub(crate) fn renew_mail(&mut self, tag: Tag, words: &Words) {
        let untried =
            |row: &&mut Row| row.mail.tag == tag && row.state == SendState::Queued && row.attempts == 0;
        if let Some(row) = self.mails().iter_mut().find(untried) {
            row.words = Some(words.clone());
        }
    }

    /// The rows, with what was queued by other commits meanwhile.
    pub(super) fn mails(&mut self) -> &mut State {
        for outgoing in &self.outgoing {
            if let Outgoing::Mail(mail) = outgoing
                && !self.mails.iter().any(|row| row.mail.tag == mail.tag)
            {
                self.mails.push(Row::new(mail.clone()));
            }
        }
        &mut self.mails
    }
}

impl Outbox<MailPayload> for MemoryStore {
    fn queue(&self, mails: Vec<OutgoingMail>, at: Timestamp) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let mails: Vec<_> = mails.into_iter().map(Outgoing::Mail).collect();
            self.lock().queue_at(&mails, at);
            Ok(())
        })
    }

    fn progress(&self, tag: Tag) -> PortFuture<'_, Option<Progress<MailPayload>>> {
        Box::pin(async move {
            let mut state = self.lock();
            let rows = state.mails();
            let place = rows.iter().position(|row| row.mail.tag == tag);
            Ok(place.map(|place| {
                let row = &rows[place];
                Progress {
                    id: id_of(place),
                    state: row.state,
                    attempts: row.attempts,
                    ambiguous: row.ambiguous,
                    next_attempt_at: row.next_attempt_at,
                    code: row.code,
                    receipt: (row.state == SendState::Sent).then_some(()),
                    has_words: row.words.is_some(),
                }
            }))
        })
    }

    fn lease(&self, order: LeaseOrder) -> PortFuture<'_, Leased<MailPayload>> {
        Box::pin(async move {
            let mut state = self.lock();
            let mut leased = Leased::default();
            for place in 0..state.mails().len() {
                let tag = state.mails[place].tag();
                let is_free = state.mails[place].is_due(&order) && !state.mails_behind().contains(&tag);
                if leased.messages.len() == order.limit {
                    break;
                }
                if !is_free {
                    continue;
                }
                let is_to_contact = state.contact_mails.is_to_contact(tag);
                let unwanted = state.mail_is_unwanted(tag);
                let row = &mut state.mails[place];
                let due = Due {
                    expires_at: row.mail.expires_at,
                    unwanted,
                    attempts: row.attempts,
                };
                match due.claim(&order, 0) {
                    Claim::Send => {
                        row.state = SendState::Sending;
                        row.attempts += 1;
                        row.next_attempt_at = None;
                        row.lease = Some((order.lease, order.until));
                        leased.messages.push(row.leased(place, is_to_contact));
                    }
                    Claim::Expire => {
                        row.end(Ended::Expired);
                        leased.expired += 1;
                    }
                    Claim::Withhold => {
                        row.end(Ended::Withheld);
                        leased.withheld += 1;
                    }
                    Claim::Wait => {}
                }
            }
            Ok(leased)
        })
    }

    fn settle(&self, settlements: Vec<Settlement<MailPayload>>) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let mut state = self.lock();
            state.mails();
            for settlement in settlements {
                let place = usize::try_from(settlement.id.get() - 1).unwrap();
                state.mails[place].settle(&settlement);
                if state.mail_is_over(state.mails[place].tag()) {
                    state.mails[place].withhold_if_waiting();
                }
            }
            Ok(())
        })
    }

    fn stranded(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<LeasedMail>> {
        Box::pin(async move {
            let mut state = self.lock();
            state.mails();
            let rows = state.mails.iter().enumerate();
            let stranded = rows.filter(|(_, row)| row.lease.is_some_and(|(_, until)| until <= now));
            Ok(stranded
                .take(limit)
                .map(|(place, row)| row.leased(place, state.contact_mails.is_to_contact(row.tag())))
                .collect())
        })
    }

    fn sweep(&self, now: Timestamp) -> PortFuture<'_, usize> {
        Box::pin(async move {
            let mut state = self.lock();
            let mut changed = 0;
            for row in state.mails() {
                if row.state == SendState::Queued && row.mail.expires_at < now.plus(SHORTEST_LIFE) {
                    row.end(Ended::Expired);
                    changed += 1;
                }
                if let Some(Words::Sealed { until, .. }) = &row.words
                    && *until <= now
                {
                    row.words = None;
                    changed += 1;
                }
            }
            Ok(changed)
        })
    }
}
