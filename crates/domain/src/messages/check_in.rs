//! Check-ins, as the hiker and the contacts read of them.

use super::{count, local_time};
use crate::{
    deadline::Deadline,
    route::{Route, Waypoint},
    sms::parts::plain_punctuation,
    time::Timestamp,
    user::{CheckInRefusal, Contact, Recipients, TakeBackRefusal, Trouble, User},
};

/// The text to a contact. The masked number tells two hikers of one name apart.
pub fn notice(hiker: &User, route: &Route, camp: &Waypoint, at: Timestamp) -> String {
    let when = local_time(at, route.time_zone());
    let said = format!(
        "{} checked in at {} on the {} route, {when} (phone {}).",
        hiker.trail_name.as_str(),
        camp.name,
        route.name(),
        hiker.phone.masked()
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

/// What corrects it, when the hiker has taken the check-in back. An earlier check-in at the same camp can stand; then the
/// text does not say that the hiker is elsewhere.
/// If it has ended a promised time, that stays ended, and the text says so.
pub fn correction(hiker: &User, camp: &str, stays: bool, ended: Option<&Deadline>) -> String {
    let name = hiker.trail_name.as_str();
    let what = if stays {
        format!("{name}'s last check-in at {camp} was a mistake; the one before it stands")
    } else {
        format!("{name} is not at {camp}. The last check-in was a mistake")
    };
    let watch = ended.map_or_else(String::new, |ended| {
        format!(
            " {name} was due out by {}; no time is watched now.",
            local_time(ended.due_at, &ended.zone)
        )
    });
    let said = format!("Correction: {what} (phone {}).{watch}", hiker.phone.masked());
    plain_punctuation(&said).into_owned()
}

/// The last check-in is taken back. A promised time that it has ended is not watched again.
pub fn taken_back(camp: &str, stays: bool, ended: Option<&Deadline>) -> String {
    let what = if stays {
        format!("your last check-in at {camp}; the one before it stands")
    } else {
        format!("you are not at {camp}")
    };
    let taken_back = format!("Taken back: {what}. Contacts who were told of it get a correction.");
    match ended {
        Some(ended) => format!(
            "{taken_back}\nIt has ended your time of {}: NO time is watched. Not out yet? Text a new one, such as OUT SUN \
             6PM.",
            local_time(ended.due_at, &ended.zone)
        ),
        None => taken_back,
    }
}

/// Nothing was taken back.
pub fn not_taken_back(refusal: TakeBackRefusal) -> String {
    match refusal {
        TakeBackRefusal::NoCheckIn => "You have no check-in to take back. Nobody was told.".to_owned(),
        TakeBackRefusal::Already => "Your last check-in is taken back already. Nobody was told again.".to_owned(),
        TakeBackRefusal::TooLate | TakeBackRefusal::NotLast => {
            "Your last check-in is older than 30 minutes, so it stands. Nobody was told. To say where you are, check \
             in there."
                .to_owned()
        }
    }
}

/// What the hiker is told.
pub fn announced(route: &Route, camp: &Waypoint, at: Timestamp, recipients: &Recipients) -> String {
    let when = local_time(at, route.time_zone());
    let place = format!("Checked in: {} {}, {when}.", camp.code, camp.name);
    let Recipients {
        told,
        doubtful,
        not_told,
        later,
        later_at,
    } = recipients;
    if told.is_empty() && doubtful.is_empty() && not_told.is_empty() && later.is_empty() {
        return format!("{place}\nYou have no contacts, so nobody is told. To add one:\nSAFE <phone> <name>");
    }
    let mut will_be = if doubtful.is_empty() {
        count(told.len(), "contact", "contacts")
    } else {
        let all = told.len() + doubtful.len() + not_told.len() + later.len();
        format!("{} of {}", told.len(), count(all, "contact", "contacts"))
    };
    will_be = match later_at {
        None => format!("{place}\n{will_be} will be told."),
        Some(later_at) => {
            let later = count(later.len(), "contact", "contacts");
            let when = local_time(*later_at, route.time_zone());
            format!(
                "{place}\n{will_be} will be told now. There were many check-ins: {later} will get one text about the \
                 newest by {when}."
            )
        }
    };
    if !doubtful.is_empty() {
        let troubles = doubtful
            .iter()
            .map(|(contact, trouble)| in_trouble(contact, *trouble));
        let troubles: Vec<String> = troubles.collect();
        will_be = format!("{will_be} {} We try again.", troubles.join(" "));
    }
    if not_told.is_empty() {
        return will_be;
    }
    let names: Vec<String> = not_told.iter().map(named).collect();
    format!("{will_be}\nCannot be told: {}", names.join(", "))
}

/// A contact as its hiker knows it: the name, or the masked number.
pub fn named(contact: &Contact) -> String {
    match contact.name.as_str() {
        "" => contact.phone.masked(),
        name => name.to_owned(),
    }
}

/// One sentence about a contact whom the last text did not reach.
pub fn in_trouble(contact: &Contact, trouble: Trouble) -> String {
    let name = named(contact);
    match trouble {
        Trouble::TakesNoTexts => format!("{name}'s number {}.", trouble.words()),
        Trouble::Unreachable => format!("{name}'s phone {}.", trouble.words()),
        Trouble::Undelivered | Trouble::Late | Trouble::Doubtful => format!("{name} {}.", trouble.words()),
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
