//! SAFE, SAFELIST, SAFEDEL: whom the hiker wants told.

use crate::{
    messages,
    phone_number::{PhoneNumber, Region},
    sms::{
        command::Args,
        context::{Prepared, TextContext},
        decision::{Decision, Effects},
    },
    user::{Contact, StoredUser, add_contact, contact_in, remove_contact},
};

/// Adds or renames a contact. The number stands first or last; nothing of the text is dropped without a word.
pub fn add(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let region = context.rules.region;
    let (phone, name) = match contact_in(&args.tail, region) {
        Ok(contact) => contact,
        Err(unreadable) => return Decision::say(messages::contact::unreadable(unreadable, region)),
    };
    let Prepared::Budget(budget) = context.prepared.clone() else {
        return Decision::default();
    };
    let page = context.rules.contacts_page.as_deref();
    let rules = (&context.rules.textable, *budget, page);
    match add_contact(hiker, (&phone, name), rules, &context.moment()) {
        Ok(added) => {
            let number = added.change.state.contacts.len();
            let reply = match hiker.user.contact(&added.contact.phone) {
                None => {
                    let notice = messages::contact::FirstText {
                        is_sent: !added.outgoing.is_empty(),
                        waits: added.waits,
                        is_alerted: added.alarm.is_some(),
                    };
                    messages::contact::added(&added.contact, number, notice)
                }
                Some(known) if hiker.trouble(&known.phone).is_some() => {
                    messages::contact::tried_again(&added.contact)
                }
                Some(known) if known.name == added.contact.name => messages::contact::known(known),
                Some(_) => messages::contact::renamed(&added.contact),
            };
            Decision::say(reply).with(Effects {
                user: Some(added.change),
                outgoing: added.outgoing,
                deadlines: added.alarm.into_iter().collect(),
                counts: added.counts,
                audit: vec![added.audit],
                ..Effects::default()
            })
        }
        Err(refusal) => Decision::say(messages::contact::refused(refusal, region)),
    }
}

/// Lists the contacts, numbers masked.
pub fn list(_: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    let line = |(place, contact): (usize, &Contact)| {
        let ready = hiker.is_ready(&contact.phone).then_some("ready");
        let mark = hiker.unreached(contact).or(ready);
        messages::contact::line(place.saturating_add(1), contact, mark)
    };
    let lines: Vec<String> = hiker.user.contacts.iter().enumerate().map(line).collect();
    Decision::say(messages::contact::list(&lines))
}

/// Removes a contact, by its number in the list or by its phone number.
///
/// A copy of the text within a minute removes nothing and gets the first answer again: the first one has moved the
/// numbers of the list, so that the same number now means another person.
pub fn remove(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let moment = context.moment();
    if context.sender.history.repeats.is_some() && place_in_list(&args.tail).is_some() {
        return Decision::first_answer();
    }
    let found = named_by(hiker, &args.tail, context.rules.region);
    match found.and_then(|contact| Some((contact, remove_contact(hiker, contact, &moment)?))) {
        Some((contact, (change, audit))) => {
            let reply = messages::contact::removed(contact, change.state.contacts.len());
            Decision::say(reply).with(Effects {
                user: Some(change),
                audit: vec![audit],
                ..Effects::default()
            })
        }
        None => Decision::say(messages::contact::not_found()),
    }
}

fn place_in_list(tail: &str) -> Option<usize> {
    tail.trim_end_matches('.')
        .parse()
        .ok()
        .filter(|number| (1..=99).contains(number))
}

fn named_by<'a>(stored: &'a StoredUser, tail: &str, region: Region) -> Option<&'a Contact> {
    let contacts = &stored.user.contacts;
    if let Some(number) = place_in_list(tail) {
        return contacts.get(number.checked_sub(1)?);
    }
    let phone = PhoneNumber::parse(tail, region).ok()?;
    contacts.iter().find(|contact| contact.phone == phone)
}
