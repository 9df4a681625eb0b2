//! Why a promise is closed, as far as the texts about it differ.

use crate::{audit::Actor, time::Timestamp};

/// Why a promise is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The hiker said BACK.
    Back,
    /// The hiker checked in at or after the time.
    HeardOf,
    /// The hiker set another time.
    Later {
        /// The new time.
        due_at: Timestamp,
    },
    /// The hiker withdrew the time.
    Withdrawn,
    /// The hiker said ALERT OFF.
    CalledOff,
    /// A contact said FOUND.
    Found {
        /// What the hiker calls the contact.
        by: String,
    },
    /// An operator closed it at the console.
    Operator(Verdict),
    /// The hiker's time on the number ended.
    Ended,
}

/// What an operator knows who closes an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The hiker is found.
    Found,
    /// There was no danger.
    FalseAlarm,
    /// Police deal with it now.
    Police,
}

crate::word::word_enum!(Verdict {
    Found => "found",
    FalseAlarm => "false_alarm",
    Police => "police",
});

/// How the hiker's word reached us. The texts to contacts name it, because a sender can be forged and a session stolen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// A text from the hiker's phone.
    Text,
    /// The linked web account.
    Web,
    /// A text from a phone that knows the trip words.
    Words,
}

impl Through {
    /// The way on which this actor reached us.
    pub const fn of(actor: Actor) -> Self {
        match actor {
            Actor::Account(_) => Self::Web,
            Actor::Anonymous | Actor::System | Actor::User(_) | Actor::Admin(_) => Self::Text,
        }
    }
}
