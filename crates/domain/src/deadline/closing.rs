//! Closes a promise or a call for help: what is withdrawn, and who hears of it.

use super::{
    promise::{Deadline, How, Kind},
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
    /// The promise or the call to close.
    pub stored: &'a StoredDeadline,
    /// What is closed in the same commit: the promise of a hiker whose call for help ends, or the call of one whose promise ends.
    pub beside: Option<&'a StoredDeadline>,
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

/// Closes a promise or a call, and the other one with it. A contact reads once of the end of both.
pub fn close_both(
    close_first: Close<'_>,
    reason: &Reason,
    by: Option<&PhoneNumber>,
) -> (Vec<DeadlineChange>, Vec<Outgoing>) {
    let (change, mut outgoing) = close(close_first, reason, by.cloned());
    let mut changes = vec![change];
    if let Some(beside) = close_first.beside {
        let second = Close {
            stored: beside,
            beside: Some(close_first.stored),
            ..close_first
        };
        let (change, notices) = close(second, reason, by.cloned());
        changes.push(change);
        outgoing.extend(notices);
    }
    (changes, outgoing)
}

/// Closes a promise. Contacts who may have an alert are stood down; the others who know a time hear that it is over.
/// Contacts who know nothing hear nothing, and neither does the contact who closes it, but for the mail that follows a mail:
/// an address may not be read by the one who closes it.
pub fn close(close: Close<'_>, reason: &Reason, by: Option<PhoneNumber>) -> (DeadlineChange, Vec<Outgoing>) {
    let Close {
        stored,
        trail_name,
        contacts,
        textable,
        through,
        at,
        ..
    } = close;
    let deadline = &stored.deadline;
    let how = how(reason);
    let alarm = deadline.alarm.as_ref();
    // A hiker's texts end with the hiker's time on the number, so a text about that end must not be the hiker's.
    let user = (how != How::Ended).then_some(deadline.user);
    let text = |purpose, to: &PhoneNumber, words: &str| OutgoingText {
        user,
        ..deadline.text(purpose, to, words.to_owned(), at)
    };
    let is_other = |phone: &PhoneNumber| by.as_ref() != Some(phone);
    let about = about(&close);
    let words = messages::alarm::stand_down(trail_name, about, (reason, through), at);
    let stand_downs = alarm.into_iter().flat_map(|alarm| &alarm.contacts);
    let stand_downs = stand_downs
        .filter(|contact| is_other(&contact.phone))
        .map(|contact| text(Purpose::StandDown, &contact.phone, &words))
        .collect();
    let words = messages::alarm::closed(trail_name, about, (reason, through), at);
    let is_alerted = |phone: &PhoneNumber| deadline.has_alerted(phone);
    let knows_time = |phone: &PhoneNumber| match reason {
        // The next promise tells its time to the contacts; those of the alarm read it at once.
        Reason::Later { .. } => is_alerted(phone),
        _ => deadline.informed.contains_key(phone),
    };
    let hears = |phone: &PhoneNumber| {
        let knows_beside = deadline.kind == Kind::Call && about.informed.contains_key(phone);
        (knows_time(phone) || knows_beside) && !is_told_beside(&close, phone)
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
        calls: Vec::new(),
        mails: Vec::new(),
        mailed_end: alarm.map(|_| {
            let letter = messages::mail::stand_down(trail_name, about, (reason, through), at);
            deadline.mailed_end(letter, at)
        }),
    };
    (change, notices.into_iter().map(Outgoing::Text).collect())
}

const fn how(reason: &Reason) -> How {
    match reason {
        Reason::Back => How::Back,
        Reason::HeardOf => How::HeardOf,
        Reason::Later { .. } => How::Replaced,
        Reason::Withdrawn => How::Withdrawn,
        Reason::CalledOff => How::CalledOff,
        Reason::Found { .. } => How::Found,
        Reason::Ended => How::Ended,
    }
}

/// What the texts speak of: a call for help has no time, so they speak of the promise that ends with it.
fn about<'a>(close: &Close<'a>) -> &'a Deadline {
    let own = &close.stored.deadline;
    match close.beside {
        Some(beside) if own.kind == Kind::Call => &beside.deadline,
        _ => own,
    }
}

/// Of a call and a promise that end together, the contacts of the call's alarm read by the call, the others by the promise.
fn is_told_beside(close: &Close<'_>, phone: &PhoneNumber) -> bool {
    let own = &close.stored.deadline;
    close.beside.is_some_and(|beside| match own.kind {
        Kind::Call => !own.has_alerted(phone),
        Kind::Out => beside.deadline.has_alerted(phone),
    })
}

impl Deadline {
    fn has_alerted(&self, phone: &PhoneNumber) -> bool {
        self.alarm
            .as_ref()
            .is_some_and(|alarm| alarm.contact(phone).is_some())
    }
}
