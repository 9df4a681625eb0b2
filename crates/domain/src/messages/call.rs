//! ALERT, as the hiker reads of it. Every answer begins with the number that brings help.

use super::{check_in::in_trouble, count, help::call, local_clock, local_time};
use crate::{
    deadline::{Answered, Deadline, Watcher},
    phone_number::TextableRegions,
    sms::parts::plain_punctuation,
    time::Timestamp,
    user::StoredUser,
};

/// The line that asks the contacts, to copy.
const ASK: &str = "To ask your contacts for help reply\nALERT";

/// The line that ends it.
const END: &str = "To end this text ALERT OFF.";

/// What a call for help in other words is answered after the number to dial: whether contacts know of it.
pub fn told(stored: Option<&StoredUser>) -> String {
    match stored {
        Some(stored) if stored.user.contacts.is_empty() => NOBODY.to_owned(),
        Some(stored) => match contacts_asked(stored) {
            Some(asked) => {
                let since = asked.alarm.as_ref().map_or(asked.set_at, |alarm| alarm.opened_at);
                format!(
                    "Your contacts were told on {}. To send these words to those who are READY reply ALERT",
                    local_time(since, &asked.zone)
                )
            }
            None => format!("{NOBODY} To ask your contacts for help reply ALERT"),
        },
        None => NOBODY.to_owned(),
    }
}

/// The alarm about help, if a contact was alerted in it.
fn contacts_asked(stored: &StoredUser) -> Option<&Deadline> {
    let asked = &stored.asked_alarm()?.deadline;
    let alarm = asked.alarm.as_ref()?;
    (!alarm.contacts.is_empty()).then_some(asked)
}

const NOBODY: &str = "Nobody has been told.";

/// The contacts are asked for help.
pub fn asked(
    answered: &Answered,
    stored: &StoredUser,
    emergency: &str,
    textable: &TextableRegions,
) -> String {
    let contacts = stored.watchers();
    let (reached, others): (Vec<&Watcher>, Vec<&Watcher>) = contacts
        .iter()
        .partition(|contact| contact.may_be_texted(textable));
    let mut lines = vec![call(emergency)];
    if reached.is_empty() {
        lines.push(nobody_told(&others));
        lines.push(END.to_owned());
        return lines.join("\n");
    }
    lines.push(match answered {
        Answered::Opened => format!(
            "We are texting {} now that you ask for help.",
            your(reached.len())
        ),
        Answered::Raised => format!(
            "The alert is open already. We are texting {} now that you ask for help.",
            your(reached.len())
        ),
        Answered::Stands { .. } => standing(answered, stored, reached.len()),
    });
    lines.extend(doubts(stored, &others, textable));
    if reached.iter().any(|contact| contact.is_ready) {
        lines.push(
            "Text where you are and what is wrong, then ALERT again: contacts who are READY read it."
                .to_owned(),
        );
    }
    lines.push(END.to_owned());
    lines.join("\n")
}

fn your(contacts: usize) -> String {
    format!("your {}", count(contacts, "contact", "contacts"))
}

/// No contact can be told, so the hiker must not wait for help from them.
fn nobody_told(others: &[&Watcher]) -> String {
    let why = if others.is_empty() {
        "you have no contacts".to_owned()
    } else {
        format!("no text may go to {}", names(others))
    };
    format!("NOBODY WAS TOLD: {why}. Add one, then text ALERT again:\nSAFE <phone> <name>")
}

/// Who cannot be told, and who may not read it.
fn doubts(stored: &StoredUser, others: &[&Watcher], textable: &TextableRegions) -> Vec<String> {
    let mut lines = Vec::new();
    if !others.is_empty() {
        lines.push(format!("Cannot be told: {}.", names(others)));
    }
    let reached = stored.user.contacts.iter().filter(|contact| {
        let is_stopped = stored.opted_out_contacts.contains(&contact.phone);
        !is_stopped && textable.check(&contact.phone).is_ok()
    });
    lines.extend(reached.filter_map(|contact| Some(in_trouble(contact, stored.trouble(&contact.phone)?))));
    lines
}

fn names(contacts: &[&Watcher]) -> String {
    let names: Vec<String> = contacts.iter().map(|contact| contact.called()).collect();
    names.join(", ")
}

/// The call stands already: what has happened, and what this text adds.
fn standing(answered: &Answered, stored: &StoredUser, reached: usize) -> String {
    let Answered::Stands {
        since,
        acting,
        read_words,
        alerted_now,
    } = answered
    else {
        return String::new();
    };
    let zone = stored.asked_alarm().map(|stored| stored.deadline.zone.clone());
    let since = local_clock(*since, &zone.unwrap_or(jiff::tz::TimeZone::UTC));
    let mut said = vec![format!(
        "Your contacts are asked for help already, since {since}; we do not alert them twice for one call."
    )];
    if *alerted_now > 0 {
        said.push(format!("New: we are texting {alerted_now} of {reached} now."));
    }
    if *read_words > 0 {
        let ready = count(*read_words, "contact", "contacts");
        said.push(format!("Your newer words go to {ready} who said READY."));
    }
    if let Some(acting) = acting {
        said.push(format!("{} is acting.", plain_punctuation(acting)));
    }
    said.join(" ")
}

/// The hiker has asked too often today.
pub fn too_often(emergency: &str) -> String {
    format!(
        "{}\nNothing more was sent: you have asked your contacts very often today. Call them.\n{END}",
        call(emergency)
    )
}

/// What the hiker reads when the contacts are alerted once more.
pub fn alerted_again(
    trail_name: &str,
    contacts: usize,
    (deadline, emergency): (&Deadline, &str),
    at: Timestamp,
) -> String {
    let name = plain_punctuation(trail_name);
    let clock = local_clock(at, &deadline.zone);
    let whom = match contacts {
        0 => format!("{name}, NOBODY was told: you have no contact whom we can alert."),
        several => format!(
            "{name}, no contact says ACTING yet. We alerted {} again at {clock}.",
            your(several)
        ),
    };
    format!("{whom}\nIn danger: call {emergency}\nTo end this text ALERT OFF.")
}

/// A text that looks as if it were meant to alert the contacts.
pub fn near_miss(stored: &StoredUser, emergency: &str) -> String {
    let call = call(emergency);
    if contacts_asked(stored).is_some() {
        return format!(
            "{call}\nNothing was changed: your contacts are asked for help already. To send them newer words text ALERT. {END}"
        );
    }
    if stored.user.contacts.is_empty() {
        return format!("{call}\nNobody was told: you have no contacts. To add one:\nSAFE <phone> <name>");
    }
    format!("{call}\nNobody was told. {ASK}")
}

/// ALERT OFF without an alarm.
pub fn none_open(emergency: &str) -> String {
    format!(
        "No alert is open, and nothing was changed. In danger: {}\n{ASK}",
        call(emergency)
    )
}

/// ALERT OFF ended the alarm; `tells` says whether contacts read of it. `promise` is the time that it ended, too, or the
/// one that still stands.
pub fn called_off(
    ended: &Deadline,
    (ended_promise, standing): (Option<&Deadline>, Option<&Deadline>),
    tells: bool,
    at: Timestamp,
) -> String {
    let told = if tells { " Your contacts get a text." } else { "" };
    let mut lines = vec![format!(
        "The alert is over, {}.{told}",
        local_time(at, &ended.zone)
    )];
    lines.extend(ended_promise.map(super::deadline::heard));
    lines.extend(standing.map(super::deadline::still_due));
    lines.push("You did not text this? Text ALERT.".to_owned());
    lines.join("\n")
}

/// What an answer says besides while the contacts are asked for help.
pub fn still_open() -> String {
    format!("Your call for help stays open. {END}")
}

/// What the answer to a new time says while the contacts are asked for help.
pub fn rests() -> String {
    format!("Your call for help stays open, and until it ends this time is not watched. {END}")
}

/// News or a courtesy while the contacts are asked for help.
pub fn unchanged() -> String {
    format!("Nothing was changed. {}", still_open())
}

/// A word about the time, while the alarm of that time is about help.
pub fn ends_first(word: &str) -> String {
    format!(
        "Nothing was changed: your contacts are asked for help. To end that text ALERT OFF, then {word} again. Out: text BACK."
    )
}
