//! The hikers that chose a number as a contact, as a decision about a text of that number sees them.

use super::{Contact, StoredUser};
use crate::{
    messages,
    moment::Moment,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::{PhoneNumber, TextableRegions},
    random::Tag,
    time::Timestamp,
};

/// Most hikers of one contact that a decision looks at.
pub const MAX_HIKERS_OF_CONTACT: u32 = 50;

/// Seconds of a day (UTC).
const DAY: i64 = 86_400;

/// A text about a hiker that was addressed to the contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastNotice {
    /// When it was queued (UTC).
    pub at: Timestamp,
    /// What it says; `None` once it is erased.
    pub words: Option<String>,
}

/// A hiker that chose the number as a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactOf {
    /// The hiker as stored.
    pub hiker: StoredUser,
    /// The newest text that left for the contact. The contact learns nothing of the hiker beyond what it was sent.
    pub last_notice: Option<LastNotice>,
    /// The newest text of the other kind: the last one about a promised time that still stands, if the newest text is
    /// about something else, or the last one about something else, if the newest text is about a promised time.
    pub other_notice: Option<LastNotice>,
}

impl ContactOf {
    /// The text to the hiker when this contact has opted out and no other contact can receive a text; `None` if
    /// another one can.
    pub fn left(&self, contact: &PhoneNumber, textable: &TextableRegions, at: Timestamp) -> Option<Outgoing> {
        self.to_hiker((contact, messages::contact::last_one_left), textable, at)
    }

    /// The text to the hiker when this contact receives texts again and is the only one that does.
    pub fn came_back(
        &self,
        contact: &PhoneNumber,
        textable: &TextableRegions,
        at: Timestamp,
    ) -> Option<Outgoing> {
        self.to_hiker((contact, messages::contact::first_one_back), textable, at)
    }

    /// The text to the hiker when this contact has ended being one; `None` if the hiker's number may not be texted. It says
    /// so if no other contact can receive a text.
    pub fn declined(
        &self,
        contact: &PhoneNumber,
        textable: &TextableRegions,
        moment: &Moment,
    ) -> Option<Outgoing> {
        let known = self.hiker.user.contact(contact)?;
        textable.check(&self.hiker.user.phone).ok()?;
        let is_last = !self.others_are_reached(contact, textable);
        Some(Outgoing::Text(OutgoingText {
            tag: moment.seed.derived("declined", 0),
            to: self.hiker.user.phone.clone(),
            class: Class::Notice,
            words: Words::Plain(messages::contact::declined(known, is_last)),
            not_before: moment.at,
            expires_at: moment.at.plus(Class::Notice.life()),
            user: Some(self.hiker.id),
        }))
    }

    /// Whether a text reaches a contact of the hiker besides this one.
    fn others_are_reached(&self, contact: &PhoneNumber, textable: &TextableRegions) -> bool {
        let mut others = self.hiker.user.contacts.iter();
        others.any(|other| {
            let is_reached =
                self.hiker.may_tell(other, textable) && self.hiker.trouble(&other.phone).is_none();
            other.phone != *contact && is_reached
        })
    }

    /// A contact can opt out and return as often as it likes, and each text is paid for: the tag is made of what
    /// happened, of hiker, contact and day, so that one text of a kind leaves in a day.
    fn to_hiker(
        &self,
        (contact, says): (&PhoneNumber, fn(&Contact) -> String),
        textable: &TextableRegions,
        at: Timestamp,
    ) -> Option<Outgoing> {
        let known = self.hiker.user.contact(contact)?;
        if self.others_are_reached(contact, textable) || textable.check(contact).is_err() {
            return None;
        }
        let text = says(known);
        let day = at.as_seconds().div_euclid(DAY);
        let once = format!("{text} {} {} {day}", self.hiker.id.get(), contact.as_str());
        Some(Outgoing::Text(OutgoingText {
            tag: Tag::from_bytes([0; 16]).derived(&once, 0),
            to: self.hiker.user.phone.clone(),
            class: Class::Notice,
            words: Words::Plain(text),
            not_before: at,
            expires_at: at.plus(Class::Notice.life()),
            user: Some(self.hiker.id),
        }))
    }
}
