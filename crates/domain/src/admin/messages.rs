//! Texts as a list.

use std::time::Duration;

use super::{Console, Cursor, PAGE_ROWS, PageOf, search};
use crate::{
    id::MessageId, outbox::state::SendState, outgoing::Class, port::Fault, sms::inbound::TextOutcome,
    time::Timestamp,
};

const DAY: Duration = Duration::from_hours(24);

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

/// What an operator typed to find texts. An empty field does not narrow the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageSearch<'a> {
    /// The word of a state.
    pub state: &'a str,
    /// An error code of the provider.
    pub error: &'a str,
    /// A number.
    pub phone: &'a str,
    /// First day (UTC) of the list.
    pub since: &'a str,
    /// Last day (UTC) of the list.
    pub until: &'a str,
    /// Where the list continues.
    pub before: Option<Cursor>,
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

impl Console {
    /// Texts by state, error, number and day, newest first. A state that does not exist finds no text.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn messages(&self, search: MessageSearch<'_>) -> Result<PageOf<MessageLine>, Fault> {
        let state = match search::filled(search.state).map(MessageState::parse) {
            Some(None) => return Ok(PageOf::empty()),
            known => known.flatten(),
        };
        let filter = MessageFilter {
            state,
            error: search::filled(search.error).map(str::to_owned),
            phone: search::filled(search.phone).map(|typed| search::number_prefix(typed, self.region)),
            since: search::day(search.since),
            until: search::day(search.until).map(|start| start.plus(DAY)),
            before: search.before,
        };
        self.reader.messages(filter, PAGE_ROWS).await
    }
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
