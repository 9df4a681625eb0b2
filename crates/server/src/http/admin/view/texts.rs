//! Texts as pages show them.

use thunderbird_domain::{admin::MessageLine, outbox::state::SendState};

use super::{Eyes, moment, visible};

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
    pub state: String,
    /// How the state is coloured.
    pub mood: &'static str,
    /// What the state means.
    pub meaning: &'static str,
    /// Twilio's error.
    pub error: String,
    /// Whether it can be sent again.
    pub resendable: bool,
}

/// The states a text can be in, for the filter.
pub const STATES: &[&str] = &[
    "answered",
    "exempt",
    "hinted",
    "silent",
    "told_limit",
    "over_limit",
    "looping",
    "replied",
    "queued",
    "sending",
    "accepted",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "expired",
    "withheld",
    "dead",
    "unknown",
];

impl MessageView {
    /// A text, seen with `eyes`. A code or a word is never shown, whoever looks.
    pub fn of(line: &MessageLine, eyes: Eyes) -> Self {
        let given_up = SendState::parse(&line.state).is_some_and(SendState::is_given_up);
        Self {
            id: line.id,
            at: moment(line.at),
            side: if line.inbound { "in" } else { "out" },
            direction: if line.inbound { "from" } else { "to" },
            phone: eyes.sender(&line.phone),
            body: body(line, eyes),
            state: line.state.clone(),
            mood: mood(&line.state),
            meaning: meaning(&line.state),
            error: line.error.as_deref().map(visible).unwrap_or_default(),
            resendable: given_up && !line.inbound && line.body.is_some(),
        }
    }
}

fn body(line: &MessageLine, eyes: Eyes) -> String {
    match (&line.body, line.sealed, eyes) {
        (_, true, _) => "(code)".to_owned(),
        (None, false, _) => "(erased)".to_owned(),
        (Some(body), false, Eyes::Revealed) => visible(body),
        (Some(body), false, Eyes::Masked) => match body.chars().count() {
            1 => "(1 character)".to_owned(),
            count => format!("({count} characters)"),
        },
    }
}

fn mood(state: &str) -> &'static str {
    match state {
        "delivered" | "sent" | "accepted" | "replied" | "answered" | "exempt" => "good",
        "dead" | "failed" | "undelivered" | "expired" => "bad",
        "unknown" | "withheld" | "told_limit" | "over_limit" | "looping" => "warn",
        _ => "",
    }
}

/// A state in a sentence, for whoever has not read the manual.
fn meaning(state: &str) -> &'static str {
    match state {
        "answered" => "A text that was answered.",
        "exempt" => "A text that was answered and counts towards no limit.",
        "hinted" => "A text that was not understood; the answer said what is.",
        "silent" => "A text that was not answered.",
        "told_limit" => "Too many texts: the sender was told so.",
        "over_limit" => "Too many texts: the sender had been told, so nothing was said.",
        "looping" => "The same text again and again, as machines send it: nothing was said.",
        "replied" => "Said in the answer to a text; Twilio tells no delivery of it.",
        "queued" => "Waits for its turn.",
        "sending" => "Is being handed to Twilio.",
        "accepted" => "Twilio has taken it.",
        "sent" => "The carrier has it.",
        "delivered" => "It is on the phone.",
        "undelivered" => "The carrier could not deliver it.",
        "failed" => "Twilio refused it.",
        "expired" => "It was too old to be sent.",
        "withheld" => "The number had opted out, or the hiker was removed.",
        "dead" => "Given up after answers from which nobody knows whether it was sent.",
        "unknown" => "A code that may or may not have been sent; it is not tried again.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_meaning() {
        let unexplained: Vec<_> = STATES.iter().filter(|state| meaning(state).is_empty()).collect();
        assert!(unexplained.is_empty(), "{unexplained:?}");
    }
}
