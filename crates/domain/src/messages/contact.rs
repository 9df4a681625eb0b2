//! Contacts, as they and the hiker read of it.

use super::{check_in::named, count};
use crate::{
    phone_number::PhoneNumberError,
    sms::parts::plain_punctuation,
    user::{Contact, ContactRefusal, MAX_CONTACTS},
};

/// What a new contact is told.
pub fn notice(trail_name: &str) -> String {
    let trail_name = plain_punctuation(trail_name);
    format!(
        "Thunderbird: {trail_name} is going hiking and chose you as a safety contact. You will get a text when they \
         check in at a camp. To get none, reply STOP."
    )
}

/// A contact was added.
pub fn added(contact: &Contact, number: usize) -> String {
    format!(
        "{} is contact {number} of at most {MAX_CONTACTS}. They get one text about it, unless they have opted out of \
         our texts.",
        named(contact)
    )
}

/// The contact was there before, under this name.
pub fn known(contact: &Contact) -> String {
    format!("{} is already a contact. Nothing was changed.", named(contact))
}

/// A contact has another name now.
pub fn renamed(contact: &Contact) -> String {
    format!("{} is already a contact, and now has this name.", named(contact))
}

/// No contact was added.
pub fn refused(refusal: ContactRefusal) -> String {
    match refusal {
        ContactRefusal::Phone(error) => invalid(error),
        ContactRefusal::OwnNumber => "That is your own number. Nobody was added.".to_owned(),
        ContactRefusal::TooMany => format!(
            "You have {MAX_CONTACTS} contacts already. Nobody was added. SAFELIST shows them, SAFEDEL <n> removes one."
        ),
    }
}

fn invalid(error: PhoneNumberError) -> String {
    let why = match error {
        PhoneNumberError::Malformed => "That is not a phone number we can read.",
        PhoneNumberError::NotMobile => "That number cannot get texts.",
        PhoneNumberError::Region => "We cannot text numbers of that country.",
        PhoneNumberError::Ours => "That is the number of this service itself.",
    };
    format!("{why} Nobody was added. Example:\nSAFE 0491 570 006 Mum")
}

/// A line of the list of contacts.
pub fn line(number: usize, contact: &Contact, may_be_told: bool) -> String {
    let mark = if may_be_told { "" } else { " (opted out)" };
    match contact.name.as_str() {
        "" => format!("{number} {}{mark}", contact.phone.masked()),
        name => format!("{number} {name} {}{mark}", contact.phone.masked()),
    }
}

/// The list of contacts, made of [`line`]s.
pub fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return "You have no contacts. To add one:\nSAFE <phone> <name>".to_owned();
    }
    format!(
        "{}:\n{}",
        count(lines.len(), "contact", "contacts"),
        lines.join("\n")
    )
}

/// A contact was removed.
pub fn removed(contact: &Contact, left: usize) -> String {
    format!(
        "{} is removed. {} left.",
        named(contact),
        count(left, "contact", "contacts")
    )
}

/// There is no such contact to remove.
pub fn not_found() -> String {
    "There is no such contact. Nobody was removed. SAFELIST shows the numbers.".to_owned()
}
