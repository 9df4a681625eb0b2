//! Texts, in and out, in the order in which they were stored.

use thunderbird_domain::{
    account::AccountId,
    admin::{LinkLine, MessageFilter, MessageLine},
    outgoing::{OutgoingText, Words},
    phone::PhoneChange,
    random::Tag,
    sms::inbound::{ReceiveText, ReplyState, Sender},
    time::Timestamp,
};

use crate::memory;

/// Every text and every link there ever was, oldest first.
#[derive(Default)]
pub(crate) struct State {
    rows: Vec<Row>,
    pub(super) links: Vec<(AccountId, LinkLine)>,
}

enum Row {
    /// Received, or said in the answer to what was received: as it will always be.
    Said(MessageLine),
    /// Queued: the outbox knows where it stands.
    Queued(OutgoingText),
}

impl State {
    pub(crate) fn link_begins(&mut self, account: AccountId, change: &PhoneChange) {
        let line = LinkLine {
            phone: change.phone.clone(),
            started_at: change.at,
            ended_at: None,
        };
        self.links.push((account, line));
    }

    pub(crate) fn link_ends(&mut self, account: AccountId, at: Timestamp) {
        let own = self.links.iter_mut().filter(|(owner, _)| *owner == account);
        own.for_each(|(_, line)| line.ended_at = line.ended_at.or(Some(at)));
    }

    pub(crate) fn queued(&mut self, text: &OutgoingText) {
        self.rows.push(Row::Queued(text.clone()));
    }

    pub(crate) fn received(&mut self, text: &ReceiveText) {
        let phone = match &text.message.from {
            Sender::Number(phone) => phone.as_str().to_owned(),
            Sender::Name(name) => name.clone(),
        };
        let said = |inbound, words: &Words, state: &str| MessageLine {
            inbound,
            phone: phone.clone(),
            state: state.to_owned(),
            ..line(words, text.at)
        };
        self.rows
            .push(Row::Said(said(true, &text.body, text.outcome.as_str())));
        let state = match text.reply_state {
            ReplyState::Replied => "replied",
            ReplyState::Withheld => "withheld",
        };
        let parts = text
            .reply
            .iter()
            .map(|part| Row::Said(said(false, &part.words, state)));
        self.rows.extend(parts);
    }

    /// The tag of a queued text, by its row.
    pub(crate) fn tag_of(&self, id: i64) -> Option<&OutgoingText> {
        match self.rows.get(usize::try_from(id - 1).ok()?)? {
            Row::Queued(text) => Some(text),
            Row::Said(_) => None,
        }
    }

    pub(crate) fn has(&self, tag: Tag) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| matches!(row, Row::Queued(text) if text.tag == tag))
    }
}

fn line(words: &Words, at: Timestamp) -> MessageLine {
    let (body, sealed) = match words {
        Words::Plain(text) => (Some(text.clone()), false),
        Words::Sealed { .. } => (None, true),
    };
    MessageLine {
        id: 0,
        at,
        inbound: false,
        phone: String::new(),
        body,
        sealed,
        class: None,
        state: String::new(),
        state_at: at,
        error: None,
        attempts: 0,
        segments: 0,
    }
}

pub(super) fn matches(filter: &MessageFilter, line: &MessageLine) -> bool {
    filter.state.as_ref().is_none_or(|state| *state == line.state)
        && filter
            .error
            .as_ref()
            .is_none_or(|error| Some(error) == line.error.as_ref())
        && filter.phone.as_ref().is_none_or(|phone| *phone == line.phone)
        && filter.since.is_none_or(|since| line.at >= since)
        && filter.until.is_none_or(|until| line.at < until)
}

impl memory::State {
    /// Every text, newest first.
    pub(super) fn message_lines(&mut self) -> Vec<MessageLine> {
        let rows = std::mem::take(&mut self.console.rows);
        let mut lines: Vec<_> = (1..)
            .zip(&rows)
            .map(|(id, row)| MessageLine {
                id,
                ..match row {
                    Row::Said(said) => said.clone(),
                    Row::Queued(text) => self.queued_line(text),
                }
            })
            .collect();
        self.console.rows = rows;
        lines.reverse();
        lines
    }

    fn queued_line(&mut self, text: &OutgoingText) -> MessageLine {
        let known = self.progress_of(text.tag).expect("a queued text has a row");
        MessageLine {
            phone: text.to.as_str().to_owned(),
            class: Some(format!("{:?}", text.class).to_lowercase()),
            state: known.state.as_str().to_owned(),
            error: known.code.map(|code| code.to_string()),
            attempts: known.attempts.into(),
            segments: known.segments.into(),
            ..line(&text.words, text.not_before)
        }
    }
}
