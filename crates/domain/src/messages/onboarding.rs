//! Registration, question by question.

use super::routes;
use crate::{
    route::{Route, RouteCatalogue},
    sms::{body::segments, parts},
    user::{MAX_NAME, Prompt},
};

/// A question.
pub fn prompt(prompt: Prompt, routes: &dyn RouteCatalogue) -> String {
    match prompt {
        Prompt::Change => "To replace name and route, reply CHANGE.".to_owned(),
        Prompt::Name => format!("What is your trail name? (1 to {MAX_NAME} characters)"),
        Prompt::NameAgain => {
            format!("That cannot be a trail name. Please reply with 1 to {MAX_NAME} characters.")
        }
        Prompt::Route => format!("Which route? Reply with its number:\n{}", menu(routes)),
        Prompt::RouteAgain => format!(
            "That is none of the routes. Reply with a number:\n{}",
            menu(routes)
        ),
    }
}

/// Most segments of a command's answer with the question behind it: HELP has no more than two in any state.
const WITH_QUESTION: u32 = 2;

/// A command's answer, then the question that stays open: without the menu, which was shown before, where both would
/// be too long. A reply that is no number shows the menu again.
pub fn after(answer: &str, (asked, prompt): (Prompt, &str)) -> String {
    let whole = format!("{answer}\n{prompt}");
    let fits = parts::parts(&whole)
        .iter()
        .map(|part| segments(part))
        .sum::<u32>()
        <= WITH_QUESTION;
    if fits || asked != Prompt::Route {
        whole
    } else {
        format!("{answer}\nWhich route? Reply with its number.")
    }
}

/// One line a route, number first.
fn menu(routes: &dyn RouteCatalogue) -> String {
    let line = |(place, route): (usize, &Route)| format!("{} {}", place.saturating_add(1), route.name());
    routes
        .all()
        .iter()
        .enumerate()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first question, to somebody new.
pub fn welcome(routes: &dyn RouteCatalogue) -> String {
    format!(
        "Welcome to Thunderbird, check-ins by text for hikers.\n{}",
        prompt(Prompt::Name, routes)
    )
}

/// What START says to a hiker who is registered.
pub fn registered(trail_name: &str, route: &str, routes: &dyn RouteCatalogue) -> String {
    format!(
        "You are registered as {trail_name} on the {route} route.\n{}",
        prompt(Prompt::Change, routes)
    )
}

/// The end of the conversation.
pub fn confirmed(trail_name: &str, route: &Route) -> String {
    format!(
        "You are registered: {trail_name} on the {} route. The codes of its camps follow.",
        route.name()
    )
}

/// What follows: the route's codes, then how SafeCheck works; as texts, in order.
pub fn guide(route: &Route) -> Vec<String> {
    let camps = route.camps().map(routes::line).collect::<Vec<_>>().join("\n");
    let codes = format!("Camps of the {} route:\n{camps}", route.name());
    let how_to = format!(
        "At a camp text CHECKIN and its code, for example:\nCHECKIN {}\nYour contacts are then told where you are and \
         when. Add one with\nSAFE <phone> <name>\nText HELP for everything else. In an emergency call {}.",
        route.camps().next().map_or("CODE", |camp| camp.code.as_str()),
        route.emergency_number()
    );
    [codes, how_to]
        .iter()
        .flat_map(|text| parts::parts(text))
        .collect()
}

/// An answer came after the conversation had ended.
pub fn lapsed() -> String {
    "Your answer came after more than 30 minutes, so the question is void. Nothing was changed. Text START to begin again.".to_owned()
}
