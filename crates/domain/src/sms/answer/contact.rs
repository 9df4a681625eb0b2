//! The answers to a contact: our last text about each hiker, and who to call.

use std::cmp::Reverse;

use crate::{
    messages::{self, for_contacts},
    outgoing::Outgoing,
    sms::{
        context::TextContext,
        decision::Decision,
        normal::{asks_or_quotes, normalize},
        verb::Verb,
    },
    user::ContactOf,
};

/// Most hikers that one answer names.
const SHOWN: usize = 3;

/// First words of a question about a hiker, as commands are compared.
const QUESTIONS: &[&str] = &[
    "ANY", "CAN", "DID", "DO", "DOES", "HAS", "HAVE", "HOW", "HOWS", "IS", "WAS", "WHAT", "WHATS", "WHEN",
    "WHERE", "WHERES", "WHO", "WHOS",
];

/// Words that stand for a hiker in a question.
const PRONOUNS: &[&str] = &["HE", "HIM", "SHE", "HER", "THEY", "THEM", "HES", "SHES", "THEYRE"];

/// What the words are with which a contact asks without a name and without a verb: "Back yet?", "Safe now?".
const STATES: &[&str] = &[
    "ALL", "ANYTHING", "ARRIVED", "BACK", "HOME", "LATE", "NEWS", "OK", "OKAY", "OUT", "SAFE", "STILL",
];

/// Says what the contact was sent last about each hiker, or about the hikers that the text names.
pub fn last_texts(context: &TextContext<'_>) -> Decision {
    let mut hikers = named_or_all(context);
    hikers.sort_by_key(|known| Reverse(known.last_notice.as_ref().map(|notice| notice.at)));
    let unnamed = hikers.len().saturating_sub(SHOWN);
    hikers.truncate(SHOWN);
    let emergency = hikers
        .first()
        .and_then(|known| context.routes.find(&known.hiker.user.route))
        .map_or_else(|| context.emergency_number(), |route| route.emergency_number());
    let texts = for_contacts::last_texts(&hikers, unnamed, emergency, context.routes);
    // The alert that is repeated can have said it.
    let heard = hikers.iter().filter_map(|known| last_heard(context, known));
    let heard: Vec<String> = heard.filter(|line| !texts.contains(line)).collect();
    Decision::say([heard, vec![texts]].concat().join("\n"))
}

/// When the phone of a hiker last texted us, for a contact who is alerted about this hiker.
fn last_heard(context: &TextContext<'_>, known: &ContactOf) -> Option<String> {
    let alarms = context.sender.alarms.iter();
    let watched = alarms.rev().find(|watched| {
        let deadline = &watched.stored.deadline;
        deadline.is_open() && deadline.user == known.hiker.id
    })?;
    let heard = watched.hiker.heard_since_check_in()?;
    let zone = &watched.stored.deadline.zone;
    Some(messages::alarm::last_heard(
        &watched.hiker.trail_name,
        heard,
        zone,
    ))
}

/// A hikers' command from a contact: STATUS and a question show the last texts, and every other one is for hikers only.
pub(in crate::sms) fn instead_of(context: &TextContext<'_>, verb: Verb) -> Decision {
    if verb == Verb::Status || asks_or_quotes(&context.text.typed) {
        return last_texts(context);
    }
    let hikers: Vec<&ContactOf> = context.sender.contact_of.iter().take(SHOWN).collect();
    Decision::say(for_contacts::hikers_only(&hikers))
}

/// Returns true if the text asks about a hiker that chose the sender as a contact. WHERE alone asks about all of them.
pub(in crate::sms) fn is_asked(context: &TextContext<'_>) -> bool {
    let hikers = &context.sender.contact_of;
    let normal = context.text.normal.as_str();
    let words: Vec<&str> = normal.split(' ').collect();
    let asks = words.first().is_some_and(|first| QUESTIONS.contains(first));
    let names_one =
        words.iter().any(|word| PRONOUNS.contains(word)) || hikers.iter().any(|known| names(normal, known));
    let is_question = context.text.typed.contains('?');
    let asks_of_one = names_one && (asks || is_question);
    let asks_of_state =
        context.is_contact() && is_question && words.first().is_some_and(|first| STATES.contains(first));
    !hikers.is_empty() && (normal == "WHERE" || asks_of_one || asks_of_state)
}

/// The texts to the hikers whose last reachable contact has just opted out.
pub(in crate::sms) fn leaves(context: &TextContext<'_>) -> Vec<Outgoing> {
    let textable = &context.rules.textable;
    let hikers = context.sender.contact_of.iter();
    hikers
        .filter_map(|known| known.left(context.phone, textable, context.at))
        .collect()
}

/// The texts to the hikers whose only reachable contact has just come back.
pub(in crate::sms) fn comes_back(context: &TextContext<'_>) -> Vec<Outgoing> {
    let textable = &context.rules.textable;
    let hikers = context.sender.contact_of.iter();
    hikers
        .filter_map(|known| known.came_back(context.phone, textable, context.at))
        .collect()
}

/// START from a contact: it resumes our texts and does nothing else.
pub(in crate::sms) fn start(context: &TextContext<'_>) -> Decision {
    if context.sender.opted_out {
        return Decision::say(for_contacts::RESUMED);
    }
    let Decision { reply, .. } = last_texts(context);
    let texts = reply.unwrap_or_default();
    Decision::say(format!("{}\n{texts}", messages::for_contacts::GETS_TEXTS))
}

fn named_or_all<'a>(context: &TextContext<'a>) -> Vec<&'a ContactOf> {
    let hikers = &context.sender.contact_of;
    let named: Vec<&ContactOf> = hikers
        .iter()
        .filter(|known| names(&context.text.normal, known))
        .collect();
    if named.is_empty() {
        hikers.iter().collect()
    } else {
        named
    }
}

/// Whether the words, as commands are compared, contain the hiker's trail name.
fn names(normal: &str, known: &ContactOf) -> bool {
    let name = normalize(known.hiker.user.trail_name.as_str());
    let possessive = format!(" {name}S ");
    let padded = format!(" {normal} ");
    !name.is_empty() && (padded.contains(&format!(" {name} ")) || padded.contains(&possessive))
}
