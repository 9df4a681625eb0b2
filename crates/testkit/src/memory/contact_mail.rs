//! Mails to contacts about alarms, in memory.

use std::collections::HashSet;

use thunderbird_domain::{
    deadline::{AlarmMail, MORE_MAILS_PER_ADDRESS, MORE_MAILS_PER_PAIR, MORE_MAILS_WITHIN},
    email::Email,
    id::{DeadlineId, UserId},
    phone_number::PhoneNumber,
    random::Tag,
    refusals,
    time::Timestamp,
    user::Contact,
};

/// Which mails go to contacts, in the order of queueing, and which addresses have stopped them.
#[derive(Default)]
pub(crate) struct State {
    pub(super) bound: Vec<Bound>,
    pub(super) stopped: HashSet<Email>,
}

/// What a mail to a contact is about.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(super) tag: Tag,
    pub(super) deadline: DeadlineId,
    pub(super) user: UserId,
    pub(super) contact: PhoneNumber,
    pub(super) email: Email,
    pub(super) kind: Kind,
    pub(super) at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Alert,
    More,
    End,
}

impl State {
    pub(super) fn of(&self, tag: Tag) -> Option<&Bound> {
        self.bound.iter().find(|bound| bound.tag == tag)
    }

    pub(super) fn is_to_contact(&self, tag: Tag) -> bool {
        self.of(tag).is_some()
    }

    /// The address that mails to the contact may go to.
    pub(super) fn mailable(&self, contact: &Contact) -> Option<Email> {
        contact.email.clone().filter(|email| !self.has_stopped(email))
    }

    pub(super) fn has_stopped(&self, email: &Email) -> bool {
        self.stopped.contains(email)
    }

    /// The mails about a promise.
    fn about(&self, deadline: DeadlineId) -> Vec<Bound> {
        let bound = self.bound.iter().filter(|bound| bound.deadline == deadline);
        bound.cloned().collect()
    }

    /// The mails about a promise that do not end its alarm.
    pub(super) fn alerts_about(&self, deadline: DeadlineId) -> Vec<Bound> {
        let mut about = self.about(deadline);
        about.retain(|bound| bound.kind != Kind::End);
        about
    }

    pub(super) fn has_room(&self, mail: &AlarmMail, at: Timestamp) -> bool {
        let since = at.minus(MORE_MAILS_WITHIN);
        let lately = || {
            self.bound
                .iter()
                .filter(|bound| bound.kind == Kind::More && bound.email == mail.to && bound.at > since)
        };
        let of_hiker = lately().filter(|bound| bound.user == mail.user).count();
        let full = if of_hiker >= MORE_MAILS_PER_PAIR as usize {
            Some("alarm_mails.pair")
        } else {
            (lately().count() >= MORE_MAILS_PER_ADDRESS as usize).then_some("alarm_mails.address")
        };
        full.into_iter().for_each(refusals::count);
        full.is_none()
    }
}
