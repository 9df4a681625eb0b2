//! Closes a promise: what is withdrawn, and who hears of it.

use super::{
    promise::How,
    reason::{Reason, Through},
    store::{DeadlineChange, StoredDeadline, Watcher},
    text::Purpose,
};
use crate::{
    messages,
    outgoing::{Outgoing, OutgoingText},
    phone_number::{PhoneNumber, TextableRegions},
    time::Timestamp,
};

/// What closing a promise needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Close<'a> {
    /// The promise to close.
    pub stored: &'a StoredDeadline,
    /// What the hiker is called.
    pub trail_name: &'a str,
    /// Whom the hiker wants told.
    pub contacts: &'a [Watcher],
    /// Which numbers may be texted.
    pub textable: &'a TextableRegions,
    /// How the word that closes it reached us.
    pub through: Through,
    /// When it is closed.
    pub at: Timestamp,
}

/// Closes a promise. Contacts who may have an alert are stood down; the others who know a time hear that it is over.
/// Contacts who know nothing hear nothing, and neither does the contact who closes it.
pub fn close(close: Close<'_>, reason: &Reason, by: Option<PhoneNumber>) -> (DeadlineChange, Vec<Outgoing>) {
    let Close {
        stored,
        trail_name,
        contacts,
        textable,
        through,
        at,
    } = close;
    let deadline = &stored.deadline;
    let how = match reason {
        Reason::Back => How::Back,
        Reason::HeardOf => How::HeardOf,
        Reason::Later { .. } => How::Replaced,
        Reason::Withdrawn => How::Withdrawn,
        Reason::Found { .. } => How::Found,
        Reason::Ended => How::Ended,
    };
    let alarm = deadline.alarm.as_ref();
    // A hiker's texts end with the hiker's time on the number, so a text about that end must not be the hiker's.
    let user = (how != How::Ended).then_some(deadline.user);
    let text = |purpose, to: &PhoneNumber, words: &str| OutgoingText {
        user,
        ..deadline.text(purpose, to, words.to_owned(), at)
    };
    let is_other = |phone: &PhoneNumber| by.as_ref() != Some(phone);
    let words = messages::alarm::stand_down(trail_name, deadline, (reason, through), at);
    let stand_downs = alarm.into_iter().flat_map(|alarm| &alarm.contacts);
    let stand_downs = stand_downs
        .filter(|contact| is_other(&contact.phone))
        .map(|contact| text(Purpose::StandDown, &contact.phone, &words))
        .collect();
    let words = messages::alarm::closed(trail_name, deadline, (reason, through), at);
    let is_alerted = |phone: &PhoneNumber| alarm.is_some_and(|alarm| alarm.contact(phone).is_some());
    let hears = |phone: &PhoneNumber| match reason {
        // The next promise tells its time to the contacts; those of the alarm read it at once.
        Reason::Later { .. } => is_alerted(phone),
        _ => deadline.informed.contains_key(phone),
    };
    let contacts = contacts.iter().filter(|contact| contact.may_be_texted(textable));
    let (closings, notices): (Vec<_>, Vec<_>) = contacts
        .map(|contact| &contact.phone)
        .filter(|phone| is_other(phone) && hears(phone))
        .map(|phone| text(Purpose::Closing, phone, &words))
        .partition(|text| is_alerted(&text.to));
    let change = DeadlineChange {
        replaces: Some((stored.id, stored.revision)),
        state: deadline.closed(how, by, at),
        texts: Vec::new(),
        stand_downs,
        closings,
    };
    (change, notices.into_iter().map(Outgoing::Text).collect())
}
