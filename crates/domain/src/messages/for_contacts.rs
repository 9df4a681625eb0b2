//! What a contact who texts us is answered. It repeats what the contact was sent before and adds nothing to it.

use super::{contact::hiker, local_time};
use crate::{
    route::RouteCatalogue,
    user::{ContactOf, StoredUser},
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

/// START from a contact who gets our texts anyway.
pub const GETS_TEXTS: &str = "You get our texts. If you hike yourself text REGISTER.";

/// START, UNSTOP or YES lifted a contact's opt-out. Nothing else happens.
pub const RESUMED: &str = "You will get texts from Thunderbird again.";
