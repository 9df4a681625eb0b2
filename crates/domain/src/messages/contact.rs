//! Contacts, as they and the hiker read of it.

use std::time::Duration;

use super::{
    check_in::{in_trouble, named},
    count, replies,
};
use crate::{
    budget::NEW_HIKERS_INTRODUCED,
    phone_number::{PhoneNumberError, Region},
    sms::{body::segments, parts::plain_punctuation},
    user::{Contact, ContactRefusal, MAX_CONTACTS, MAX_NAME, Trouble, Unreadable, User},
};

/// A hiker as contacts read of them. The masked number tells two hikers of one name apart.
pub fn hiker(user: &User) -> String {
    let name = plain_punctuation(user.trail_name.as_str());
    format!("{name} ({})", user.phone.masked())
}

/// The hiker in the first text to a contact, with the whole number if the hiker agreed to that.
fn introduced(user: &User) -> String {
    if user.shows_number {
        let name = plain_punctuation(user.trail_name.as_str());
        format!("{name} ({})", user.phone.as_str())
    } else {
        hiker(user)
    }
}

/// The first text to a contact: who chose them, what will be sent, what silence means, and how to end it.
///
/// It names the page with who holds the contact's data, if that page can be opened and no segment more is needed.
pub fn notice(user: &User, page: Option<&str>) -> String {
    let notice = format!(
        "Thunderbird: {} is going hiking and chose you as a safety contact. We text you when they check in at a camp, and \
         if they are overdue. Silence can mean no signal; it proves nothing. If you will help reply READY. STATUS \
         repeats our last text. To get none reply STOP.",
        introduced(user)
    );
    // Phones make a link of it without its scheme as well, which has no room.
    let linked = page.map(|page| format!("{notice} {}", page.trim_start_matches("https://")));
    linked
        .filter(|linked| segments(linked) <= segments(&notice).max(NOTICE_SEGMENTS))
        .unwrap_or(notice)
}

/// The segments of the first text to a contact.
const NOTICE_SEGMENTS: u32 = 2;

/// Tells a hiker that the last contact who could receive a text has opted out.
pub fn last_one_left(contact: &Contact) -> String {
    format!(
        "{} has opted out of our texts. Now no contact of yours can be told of a check-in. To add one:\nSAFE <phone> \
         <name>",
        named(contact)
    )
}

/// Tells a hiker that a contact receives texts again, after a time in which no contact did.
pub fn first_one_back(contact: &Contact) -> String {
    format!(
        "{} gets our texts again and will be told of your check-ins.",
        named(contact)
    )
}

/// Tells a hiker that a contact has ended being one; `is_last` says that no other contact can receive a text.
pub fn declined(contact: &Contact, is_last: bool) -> String {
    let name = named(contact);
    let rest = if is_last {
        "Now no contact of yours can be told of a check-in or alerted."
    } else {
        "Your other contacts stay."
    };
    format!(
        "{name} does not want to be your contact and was removed. {rest} To add one:\nSAFE <phone> <name>"
    )
}

/// What becomes of the first text to a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstText {
    /// Whether it is sent.
    pub is_sent: bool,
    /// How long it waits, because several hikers have named the number today.
    pub waits: Option<Duration>,
    /// Whether an alarm is open, of which they read.
    pub is_alerted: bool,
}

/// A contact was added. Name and number are shown as they are stored, so that a typing error is seen.
pub fn added(contact: &Contact, number: usize, first: FirstText) -> String {
    let notice = match (first.is_sent, first.waits) {
        (true, None) => "They get one text about it, unless they have opted out of our texts.".to_owned(),
        (true, Some(waits)) => format!(
            "{NEW_HIKERS_INTRODUCED} hikers named this number today, so our first text to them waits {}. Please tell them \
             yourself.",
            replies::waiting_time(waits)
        ),
        (false, _) => "We text a number about this once, and tried that before.".to_owned(),
    };
    let alerted = if first.is_alerted {
        " An alert about you is open, and they get it too."
    } else {
        ""
    };
    format!(
        "{} is contact {number} of at most {MAX_CONTACTS}: {}. {notice}{alerted}",
        named(contact),
        contact.phone.as_str()
    )
}

/// The contact was there before, under this name.
pub fn known(contact: &Contact) -> String {
    format!(
        "{} is already a contact: {}. Nothing was changed.",
        named(contact),
        contact.phone.as_str()
    )
}

/// The contact was there before, and the last text failed.
pub fn tried_again(contact: &Contact) -> String {
    format!(
        "{} is already a contact: {}. We try this number again with your next check-in.",
        named(contact),
        contact.phone.as_str()
    )
}

/// A contact has another name now.
pub fn renamed(contact: &Contact) -> String {
    format!(
        "{} is already a contact: {}, and now has this name.",
        named(contact),
        contact.phone.as_str()
    )
}

/// No contact was added.
pub fn refused(refusal: ContactRefusal, region: Region) -> String {
    match refusal {
        ContactRefusal::Phone(error) => invalid(error, region),
        ContactRefusal::OwnNumber => "That is your own number. Nobody was added.".to_owned(),
        ContactRefusal::TooOften { retry_after } => format!(
            "Too many contacts were added. Nobody was added. Please try again in {}.",
            replies::waiting_time(retry_after)
        ),
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

/// A line of the list of contacts; `mark` says why the contact is not reached, or that it is ready.
pub fn line(number: usize, contact: &Contact, mark: Option<&str>) -> String {
    let mark = mark.map_or_else(String::new, |why| format!(" ({why})"));
    match contact.name.as_str() {
        "" => format!("{number} {}{mark}", contact.phone.masked()),
        name => format!("{number} {name} {}{mark}", contact.phone.masked()),
    }
}

/// The text that the hiker gets when one to a contact did not arrive.
pub fn unreached(contact: &Contact, trouble: Trouble) -> String {
    let result = match trouble {
        Trouble::Doubtful => "may not have reached them",
        _ => "did not reach them",
    };
    format!(
        "{} A text about you {result}. Please check the number, or tell them another way. SAFELIST shows your contacts.",
        in_trouble(contact, trouble)
    )
}

/// The text that the hiker gets when the provider refused one to a contact, because the contact has opted out.
pub fn opted_out(contact: &Contact) -> String {
    format!(
        "{} has opted out of our texts, so a text about you did not reach them. Please tell them another way.",
        named(contact)
    )
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
