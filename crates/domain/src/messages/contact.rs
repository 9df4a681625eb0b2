//! Contacts, as they and the hiker read of it.

use super::{check_in::named, count};
use crate::{
    phone_number::{PhoneNumberError, Region},
    sms::parts::plain_punctuation,
    user::{Contact, ContactRefusal, MAX_CONTACTS, MAX_NAME, Unreadable},
};

/// What a new contact is told.
pub fn notice(trail_name: &str) -> String {
    let trail_name = plain_punctuation(trail_name);
    format!(
        "Thunderbird: {trail_name} is going hiking and chose you as a safety contact. You will get a text when they \
         check in at a camp. To get none, reply STOP."
    )
}

/// A contact was added. Name and number are shown as they are stored, so that a typing error is seen.
pub fn added(contact: &Contact, number: usize) -> String {
    format!(
        "{} is contact {number} of at most {MAX_CONTACTS}: {}. They get one text about it, unless they have opted out of \
         our texts.",
        named(contact),
        contact.phone.as_str()
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
pub fn refused(refusal: ContactRefusal, region: Region) -> String {
    match refusal {
        ContactRefusal::Phone(error) => invalid(error, region),
        ContactRefusal::OwnNumber => "That is your own number. Nobody was added.".to_owned(),
        ContactRefusal::TooMany => format!(
            "You have {MAX_CONTACTS} contacts already. Nobody was added. SAFELIST shows them, SAFEDEL <n> removes one."
        ),
    }
}

fn invalid(error: PhoneNumberError, region: Region) -> String {
    let why = match error {
        PhoneNumberError::Malformed => "That is not a phone number we can read.",
        PhoneNumberError::NotMobile => {
            "That number cannot get texts. A number of another country begins with + and its code, such as +64."
        }
        PhoneNumberError::Region => "We cannot text numbers of that country.",
        PhoneNumberError::Ours => "That is the number of this service itself.",
    };
    format!("{why} Nobody was added. {}", example(region))
}

/// SAFE could not be read.
pub fn unreadable(why: Unreadable, region: Region) -> String {
    let example = example(region);
    match why {
        Unreadable::NoNumber => {
            format!("That has no phone number we can read. Nobody was added and nobody was told. {example}")
        }
        Unreadable::NoCountry => format!(
            "That is not a phone number we can read. A number of another country begins with + and its code, such as \
             +64. Nobody was added. {example}"
        ),
        Unreadable::TwoNumbers => {
            format!("That has two numbers. Nobody was added. Text SAFE once for each contact. {example}")
        }
        Unreadable::LongName => {
            format!("That name is longer than {MAX_NAME} letters. Nobody was added. {example}")
        }
    }
}

/// A line to copy, with a number that the service accepts where numbers are read as this region's.
fn example(region: Region) -> String {
    match region.example_mobile() {
        Some(number) => format!("Example:\nSAFE {number} Mum"),
        None => "Example:\nSAFE <phone> Mum".to_owned(),
    }
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

/// The same text came twice; the second one was not carried out.
pub fn removed_once() -> String {
    "That text came twice. One contact was removed, not two. SAFELIST shows who is left.".to_owned()
}

/// There is no such contact to remove.
pub fn not_found() -> String {
    "There is no such contact. Nobody was removed. SAFELIST shows the numbers.".to_owned()
}
