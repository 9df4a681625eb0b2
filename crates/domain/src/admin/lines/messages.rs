//! Texts as a list shows them.

use super::page::Cursor;
use crate::{
    id::MessageId, outbox::state::SendState, outgoing::Class, sms::inbound::TextOutcome, time::Timestamp,
};

/// What became of a text: of one that came in, or of one that we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// The text came in; this is what was decided about it.
    In(TextOutcome),
    /// We send the text; this is how far it has come.
    Out(SendState),
}

impl MessageState {
    /// Every state, those of texts that came in first.
    pub fn all() -> impl Iterator<Item = Self> {
        let inbound = TextOutcome::ALL.into_iter().map(Self::In);
        inbound.chain(SendState::ALL.into_iter().map(Self::Out))
    }

    /// Reads the word under which a state is stored and shown. No word belongs to two states.
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|state| state.as_str() == word)
    }

    /// The word under which the state is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In(outcome) => outcome.as_str(),
            Self::Out(state) => state.as_str(),
        }
    }

    /// True if the text came in.
    pub const fn is_inbound(self) -> bool {
        matches!(self, Self::In(_))
    }

    /// True if the text counts as a failure; see [`SendState::is_given_up`].
    pub const fn is_given_up(self) -> bool {
        matches!(self, Self::Out(state) if state.is_given_up())
    }
}

/// Which texts a list has.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// State of the texts.
    pub state: Option<MessageState>,
    /// Error code of the provider.
    pub error: Option<String>,
    /// Number in E.164.
    pub phone: Option<String>,
    /// Only texts stored at this instant or later.
    pub since: Option<Timestamp>,
    /// Only texts stored before this instant.
    pub until: Option<Timestamp>,
    /// Only rows below this one.
    pub before: Option<Cursor>,
}

/// A text in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
    /// Id of the text.
    pub id: MessageId,
    /// When the text was stored.
    pub at: Timestamp,
    /// The other number, or an alphanumeric sender.
    pub phone: String,
    /// Words of the text; `None` if they were erased or are sealed.
    pub body: Option<String>,
    /// True if the text carries a code or a word, which is never shown.
    pub sealed: bool,
    /// How urgent a text is that we send; `None` for an answer in the webhook and for a text that came in.
    pub class: Option<Class>,
    /// What became of the text.
    pub state: MessageState,
    /// When the text came into that state.
    pub state_at: Timestamp,
    /// Error code of the provider.
    pub error: Option<String>,
    /// How often a worker tried to send it.
    pub attempts: u32,
    /// Segments that are billed, 0 as long as they are unknown.
    pub segments: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_back_from_its_word() {
        for state in MessageState::all() {
            assert_eq!(MessageState::parse(state.as_str()), Some(state));
        }
        assert_eq!(MessageState::parse("lost"), None);
    }

    #[test]
    fn only_a_text_that_we_send_can_fail() {
        let failures = MessageState::all().filter(|state| state.is_given_up());
        let given_up: Vec<_> = SendState::given_up().map(MessageState::Out).collect();
        assert_eq!(failures.collect::<Vec<_>>(), given_up);
    }
}
