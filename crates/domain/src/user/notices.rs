//! The texts that announce a check-in: one to each contact, now or, if a limit is reached, in one text later.

use super::{CheckIn, Contact, Recipients, StoredUser};
use crate::{
    budget::Budget,
    limit::Verdict,
    messages,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    random::Tag,
    route::{Route, Waypoint},
    time::Timestamp,
};

/// One message for each contact, and who gets it when.
pub(super) fn notices(
    stored: &StoredUser,
    (route, camp): (&Route, &Waypoint),
    contacts: Vec<Contact>,
    (budget, (check_in, at)): (&mut Budget, (&Tag, Timestamp)),
) -> (Vec<Outgoing>, Recipients) {
    let words = messages::check_in::notice(&stored.user, route, camp, at);
    let (mut outgoing, mut recipients) = (Vec::new(), Recipients::default());
    let mut outgoing_now = 0;
    let announcing = budget.announce(at);
    for contact in contacts {
        let verdict = match announcing {
            Verdict::Allowed => budget.tell(&contact.phone, at),
            refused @ Verdict::Refused { .. } => refused,
        };
        let notice = |tag, not_before: Timestamp| OutgoingText {
            tag,
            to: contact.phone.clone(),
            class: Class::Safety,
            words: Words::Plain(words.clone()),
            not_before,
            expires_at: not_before.plus(Class::Safety.life()),
            user: Some(stored.id),
        };
        match verdict {
            Verdict::Allowed => {
                let tag = CheckIn::notice_tag(check_in, outgoing_now);
                outgoing_now += 1;
                outgoing.push(Outgoing::Text(notice(tag, at)));
                // Only a delivery can show that a number takes texts again, so one in trouble gets this one too.
                match stored.trouble(&contact.phone) {
                    Some(trouble) => recipients.doubtful.push((contact, trouble)),
                    None => recipients.told.push(contact),
                }
            }
            Verdict::Refused { retry_after } => {
                let when = at.plus(retry_after);
                let tag = merged(stored, &contact, when);
                outgoing.push(Outgoing::Newest(notice(tag, when)));
                recipients.later_at = recipients.later_at.max(Some(when));
                recipients.later.push(contact);
            }
        }
    }
    (outgoing, recipients)
}

/// The tag of the one text that stands for everything a contact is not told before `when`: each further check-in takes
/// the place of the one before.
fn merged(stored: &StoredUser, contact: &Contact, when: Timestamp) -> Tag {
    let once = format!(
        "merged check-ins {} {} {}",
        stored.id.get(),
        contact.phone.as_str(),
        when.as_micros()
    );
    Tag::from_bytes([0; 16]).derived(&once, 0)
}
