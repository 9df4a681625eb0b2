//! What a decision queues: a text, a call or a mail. Nothing sends; a worker does, after the commit.

use std::time::Duration;

use crate::{
    email::Email,
    id::{AccountId, UserId},
    limit::{Limit, LimitKey, Quota, Rule},
    page::OutgoingPage,
    phone_number::PhoneNumber,
    random::Tag,
    secret::{MacPurpose, Macs, Sealed},
    time::Timestamp,
};

/// How much of the day's messages a class may use up, all classes counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DailyShare {
    /// The last fifth is kept for what is about safety.
    FourFifths,
    /// The whole figure, and nothing beyond.
    All,
    /// As much again as the figure, so that no other class can use up what an alarm needs, and an alarm has a bound too.
    Twice,
}

/// Defines [`Class`] from one table: a row is a class, its word in the store and on pages, and the rules that the outbox
/// applies to it. A further class is one row (and its word in the CHECK of `messages.class`, by a migration).
macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident {
        word: $word:literal,
        life: $life:expr,
        share: $share:expr,
        is_sent_again: $again:literal,
        longest_pause: $pause:expr,
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

            /// How much of the day's figure it may use up.
            pub const fn share(self) -> DailyShare {
                match self { $(Self::$name => $share,)+ }
            }

            /// Whether it is sent again after an attempt with an unknown result.
            pub const fn is_sent_again(self) -> bool {
                match self { $(Self::$name => $again,)+ }
            }

            /// The longest pause between two attempts that we choose ourselves.
            pub const fn longest_pause(self) -> Duration {
                match self { $(Self::$name => $pause,)+ }
            }
        }
    };
}

classes! {
    /// Alerts to contacts, the questions before them, and what ends them: the other classes cannot use up their share of the day, and they are
    /// tried again within a minute, because a person may wait for help. A waiting one ends when its alarm is closed.
    Alarm {
        word: "alarm",
        life: Duration::from_hours(24),
        share: DailyShare::Twice,
        is_sent_again: true,
        longest_pause: Duration::from_mins(1),
    }
    /// Check-in notices and what ends a promise without an alarm: 24 hours of life, stopped when the whole of the day's figure is used up.
    Safety {
        word: "safety",
        life: Duration::from_hours(24),
        share: DailyShare::All,
        is_sent_again: true,
        longest_pause: Duration::from_mins(10),
    }
    /// One-time codes: never sent again after an unknown result. They live for the longest time that NIST SP 800-63B
    /// allows, because satellite texts are slow.
    Code {
        word: "code",
        life: Duration::from_mins(10),
        share: DailyShare::FourFifths,
        is_sent_again: false,
        longest_pause: Duration::from_mins(10),
    }
    /// Everything else: 6 hours of life.
    Notice {
        word: "notice",
        life: Duration::from_hours(6),
        share: DailyShare::FourFifths,
        is_sent_again: true,
        longest_pause: Duration::from_mins(10),
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

impl OutgoingText {
    /// Lets a text leave by a clock that shows `shown`, although it was decided by one that showed `decided_at`.
    pub fn leaves_by(&mut self, shown: Timestamp, decided_at: Timestamp) {
        self.not_before = self.not_before.min(shown);
        self.expires_at = self.expires_at.plus(shown.since(decided_at));
    }
}

/// How long after the text of an alert was taken over the contact is called who has not answered.
pub const CALL_AFTER: Duration = Duration::from_mins(3);

/// A call to a contact who may have missed the text of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingCall {
    /// Names the row before it has an id: [`Self::tag_of`] the text. Queueing the same tag twice queues once.
    pub tag: Tag,
    /// Whose phone rings.
    pub to: PhoneNumber,
    /// What is said.
    pub words: String,
    /// Not to be placed earlier.
    pub not_before: Timestamp,
    /// Not to be placed at or after this instant.
    pub expires_at: Timestamp,
    /// The hiker on whose behalf it is placed.
    pub user: Option<UserId>,
}

impl OutgoingCall {
    /// The call that follows the text of an alert: worth placing for `life` from when it is due.
    pub fn after(text: &OutgoingText, words: String, life: Duration) -> Self {
        let not_before = text.not_before.plus(CALL_AFTER);
        Self {
            tag: Self::tag_of(text.tag),
            to: text.to.clone(),
            words,
            not_before,
            expires_at: not_before.plus(life),
            user: text.user,
        }
    }

    /// The tag of the call that follows the text with this tag.
    pub fn tag_of(text: Tag) -> Tag {
        text.derived("call", 0)
    }

    /// Lets a call leave by a clock that shows `shown`, although it was decided by one that showed `decided_at`. Unlike a
    /// text it must not leave at once, so both its instants are moved.
    pub fn leaves_by(&mut self, shown: Timestamp, decided_at: Timestamp) {
        let moved = |at: Timestamp| shown.plus(at.since(decided_at));
        self.not_before = moved(self.not_before);
        self.expires_at = moved(self.expires_at);
    }
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
    /// How urgent it is.
    pub class: Class,
    /// Whether it is a page to the operator.
    pub is_page: bool,
    /// Not to be sent earlier; `None` for at once.
    pub not_before: Option<Timestamp>,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
    /// What it counts under where it is queued. Beyond that limit it is left out, and whatever it tells of happens all the
    /// same. `None` for a mail that was asked for: the request was counted.
    pub cap: Option<Limit>,
}

/// Mails in a day that tell one address what happened to an account, whichever accounts they are about.
const NOTICES_PER_ADDRESS: u32 = 10;

/// What a mail counts under that tells an address what happened to an account. The address may be a stranger's, which
/// somebody registered.
pub fn notice_cap(to: &Email, macs: &dyn Macs) -> Limit {
    let address = macs.mac(MacPurpose::SendingLimit, &[to.as_str().as_bytes()]);
    let daily = Quota {
        events: NOTICES_PER_ADDRESS,
        per: Duration::from_hours(24),
    };
    Limit {
        key: LimitKey::new("notices.address", address.bytes),
        rule: Rule::Quota(daily),
    }
}

/// What leaves only if the change it belongs to is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text through the SMS gateway.
    Text(OutgoingText),
    /// A text that takes the place of one with the same tag which was not tried yet.
    Newest(OutgoingText),
    /// A mail through the mailer.
    Mail(OutgoingMail),
    /// An event that an operator is to hear of.
    Page(OutgoingPage),
}
