//! Short answers: opt-outs, limits, status, forecasts.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{check_in::named, count, local_time, routes};
use crate::{
    route::Route,
    user::{StoredUser, User},
};

/// Confirms STOP, where we are the one to do it. It says what a hiker can still do, because a walk may go on.
pub fn stopped(has_contacts: bool, is_watched: bool) -> String {
    let mut lines = vec!["You will get no more texts from Thunderbird."];
    if is_watched {
        lines.push("Your time is still watched: BACK ends it.");
    }
    if has_contacts {
        lines.push("CHECKIN still tells your contacts, but we cannot answer you, so OUT sets no time.");
    }
    lines.push("Text START to undo this.");
    lines.join(" ")
}

/// No answer may be given, so no time is set. It is kept for the console, and never sent.
pub fn sets_no_time(opted_out: bool) -> String {
    let why = if opted_out {
        "this number has stopped our texts. Text START, then OUT again."
    } else {
        "we may not text this number."
    };
    format!("Nothing was set, because {why}")
}

/// Confirms UNSTOP and YES.
pub fn resumed() -> String {
    "You will get texts from Thunderbird again. Text MENU for what you can text.".to_owned()
}

/// START lifted an opt-out; the answer to START follows. Contacts who only want texts again read this too.
pub fn resumed_by_start(is_hiker: bool) -> &'static str {
    if is_hiker {
        "You will get texts from Thunderbird again."
    } else {
        "You will get texts from Thunderbird again. If you are no hiker yourself, you need not answer."
    }
}

/// Over the limit; told once.
pub fn over_limit(wait: Duration) -> String {
    format!(
        "That is a lot of texts. Please try again in {}. CHECKIN, OUT, LATE, BACK, ALERT, STOP, START and MENU always work.",
        waiting_time(wait)
    )
}

/// `1 minute`, `20 minutes`, `3 hours`; never too short.
pub fn waiting_time(wait: Duration) -> String {
    let minutes = usize::try_from(wait.as_secs().div_ceil(60)).unwrap_or(60).max(1);
    if minutes <= 90 {
        count(minutes, "minute", "minutes")
    } else {
        count(minutes.div_ceil(60), "hour", "hours")
    }
}

/// Forecasts are recognised, and not there.
pub fn no_forecast() -> String {
    "Weather forecasts are not available from this service yet.".to_owned()
}

/// Where a hiker stands. `route` is `None` when the catalogue no longer has the hiker's.
pub fn status(stored: &StoredUser, route: Option<&Route>) -> String {
    let user = &stored.user;
    let route_line = match route {
        Some(route) => format!("Route: {}", route.name()),
        None => format!("Route: {} (not known here any more; text START)", user.route),
    };
    let linked = if user.account.is_some() { "yes" } else { "no" };
    format!(
        "{}\n{route_line}\n{}\n{}\nWeb account: {linked}",
        user.trail_name.as_str(),
        position(user, route),
        contacts(stored)
    )
}

/// How many contacts there are, and who of them is not reached.
fn contacts(stored: &StoredUser) -> String {
    let contacts = &stored.user.contacts;
    let unreached: Vec<String> = contacts
        .iter()
        .filter_map(|contact| Some(format!("{} ({})", named(contact), stored.unreached(contact)?)))
        .collect();
    if unreached.is_empty() {
        return format!("Contacts: {}", contacts.len());
    }
    format!(
        "Contacts: {}. Not reached: {}",
        contacts.len(),
        unreached.join(", ")
    )
}

fn position(user: &User, route: Option<&Route>) -> String {
    let Some(position) = &user.position else {
        return "Last check-in: none".to_owned();
    };
    let code = &position.code;
    match route {
        Some(route) => {
            let place = route.camp(code).map_or_else(|| code.clone(), routes::line);
            let when = local_time(position.at, route.time_zone());
            format!("Last check-in: {place}, {when}")
        }
        None => format!(
            "Last check-in: {code}, {}",
            local_time(position.at, &TimeZone::UTC)
        ),
    }
}
