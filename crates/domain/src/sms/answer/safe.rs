//! SAFE, SAFELIST, SAFEDEL: whom the hiker wants told.

use crate::{
    messages,
    phone_number::{PhoneNumber, PhoneNumberError, Region},
    sms::{
        command::Args,
        context::TextContext,
        decision::{Decision, Effects},
    },
    user::{Contact, ContactName, ContactRefusal, StoredUser, add_contact, remove_contact},
};

/// Adds or renames a contact.
pub fn add(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let added = phone_and_rest(&args.tail, context.rules.region)
        .ok_or(ContactRefusal::Phone(PhoneNumberError::Malformed))
        .and_then(|(phone, rest)| {
            let moment = context.moment();
            add_contact(
                hiker,
                (&phone, ContactName::clean(name_in(rest))),
                &context.rules.textable,
                &moment,
            )
        });
    match added {
        Ok(added) => {
            let number = added.change.state.contacts.len();
            let reply = match hiker.user.contact(&added.contact.phone) {
                None => messages::contact::added(&added.contact, number),
                Some(known) if known.name == added.contact.name => messages::contact::known(known),
                Some(_) => messages::contact::renamed(&added.contact),
            };
            Decision::say(reply).with(Effects {
                user: Some(added.change),
                outgoing: added.outgoing,
                audit: vec![added.audit],
                ..Effects::default()
            })
        }
        Err(refusal) => Decision::say(messages::contact::refused(refusal)),
    }
}

/// Lists the contacts, numbers masked.
pub fn list(_: &TextContext<'_>, hiker: &StoredUser, _: &Args) -> Decision {
    let line = |(place, contact): (usize, &Contact)| {
        let may_be_told = !hiker.opted_out_contacts.contains(&contact.phone);
        messages::contact::line(place.saturating_add(1), contact, may_be_told)
    };
    let lines: Vec<String> = hiker.user.contacts.iter().enumerate().map(line).collect();
    Decision::say(messages::contact::list(&lines))
}

/// Removes a contact, by its number in the list or by its phone number.
pub fn remove(context: &TextContext<'_>, hiker: &StoredUser, args: &Args) -> Decision {
    let moment = context.moment();
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

fn named_by<'a>(stored: &'a StoredUser, tail: &str, region: Region) -> Option<&'a Contact> {
    let contacts = &stored.user.contacts;
    if let Ok(number @ 1..=99) = tail.trim_end_matches('.').parse::<usize>() {
        return contacts.get(number.checked_sub(1)?);
    }
    let phone = PhoneNumber::parse(tail, region).ok()?;
    contacts.iter().find(|contact| contact.phone == phone)
}

/// The name in what follows the number: without the punctuation between them, or brackets around it.
fn name_in(rest: &str) -> &str {
    let between =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '.' | ':' | '=' | '-' | ')');
    let name = rest.trim_start_matches(between).trim_end();
    match name.strip_suffix(')') {
        Some(bare) if !bare.contains('(') => bare,
        _ => name,
    }
}

/// The longest beginning that is a phone number, and what follows it.
fn phone_and_rest(tail: &str, region: Region) -> Option<(PhoneNumber, &str)> {
    let is_phone_like = |letter: char| {
        matches!(letter, '0'..='9' | '+' | '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}')
            || letter.is_whitespace()
    };
    let run = tail.find(|letter| !is_phone_like(letter)).unwrap_or(tail.len());
    let (run, _) = tail.split_at_checked(run)?;
    let blanks = run
        .char_indices()
        .rev()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(place, _)| place);
    std::iter::once(run.len()).chain(blanks).find_map(|end| {
        let (number, rest) = tail.split_at_checked(end)?;
        let number: String = number
            .chars()
            .map(|letter| match letter {
                '\u{2010}'..='\u{2015}' => '-',
                letter if letter.is_whitespace() => ' ',
                letter => letter,
            })
            .collect();
        let number = number.trim_end_matches([' ', '-', '.', '/', '(']);
        Some((PhoneNumber::parse(number, region).ok()?, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_that_is_a_number_is_the_number() {
        let region = Region::parse("AU").unwrap();
        for (tail, phone, rest) in [
            ("0400 111 222 Mum Smith", "+61400111222", "Mum Smith"),
            ("0400 111 222", "+61400111222", ""),
            ("(04) 0011-1222, Dad", "+61400111222", ", Dad"),
            ("0400111222Mum", "+61400111222", "Mum"),
            ("0400 111 222 2nd phone", "+61400111222", " 2nd phone"),
            ("0400\n111\n222 - Jo", "+61400111222", "Jo"),
            ("+64 21 123 4567 Kiri", "+64211234567", "Kiri"),
            ("0400‑111‑222 Al", "+61400111222", "Al"),
        ] {
            let (found, name) = phone_and_rest(tail, region).unwrap();
            assert_eq!((found.as_str(), name), (phone, rest), "{tail}");
        }
        for (tail, name) in [
            ("0400111222,Mum", "Mum"),
            ("0400111222 (Mum)", "Mum"),
            ("0400 111 222 - Mum (home)", "Mum (home)"),
            ("0400 111 222: Dr. Jo", "Dr. Jo"),
            ("0400 111 222 42", "42"),
            ("0400 111 222 -", ""),
        ] {
            let (_, rest) = phone_and_rest(tail, region).unwrap();
            assert_eq!(name_in(rest).trim(), name, "{tail}");
        }
        for tail in ["Mum 0400 111 222", "0400 111", "", "at camp", "0400 111 2223 Mum"] {
            assert!(phone_and_rest(tail, region).is_none(), "{tail}");
        }
    }
}
