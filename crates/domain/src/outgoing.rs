//! What a decision queues: a text or a mail. Nothing sends; a worker does, after the commit.

use std::time::Duration;

use crate::{
    email::Email,
    id::{AccountId, UserId},
    phone_number::PhoneNumber,
    random::Tag,
    secret::Sealed,
    time::Timestamp,
};

/// How urgent a text is, the most urgent class first. Order per recipient is kept within a class, and Safety waits for no other class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Check-in notices and later alerts: sent first, 24 hours of life, never stopped by the daily cap.
    Safety,
    /// One-time codes: never sent again after an ambiguous answer.
    Code,
    /// Everything else: 6 hours of life.
    Notice,
}

crate::word::word_enum!(Class {
    Safety => "safety",
    Code => "code",
    Notice => "notice",
});

impl Class {
    /// How long a text of this class is worth sending.
    pub const fn life(self) -> Duration {
        match self {
            Self::Safety => Duration::from_hours(24),
            // The longest that NIST SP 800-63B allows; satellite texts are slow.
            Self::Code => Duration::from_mins(10),
            Self::Notice => Duration::from_hours(6),
        }
    }
}

/// A text's or mail's words, in the clear or sealed until its secret expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Carries no secret.
    Plain(String),
    /// Carries a code, a word or a link; erased when the row is final or the secret expires.
    Sealed {
        /// The encrypted words.
        sealed: Sealed,
        /// When the secret inside expires.
        until: Timestamp,
    },
}

/// A text to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingText {
    /// Names the row before it has an id; queueing the same tag twice queues once.
    pub tag: Tag,
    /// Who receives it.
    pub to: PhoneNumber,
    /// How urgent it is.
    pub class: Class,
    /// What it says.
    pub words: Words,
    /// Not to be sent earlier.
    pub not_before: Timestamp,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
    /// The hiker on whose behalf it is sent.
    pub user: Option<UserId>,
}

/// A mail to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Names the row before it has an id.
    pub tag: Tag,
    /// Who receives it.
    pub to: Email,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// Its subject line; never carries a secret.
    pub subject: String,
    /// Its plain text.
    pub words: Words,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
}

/// What leaves only if the change it belongs to is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text through the SMS gateway.
    Text(OutgoingText),
    /// A mail through the mailer.
    Mail(OutgoingMail),
}
