//! What a contact who texts us is answered. It repeats what the contact was sent before and adds nothing to it.

use super::{contact::hiker, local_time};
use crate::{
    route::RouteCatalogue,
    user::{ContactOf, StoredUser, User},
};

/// The last text about each hiker, who to call, and what a contact can text. `unnamed` counts the hikers that are left
/// out.
pub fn last_texts(
    hikers: &[&ContactOf],
    unnamed: usize,
    emergency: &str,
    routes: &dyn RouteCatalogue,
) -> String {
    let mut lines: Vec<String> = hikers.iter().map(|known| last_text(known, routes)).collect();
    if unnamed > 0 {
        lines.push(format!(
            "{unnamed} more hikers chose you. To read of one text STATUS and the name."
        ));
    }
    let them = match hikers {
        [only] => only.hiker.user.trail_name.as_str().to_owned(),
        _ => "them".to_owned(),
    };
    lines.push(format!(
        "This is Thunderbird; nobody reads this number. If you are worried call {them}, then {emergency}."
    ));
    lines.push("STATUS repeats this. STOP ends our texts.".to_owned());
    lines.join("\n")
}

fn last_text(known: &ContactOf, routes: &dyn RouteCatalogue) -> String {
    let who = hiker(&known.hiker.user);
    let newest = newest_text(known, &who, routes);
    match known
        .other_notice
        .as_ref()
        .and_then(|notice| notice.words.as_ref())
    {
        Some(words) => format!("{newest}\nAnd before that:\n{words}"),
        None => newest,
    }
}

fn newest_text(known: &ContactOf, who: &str, routes: &dyn RouteCatalogue) -> String {
    match &known.last_notice {
        None => format!("{who} chose you as a safety contact. You were sent no check-in yet."),
        Some(notice) => {
            if let Some(words) = &notice.words {
                format!("Our last text to you about {who}:\n{words}")
            } else {
                let zone = zone(&known.hiker, routes);
                let when = local_time(notice.at, &zone);
                format!("Our last text to you about {who} left on {when}.")
            }
        }
    }
}

fn zone(stored: &StoredUser, routes: &dyn RouteCatalogue) -> jiff::tz::TimeZone {
    routes
        .find(&stored.user.route)
        .map_or(jiff::tz::TimeZone::UTC, |route| route.time_zone().clone())
}

/// A hikers' command from a contact.
pub fn hikers_only(hikers: &[&ContactOf]) -> String {
    let names: Vec<String> = hikers.iter().map(|known| hiker(&known.hiker.user)).collect();
    format!(
        "Only hikers can text that. Nothing was done and nobody was told. You are a contact of {}. STATUS shows our last \
         text to you. If you hike yourself text REGISTER.",
        names.join(", ")
    )
}

/// READY or DECLINE from a number that is no contact of a hiker.
pub const NOT_CHOSEN: &str = "No hiker has this number as a contact. Nothing was changed.";

/// Most hikers whose names stand in one answer.
const NAMED: usize = 3;

/// The hikers' names in one line.
fn names(hikers: &[&ContactOf]) -> String {
    let names = hikers.iter().take(NAMED).map(|known| hiker(&known.hiker.user));
    let more = match hikers.len().saturating_sub(NAMED) {
        0 => None,
        more => Some(format!("{more} more")),
    };
    names.chain(more).collect::<Vec<String>>().join(", ")
}

/// READY was noted, now or before.
pub fn ready(hikers: &[&ContactOf]) -> String {
    format!(
        "Thank you, it is noted: you are ready to be alerted about {}. If it comes to that we text you what to do. \
         DECLINE ends this, STOP ends all our texts.",
        names(hikers)
    )
}

/// A text that begins with READY and goes on.
pub fn to_be_ready(hikers: &[&ContactOf]) -> String {
    format!(
        "Nothing was noted. If you are ready to be alerted about {} reply with one word: READY",
        names(hikers)
    )
}

/// Several hikers chose the contact, and DECLINE says no number of the list.
pub fn which_to_decline(hikers: &[&ContactOf]) -> String {
    let line =
        |(number, known): (usize, &&ContactOf)| format!("DECLINE {number}: {}", hiker(&known.hiker.user));
    let lines: Vec<String> = (1..).zip(hikers).map(line).collect();
    format!(
        "Whose contact do you not want to be? Nothing was changed. Reply\n{}",
        lines.join("\n")
    )
}

/// The sender is a contact of this hiker no more.
pub fn declined(user: &User) -> String {
    format!(
        "You are not a contact of {} any more and get no further check-ins and alerts. We tell them so.",
        hiker(user)
    )
}

/// START from a contact who gets our texts anyway.
pub const GETS_TEXTS: &str = "You get our texts. If you hike yourself text REGISTER.";

/// START, UNSTOP or YES lifted a contact's opt-out. Nothing else happens.
pub const RESUMED: &str = "You will get texts from Thunderbird again.";
