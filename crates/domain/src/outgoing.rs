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

/// Defines [`Class`] from one table: a row is a class, its word in the store and on pages, and the rules that the outbox
/// applies to it. A further class is one row (and its word in the CHECK of `messages.class`, by a migration).
macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident {
        word: $word:literal,
        life: $life:expr,
        is_capped: $capped:literal,
        is_sent_again: $again:literal,
    })+) => {
        /// How urgent a message is. Each class has a lane of its own to each recipient: order is kept within a class,
        /// and a message never waits for one of another class, not even for one that waits for its next attempt.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Class {
            $($(#[$doc])* $name,)+
        }

        crate::word::word_enum!(Class {
            $($name => $word,)+
        });

        impl Class {
            /// How long a message of this class is worth sending.
            pub const fn life(self) -> Duration {
                match self { $(Self::$name => $life,)+ }
            }

            /// Whether the daily cap stops it.
            pub const fn is_capped(self) -> bool {
                match self { $(Self::$name => $capped,)+ }
            }

            /// Whether it is sent again after an attempt with an unknown result.
            pub const fn is_sent_again(self) -> bool {
                match self { $(Self::$name => $again,)+ }
            }
        }
    };
}

classes! {
    /// Check-in notices and later alerts: 24 hours of life, never stopped by the daily cap.
    Safety {
        word: "safety",
        life: Duration::from_hours(24),
        is_capped: false,
        is_sent_again: true,
    }
    /// One-time codes: never sent again after an unknown result. They live for the longest time that NIST SP 800-63B
    /// allows, because satellite texts are slow.
    Code {
        word: "code",
        life: Duration::from_mins(10),
        is_capped: true,
        is_sent_again: false,
    }
    /// Everything else: 6 hours of life.
    Notice {
        word: "notice",
        life: Duration::from_hours(6),
        is_capped: true,
        is_sent_again: true,
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
