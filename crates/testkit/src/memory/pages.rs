//! What the memory holds of pages to the operator.

use std::collections::BTreeMap;

use thunderbird_domain::{
    id::PageId,
    outbox::{
        message::LeasedMessage,
        settle::{SendOutcome, Settlement},
        state::SendState,
    },
    outgoing::{Class, Words},
    page::Page,
    pager::PagePayload,
    random::Tag,
    time::Timestamp,
};

/// Every event that was reported, and every page; a page's id is its place, counted from 1.
#[derive(Default)]
pub(crate) struct State {
    pub(super) events: BTreeMap<String, (Tag, Timestamp)>,
    pub(super) rows: Vec<Row>,
    pub(super) mails: BTreeMap<Tag, Timestamp>,
}

pub(super) struct Row {
    pub(super) page: Page,
    pub(super) created_at: Timestamp,
    pub(super) state: SendState,
    pub(super) attempts: u32,
    pub(super) ambiguous: u32,
    pub(super) next_attempt_at: Option<Timestamp>,
    pub(super) lease: Option<(Tag, Timestamp)>,
    pub(super) code: Option<u32>,
}

impl Row {
    pub(super) fn leased(&self, place: usize) -> LeasedMessage<PagePayload> {
        LeasedMessage {
            id: id_of(place),
            tag: self.page.tag,
            lease: self.lease.expect("a leased page").0,
            payload: PagePayload {
                kind: self.page.kind,
                title: self.page.title.clone(),
                link: self.page.link.clone(),
            },
            class: Class::Alarm,
            words: Some(Words::Plain(self.page.message.clone())),
            expires_at: self.page.expires_at,
            attempts: self.attempts,
            ambiguous: self.ambiguous,
        }
    }

    pub(super) fn settle(&mut self, settlement: &Settlement<PagePayload>) {
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
                (self.state, self.code) = (SendState::Ended(state), code);
                self.ambiguous += u32::from(ambiguous);
            }
            SendOutcome::Again { at, ambiguous, code } => {
                (self.state, self.code) = (SendState::Queued, code);
                self.next_attempt_at = Some(at);
                self.ambiguous += u32::from(ambiguous);
            }
        }
    }
}

pub(super) fn id_of(place: usize) -> PageId {
    PageId::from_stored(i64::try_from(place).expect("few pages") + 1)
}

impl State {
    pub(super) fn insert(&mut self, page: &Page, at: Timestamp) {
        let known = self.rows.iter_mut().find(|row| row.page.tag == page.tag);
        if known.is_none() {
            self.rows.push(Row {
                page: page.clone(),
                created_at: at,
                state: SendState::Queued,
                attempts: 0,
                ambiguous: 0,
                next_attempt_at: Some(page.not_before),
                lease: None,
                code: None,
            });
        }
    }

    pub(super) fn renew(&mut self, page: &Page) {
        let untried =
            |row: &&mut Row| row.page.tag == page.tag && row.state == SendState::Queued && row.attempts == 0;
        if let Some(row) = self.rows.iter_mut().find(untried) {
            row.page.message.clone_from(&page.message);
        }
    }
}
