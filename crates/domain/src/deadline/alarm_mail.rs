//! What a mail to a contact about an alarm is made of.

use std::time::Duration;

use crate::{
    email::Email, id::UserId, outgoing::Class, phone_number::PhoneNumber, random::Tag, time::Timestamp,
};

/// Mails a day from one hiker to one address that are no numbered alert and end no alarm.
pub const MORE_MAILS_PER_PAIR: u32 = 3;

/// The same from all hikers to one address.
pub const MORE_MAILS_PER_ADDRESS: u32 = 6;

/// The time in which they are counted.
pub const MORE_MAILS_WITHIN: Duration = Duration::from_hours(24);

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmLetter {
    /// Its subject line.
    pub subject: String,
    /// Its plain text.
    pub body: String,
    /// Not to be sent earlier.
    pub not_before: Timestamp,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
}

impl AlarmLetter {
    /// A letter of the class of alarms that is written now.
    pub fn new((subject, body): (String, String), at: Timestamp) -> Self {
        Self {
            subject,
            body,
            not_before: at,
            expires_at: at.plus(Class::Alarm.life()),
        }
    }
}

/// An alert by mail. It is sent only while the promise is open, and only to the address that the contact still has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmMail {
    /// Names the row before it has an id: [`Self::tag_of`] the text. Queueing the same tag twice queues once.
    pub tag: Tag,
    /// The contact's number.
    pub contact: PhoneNumber,
    /// The contact's address.
    pub to: Email,
    /// The hiker on whose behalf it is sent.
    pub user: UserId,
    /// Whether it is one of the three alerts of an alarm. Those are never left out; of the others
    /// [`MORE_MAILS_PER_PAIR`] and [`MORE_MAILS_PER_ADDRESS`] are queued within [`MORE_MAILS_WITHIN`], and the rest is left out.
    pub is_numbered: bool,
    /// What it says.
    pub letter: AlarmLetter,
}

impl AlarmMail {
    /// The tag of the mail next to the text with this tag.
    pub fn tag_of(text: Tag) -> Tag {
        text.derived("mail", 0)
    }

    /// Lets a mail leave by a clock that shows `shown`, although it was decided by one that showed `decided_at`.
    pub fn leaves_by(&mut self, shown: Timestamp, decided_at: Timestamp) {
        let letter = &mut self.letter;
        letter.not_before = letter.not_before.min(shown);
        letter.expires_at = letter.expires_at.plus(shown.since(decided_at));
    }
}

/// The mail that ends an alarm. The store queues one for each address that may have a mail of the alarm, whether it is a
/// contact's address still or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedEnd {
    /// Names the end of this alarm.
    pub tag: Tag,
    /// What it says.
    pub letter: AlarmLetter,
}

impl MailedEnd {
    /// The tag of the mail to this address.
    pub fn tag_to(&self, address: &str) -> Tag {
        self.tag.derived(address, 0)
    }
}
