//! READY and DECLINE: what a contact says of being the contact of a hiker.

use crate::{
    audit::{AuditEvent, Subject},
    messages::for_contacts,
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
    user::{ContactOf, remove_contact},
};

/// The contact agrees to be alerted, for every hiker who has chosen the number. A contact who has pressed 9 in a
/// call is called again from now on, also one who has agreed before.
pub fn ready(context: &TextContext<'_>, _: &Args) -> Decision {
    let hikers: Vec<&ContactOf> = context.sender.contact_of.iter().collect();
    if hikers.is_empty() {
        return Decision::say(for_contacts::NOT_CHOSEN);
    }
    let reply = for_contacts::ready(&hikers);
    if context.sender.opted_out {
        return Decision::say(reply);
    }
    let agreed = |known: &&ContactOf| {
        let subject = Subject::User(known.hiker.id);
        AuditEvent::new(context.at, context.actor(), "contact.ready", subject)
    };
    let new = hikers.iter().filter(|known| !known.hiker.is_ready(context.phone));
    Decision::say(reply).with(Effects {
        is_ready: true,
        audit: new.map(agreed).collect(),
        ..Effects::default()
    })
}

/// The contact is the contact of one hiker no more, and the hiker reads of it.
///
/// A copy of the text within a minute ends nothing and gets the first answer again: the first one has moved the numbers
/// of the list, so that the same number now means another hiker.
pub fn decline(context: &TextContext<'_>, args: &Args) -> Decision {
    if context.sender.history.repeats.is_some() {
        return Decision::first_answer();
    }
    let hikers = &context.sender.contact_of;
    let place = args.first().parse::<usize>().ok();
    let known = match (place, hikers.as_slice()) {
        (_, []) => return Decision::say(for_contacts::NOT_CHOSEN),
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(place), several) => place.checked_sub(1).and_then(|place| several.get(place)),
    };
    let Some(known) = known else {
        let hikers: Vec<&ContactOf> = hikers.iter().collect();
        return Decision::say(for_contacts::which_to_decline(&hikers));
    };
    let removed = known
        .hiker
        .user
        .contact(context.phone)
        .and_then(|contact| remove_contact(&known.hiker, contact, &context.moment()));
    let Some((change, _)) = removed else {
        return Decision::say(for_contacts::NOT_CHOSEN);
    };
    let subject = Subject::User(known.hiker.id);
    let declined = AuditEvent::new(context.at, context.actor(), "contact.declined", subject);
    let told = known.declined(context.phone, &context.rules.textable, &context.moment());
    Decision::say(for_contacts::declined(&known.hiker.user)).with(Effects {
        hikers: vec![change],
        outgoing: told.into_iter().collect(),
        audit: vec![declined],
        ..Effects::default()
    })
}

/// What a contact reads whose text begins with READY and goes on.
pub(super) fn near_miss(context: &TextContext<'_>) -> String {
    let hikers: Vec<&ContactOf> = context.sender.contact_of.iter().collect();
    for_contacts::to_be_ready(&hikers)
}
