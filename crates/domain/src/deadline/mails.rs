//! Mails to contacts about an alarm, next to the texts: for contacts whose e-mail address the hiker has given.

use super::{
    alarm_mail::{AlarmLetter, AlarmMail, MailedEnd},
    promise::Deadline,
    store::{Hiker, Watcher},
};
use crate::{
    email::Email,
    id::UserId,
    messages::{self, alarm::AlertFacts},
    outgoing::OutgoingText,
    phone_number::TextableRegions,
    time::Timestamp,
};

impl Deadline {
    /// The mail that ends the alarm of this promise.
    pub(super) fn mailed_end(&self, letter: (String, String), at: Timestamp) -> MailedEnd {
        let again = self
            .restored_at
            .map_or_else(String::new, |at| format!(" restored {}", at.as_micros()));
        MailedEnd {
            tag: self.tag.derived(&format!("stand-down by mail{again}"), 0),
            letter: AlarmLetter::new(letter, at),
        }
    }
}

/// Those who get an alert by mail: the contacts whom it texts, and those who cannot be texted, as far as they have an
/// address. A contact who stopped our texts has not stopped our mails.
pub(super) fn mailed<'a>(
    hiker: &'a Hiker,
    texted: &[&Watcher],
    textable: &TextableRegions,
) -> Vec<(&'a Watcher, &'a Email)> {
    let is_meant = |contact: &Watcher| {
        texted.iter().any(|other| other.phone == contact.phone) || !contact.may_be_texted(textable)
    };
    let contacts = hiker.contacts.iter().filter(|contact| is_meant(contact));
    contacts
        .filter_map(|contact| Some((contact, contact.email.as_ref()?)))
        .collect()
}

/// The mail next to the text of an alert. The hiker's own words are no part of it: that the address is the contact's was not
/// shown.
pub(super) fn alert_by_mail(
    text: &OutgoingText,
    (to, user): (&Email, UserId),
    facts: AlertFacts<'_>,
    at: Timestamp,
) -> AlarmMail {
    let facts = AlertFacts { words: "", ..facts };
    AlarmMail {
        tag: AlarmMail::tag_of(text.tag),
        contact: text.to.clone(),
        to: to.clone(),
        user,
        is_numbered: facts.number.is_some(),
        letter: AlarmLetter::new(messages::mail::alert(&facts), at),
    }
}
