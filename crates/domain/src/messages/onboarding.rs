//! Registration, question by question.

use super::routes;
use crate::{
    route::{Route, RouteCatalogue},
    sms::{body::segments, parts},
    user::{CONFIRM_NAME, MAX_NAME, Prompt},
};

/// The first question, without what ends it.
fn name_question() -> String {
    format!("What name should your family read? (such as Sam Lee; 1 to {MAX_NAME} letters)")
}

/// The answer to a courtesy while a registered hiker is asked whether to replace name and route.
pub fn change_still_open() -> String {
    "Nothing was changed. To replace name and route, reply CHANGE.".to_owned()
}

/// A question.
pub fn prompt(prompt: &Prompt, routes: &dyn RouteCatalogue) -> String {
    match prompt {
        Prompt::Change => {
            "To replace name and route, reply CHANGE. Any other text keeps everything.".to_owned()
        }
        Prompt::Name => format!("{} STOP ends this.", name_question()),
        Prompt::NameAgain => {
            format!(
                "That cannot be a name. Reply with 1 to {MAX_NAME} letters, such as Sam Lee. STOP ends this."
            )
        }
        Prompt::ConfirmName(name) => format!(
            "Your family will read: {}\nReply {CONFIRM_NAME} if that is right, or send another name. STOP ends this.",
            name.as_str()
        ),
        Prompt::Route => format!(
            "Which route? Reply with its number, or STOP to end this:\n{}",
            menu(routes)
        ),
        Prompt::RouteAgain => format!(
            "That is none of the routes. Reply with a number, or STOP to end this:\n{}",
            menu(routes)
        ),
    }
}

/// The hiker has this trail name now.
pub fn renamed(name: &str) -> String {
    format!("Your family will read: {name}")
}

/// NAME with a text that cannot be a name.
pub fn not_renamed() -> String {
    format!(
        "That cannot be a name. Nothing was changed. Text NAME and 1 to {MAX_NAME} letters, such as\nNAME Sam Lee"
    )
}

/// NAME with a text that reads like no name: the line that takes it all the same.
pub fn rename_doubted(name: &str) -> String {
    format!("Your family would read: {name}\nNothing was changed. If that is right text\nNAME IS {name}")
}

/// Two answers in a row were none: the conversation ends without an effect.
pub fn given_up() -> String {
    "Registration ended, and nothing was changed. Text START to begin again.".to_owned()
}

/// A command for registered hikers, before the registration is finished; `tells` says whether it would have told contacts.
pub fn not_yet(tells: bool) -> String {
    let untold = if tells { "Nobody was told. " } else { "" };
    format!("{untold}That works once you are registered.")
}

/// Most segments of a command's answer with the question behind it: HELP has no more than two in any state.
const WITH_QUESTION: u32 = 2;

/// A command's answer, then the question that stays open: without the menu and without the way out, which were shown
/// before, where both would be too long. A reply that is no number shows the menu again.
pub fn after(answer: &str, (asked, prompt): (&Prompt, &str)) -> String {
    let whole = format!("{answer}\n{prompt}");
    let fits = parts::parts(&whole)
        .iter()
        .map(|part| segments(part))
        .sum::<u32>()
        <= WITH_QUESTION;
    match asked {
        Prompt::Route if !fits => format!("{answer}\nWhich route? Reply with its number."),
        Prompt::Name if !fits => format!("{answer}\n{}", name_question()),
        _ => whole,
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

/// The first question, to a new sender. It names the emergency number, because the next text can be a call for help.
pub fn welcome(emergency: &str) -> String {
    format!(
        "{} In an emergency call {emergency}, this number cannot send help. STOP ends this.",
        name_question()
    )
}

/// START, or a name, from a satellite messenger that has no number of its own.
pub fn shared_number() -> String {
    "Not registered: satellite messengers share this number. Register with your phone: text START from it. From the \
     messenger text BACK and the two trip words when you are out. In danger press its SOS."
        .to_owned()
}

/// What START says to a hiker who is registered.
pub fn registered(trail_name: &str, route: &str, routes: &dyn RouteCatalogue) -> String {
    format!(
        "You are registered as {trail_name} on the {route} route.\n{}",
        prompt(&Prompt::Change, routes)
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
         when. Add one with\nSAFE <phone> <name>\nText MENU for everything else. In an emergency call {}.",
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
