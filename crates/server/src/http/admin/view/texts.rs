//! Texts as pages show them.

use thunderbird_domain::{
    admin::{MessageLine, MessageState},
    outbox::state::{Ended, SendState},
    sms::inbound::TextOutcome,
};

use super::{Redaction, moment, visible};

/// A text.
pub struct MessageView {
    /// The row.
    pub id: i64,
    /// When it was stored.
    pub at: String,
    /// `in` or `out`, for the side of the chat it stands on.
    pub side: &'static str,
    /// The same in a table.
    pub direction: &'static str,
    /// The other number.
    pub phone: String,
    /// What it says.
    pub body: String,
    /// Its state.
    pub state: &'static str,
    /// How the state is coloured.
    pub mood: &'static str,
    /// What the state means.
    pub meaning: &'static str,
    /// Twilio's error.
    pub error: String,
    /// Whether it can be sent again.
    pub resendable: bool,
}

impl MessageView {
    /// A text, seen with `redaction`. A code or a word is never shown, whoever looks.
    pub fn of(line: &MessageLine, redaction: Redaction) -> Self {
        Self {
            id: line.id.get(),
            at: moment(line.at),
            side: if line.state.is_inbound() { "in" } else { "out" },
            direction: if line.state.is_inbound() { "from" } else { "to" },
            phone: redaction.sender(&line.phone),
            body: body(line, redaction),
            state: line.state.as_str(),
            mood: mood(line.state),
            meaning: meaning(line.state),
            error: line.error.as_deref().map(visible).unwrap_or_default(),
            resendable: line.state.is_given_up() && line.body.is_some(),
        }
    }
}

fn body(line: &MessageLine, redaction: Redaction) -> String {
    match (&line.body, line.sealed, redaction) {
        (_, true, _) => "(code)".to_owned(),
        (None, false, _) => "(erased)".to_owned(),
        (Some(body), false, Redaction::Revealed) => visible(body),
        (Some(body), false, Redaction::Masked) => match body.chars().count() {
            1 => "(1 character)".to_owned(),
            count => format!("({count} characters)"),
        },
    }
}

fn mood(state: MessageState) -> &'static str {
    match state {
        MessageState::In(TextOutcome::Answered | TextOutcome::Exempt)
        | MessageState::Out(
            SendState::Delivered | SendState::Sent | SendState::Accepted | SendState::Replied,
        ) => "good",
        MessageState::In(TextOutcome::ToldLimit | TextOutcome::OverLimit | TextOutcome::Looping)
        | MessageState::Out(SendState::Ended(Ended::Withheld)) => "warn",
        MessageState::In(TextOutcome::Distress) => "bad",
        state if state.is_given_up() => "bad",
        _ => "",
    }
}

/// A state in a sentence, for an operator who has not read the manual.
fn meaning(state: MessageState) -> &'static str {
    match state {
        MessageState::In(outcome) => meaning_of_outcome(outcome),
        MessageState::Out(state) => meaning_of_progress(state),
    }
}

fn meaning_of_outcome(outcome: TextOutcome) -> &'static str {
    match outcome {
        TextOutcome::Answered => "A text that was answered.",
        TextOutcome::Exempt => "A text that was answered and counts towards no limit.",
        TextOutcome::Hinted => "A text that was not understood; the answer said what is.",
        TextOutcome::Distress => "A call for help, answered with the emergency number. Nobody was told.",
        TextOutcome::Foreign => "From a country that may not be texted: one answer an hour says so.",
        TextOutcome::Silent => "A text that needed no answer, or got none.",
        TextOutcome::ToldLimit => "Too many texts: the sender was told so.",
        TextOutcome::OverLimit => "Too many texts: the sender had been told, so nothing was said.",
        TextOutcome::Looping => "The same text again and again, as machines send it: nothing was said.",
    }
}

fn meaning_of_progress(state: SendState) -> &'static str {
    match state {
        SendState::Replied => "Said in the answer to a text; Twilio tells no delivery of it.",
        SendState::Queued => "Waits for its turn.",
        SendState::Sending => "Is being handed to Twilio.",
        SendState::Accepted => "Twilio has taken it.",
        SendState::Sent => "The carrier has it.",
        SendState::Delivered => "It is on the phone.",
        SendState::Undelivered => "The carrier could not deliver it.",
        SendState::Ended(Ended::Failed) => "Twilio refused it.",
        SendState::Ended(Ended::Expired) => "It was too old to be sent.",
        SendState::Ended(Ended::Withheld) => "The number had opted out, or the hiker was removed.",
        SendState::Ended(Ended::Dead) => {
            "Given up after answers from which nobody knows whether it was sent."
        }
        SendState::Ended(Ended::Unknown) => {
            "A code that may or may not have been sent; it is not tried again."
        }
    }
}
