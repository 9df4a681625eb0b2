//! An alarm: open from the first alert, or from the hiker's ALERT, until it is closed.

use crate::{phone_number::PhoneNumber, time::Timestamp};

/// A contact whom an alert was queued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmContact {
    /// The contact's number.
    pub phone: PhoneNumber,
    /// What the hiker calls them.
    pub name: String,
    /// When the first alert to them was queued.
    pub alerted_at: Timestamp,
    /// When they first said that they deal with it.
    pub acting_at: Option<Timestamp>,
}

impl AlarmContact {
    /// The name, or the masked number.
    pub fn called(&self) -> String {
        if self.name.is_empty() {
            self.phone.masked()
        } else {
            self.name.clone()
        }
    }
}

/// What is known of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// When the first alert was queued.
    pub opened_at: Timestamp,
    /// When the hiker asked for help last; `None` if the alarm is only about a time that has passed.
    pub asked_at: Option<Timestamp>,
    /// Everybody whom an alert was queued for.
    pub contacts: Vec<AlarmContact>,
    /// How often a contact began to deal with it.
    pub claims: u8,
    /// Who deals with it now, and since when.
    pub acting: Option<(PhoneNumber, Timestamp)>,
    /// Whose claim ended last without news, and since when they dealt with it.
    pub lapsed: Option<(PhoneNumber, Timestamp)>,
}

impl Alarm {
    /// The contact with this number.
    pub fn contact(&self, phone: &PhoneNumber) -> Option<&AlarmContact> {
        self.contacts.iter().find(|contact| contact.phone == *phone)
    }

    /// The contact who deals with it.
    pub fn acting(&self) -> Option<&AlarmContact> {
        self.acting.as_ref().and_then(|(phone, _)| self.contact(phone))
    }
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// An alarm was opened; contacts are alerted.
    Opened,
    /// The alarm that is open is about help from now on, or once more; contacts are alerted again.
    Raised,
    /// The call stands already.
    Stands {
        /// When the alarm was opened.
        since: Timestamp,
        /// Who deals with it.
        acting: Option<String>,
        /// How many contacts read the hiker's newer words.
        read_words: usize,
        /// How many contacts are alerted who were not before.
        alerted_now: usize,
    },
}
