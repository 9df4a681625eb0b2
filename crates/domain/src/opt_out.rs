//! Who must not be texted.

use crate::{phone_number::PhoneNumber, port::PortFuture, time::Timestamp};

/// How a number came to be opted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutSource {
    /// The number texted STOP or one of its aliases.
    Text,
    /// Twilio told us so: error 21610, or `OptOutType=STOP` in a webhook.
    Carrier,
    /// An operator recorded it in the console.
    Operator,
    /// Taken over from the Python version.
    Adopted,
}

crate::word::word_enum!(OptOutSource {
    Text => "text",
    Carrier => "carrier",
    Operator => "operator",
    Adopted => "adopted",
});

/// What a decision does to a number's opt-out. Recording one that stands, or clearing none, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptOutChange {
    /// From now on nothing may be sent to the number, from any of ours.
    Record {
        /// The number that does not want our texts.
        phone: PhoneNumber,
        /// Who said so.
        source: OptOutSource,
        /// When it was recorded (UTC).
        at: Timestamp,
    },
    /// The number may be texted again.
    Clear {
        /// The number that wants our texts again.
        phone: PhoneNumber,
        /// When it was cleared (UTC).
        at: Timestamp,
    },
}

/// The words that end all texts (Twilio, "Support for opt-out keywords", list of 2026).
pub const STOP_WORDS: [&str; 8] = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
];

/// The same written in two words, as whole texts. `OPT-OUT` is read as `OPT OUT`.
pub const STOP_PHRASES: [&str; 2] = ["STOP ALL", "OPT OUT"];

/// A word of the carrier's list that ended all texts: the only part of a hiker's text that may be quoted to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopWord(&'static str);

impl StopWord {
    /// The word that a text consists of; the text is given normalized.
    pub fn parse(normal: &str) -> Option<Self> {
        let mut words = STOP_WORDS.iter().chain(&STOP_PHRASES);
        words.find(|word| **word == normal).map(|word| Self(word))
    }

    /// The word in capitals.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether people also text the word when they have finished a walk.
    pub fn can_mean_finished(self) -> bool {
        matches!(self.0, "END" | "CANCEL" | "QUIT")
    }
}

/// Whether the answer to a text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// The answer is given.
    Yes,
    /// The answer is kept back, and what needs an answer to go on has no effect.
    Withheld(WithheldBecause),
}

/// Why an answer is kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithheldBecause {
    /// The sender's number is of a region that may not be texted.
    Region,
    /// The sender has opted out, and this text does not lift that.
    OptOut,
}

/// Reads opt-outs; they are written by the commit that decides them.
pub trait OptOuts: Send + Sync {
    /// Whether the number is opted out now.
    fn is_opted_out(&self, phone: &PhoneNumber) -> PortFuture<'_, bool>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_word_is_quoted_from_the_list_and_some_can_mean_an_end() {
        let of = |body| StopWord::parse(body).map(|word| (word.as_str(), word.can_mean_finished()));
        assert_eq!(of("END"), Some(("END", true)));
        assert_eq!(of("OPT OUT"), Some(("OPT OUT", false)));
        assert_eq!(of("STOP"), Some(("STOP", false)));
        assert_eq!(of("THE END"), None);
    }
}
