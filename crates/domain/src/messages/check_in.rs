//! Check-ins, as the hiker and the contacts read of them.

use super::{count, local_time};
use crate::{
    route::{Route, Waypoint},
    sms::parts::plain_punctuation,
    time::Timestamp,
    user::{CheckInRefusal, Contact, Recipients},
};

/// What a contact is told.
pub fn notice(trail_name: &str, route: &Route, camp: &Waypoint, at: Timestamp) -> String {
    let when = local_time(at, route.time_zone());
    let said = format!(
        "{trail_name} checked in at {} on the {} route, {when}.",
        camp.name,
        route.name()
    );
    let said = plain_punctuation(&said);
    if camp.verified {
        format!(
            "{said}\nhttps://maps.google.com/?q={},{}",
            camp.latitude, camp.longitude
        )
    } else {
        said.into_owned()
    }
}

/// What the hiker is told.
pub fn announced(route: &Route, camp: &Waypoint, at: Timestamp, recipients: &Recipients) -> String {
    let when = local_time(at, route.time_zone());
    let place = format!("Checked in: {} {}, {when}.", camp.code, camp.name);
    if recipients.told.is_empty() && recipients.not_told.is_empty() {
        return format!("{place}\nYou have no contacts, so nobody is told. To add one:\nSAFE <phone> <name>");
    }
    let will_be = format!(
        "{place}\n{} will be told.",
        count(recipients.told.len(), "contact", "contacts")
    );
    if recipients.not_told.is_empty() {
        return will_be;
    }
    let names: Vec<String> = recipients.not_told.iter().map(named).collect();
    format!("{will_be}\nCannot be told: {}", names.join(", "))
}

/// A contact as its hiker knows it: the name, or the masked number.
pub fn named(contact: &Contact) -> String {
    match contact.name.as_str() {
        "" => contact.phone.masked(),
        name => name.to_owned(),
    }
}

/// The same camp again, too soon to tell anybody twice.
pub fn repeated(route: &Route, camp: &Waypoint, announced_at: Timestamp) -> String {
    let when = local_time(announced_at, route.time_zone());
    format!(
        "You are already checked in at {} {}, {when}. Your contacts are not told twice.",
        camp.code, camp.name
    )
}

/// Longest word, typed for a code, that is said back.
const ECHOED: usize = 12;

/// No check-in was made. `typed` is what stood where a code must stand; `nearest` are the camps that were probably meant.
pub fn refused(refusal: CheckInRefusal, typed: &str, nearest: &[&Waypoint]) -> String {
    let why = match refusal {
        CheckInRefusal::UnknownRoute => return unknown_route(),
        CheckInRefusal::Peak => format!("{typed} is a peak."),
        CheckInRefusal::UnknownCamp if typed.is_empty() || typed.chars().count() > ECHOED => {
            "Your route has no such camp.".to_owned()
        }
        CheckInRefusal::UnknownCamp => format!("No camp {typed}."),
    };
    not_done(&why, nearest)
}

/// A text that was meant as a check-in and is not one: no contact gets a text, and here is the line to copy.
pub fn not_done(why: &str, nearest: &[&Waypoint]) -> String {
    let why = if why.is_empty() {
        String::new()
    } else {
        format!("{why} ")
    };
    match nearest {
        [] => format!("{why}Nobody was told. Text ROUTE for the codes of your camps."),
        [camp] => format!(
            "{why}Nobody was told. Nearest: {} {}. To check in there text\nCHECKIN {}",
            camp.code, camp.name, camp.code
        ),
        several => {
            let lines: Vec<String> = several
                .iter()
                .map(|camp| format!("{}:\nCHECKIN {}", camp.name, camp.code))
                .collect();
            format!(
                "{why}Nobody was told. To check in text one of\n{}",
                lines.join("\n")
            )
        }
    }
}

/// The hiker's route is gone.
pub fn unknown_route() -> String {
    "Your route is not known here any more. Nobody was told. Text START to choose a route.".to_owned()
}
