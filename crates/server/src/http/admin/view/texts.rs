//! Texts as pages show them.

use thunderbird_domain::{admin::MessageLine, sms::outbox::TextState};

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
        let given_up = TextState::parse(&line.state).is_some_and(TextState::is_given_up);
        Self {
            id: line.id,
            at: moment(line.at),
            side: if line.inbound { "in" } else { "out" },
            direction: if line.inbound { "from" } else { "to" },
            phone: eyes.sender(&line.phone),
            body: body(line, eyes),
            state: line.state.clone(),
            mood: mood(&line.state),
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
        (Some(body), false, Eyes::Masked) => format!("({} characters)", body.chars().count()),
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
