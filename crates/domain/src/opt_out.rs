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
