//! Mails to contacts about alarms, as the store in memory queues, withholds and stops them.

use std::collections::{HashMap, HashSet};

use thunderbird_domain::{
    deadline::{AlarmMail, DeadlineChange, MailedEnd},
    id::{DeadlineId, UserId},
    mail::stop::{Addressee, StoppedMails},
    outbox::state::{Ended, SendState},
    outgoing::{Class, Outgoing, OutgoingMail, Words},
    port::PortFuture,
    random::Tag,
    time::Timestamp,
};

use super::{
    MemoryStore,
    contact_mail::{Bound, Kind},
    mail,
};

impl super::State {
    /// What a change mails, and what its end withholds and mails.
    pub(super) fn mail_alarm(&mut self, change: &DeadlineChange, id: DeadlineId, at: Timestamp) {
        self.queue_alarm_mails(&change.mails, id, at);
        if !change.state.is_open() {
            self.end_alarm_mails(id, change.mailed_end.as_ref(), at);
        }
    }

    fn queue_alarm_mails(&mut self, mails: &[AlarmMail], deadline: DeadlineId, at: Timestamp) {
        for mail in mails {
            let kind = if mail.is_numbered { Kind::Alert } else { Kind::More };
            if kind == Kind::Alert || self.contact_mails.has_room(mail, at) {
                self.bind(mail, kind, deadline, at);
            }
        }
    }

    fn bind(&mut self, mail: &AlarmMail, kind: Kind, deadline: DeadlineId, at: Timestamp) {
        if self.contact_mails.is_to_contact(mail.tag) {
            return;
        }
        self.contact_mails.bound.push(Bound {
            tag: mail.tag,
            deadline,
            user: mail.user,
            contact: mail.contact.clone(),
            email: mail.to.clone(),
            kind,
            at,
        });
        self.queue(&[Outgoing::Mail(OutgoingMail {
            tag: mail.tag,
            to: mail.to.clone(),
            account: None,
            subject: mail.letter.subject.clone(),
            words: Words::Plain(mail.letter.body.clone()),
            class: Class::Alarm,
            is_page: false,
            not_before: Some(mail.letter.not_before),
            expires_at: mail.letter.expires_at,
            cap: None,
        })]);
    }

    /// The promise is closed: withholds what waits, and ends the alarm for those who may have a mail of it.
    fn end_alarm_mails(&mut self, deadline: DeadlineId, ending: Option<&MailedEnd>, at: Timestamp) {
        let alerts = self.contact_mails.alerts_about(deadline);
        self.withhold_mails(&alerts);
        let Some(ending) = ending else { return };
        for bound in alerts {
            let row = self.mails().iter().find(|row| row.tag() == bound.tag);
            if row.is_none_or(mail::Row::never_left) {
                continue;
            }
            let end = AlarmMail {
                tag: ending.tag_to(bound.email.as_str()),
                contact: bound.contact,
                to: bound.email,
                user: bound.user,
                is_numbered: true,
                letter: ending.letter.clone(),
            };
            self.bind(&end, Kind::End, deadline, at);
        }
    }

    /// The hiker has left the number: contacts get no alert any more, and their addresses are forgotten.
    pub(super) fn leave_contact_mails(&mut self, user: UserId) {
        let bound = self.contact_mails.bound.iter();
        let alerts: Vec<Bound> = bound
            .filter(|bound| bound.user == user && bound.kind != Kind::End)
            .cloned()
            .collect();
        self.withhold_mails(&alerts);
        let ended = self.users.ended.iter_mut().map(|(stored, _)| stored);
        for stored in ended
            .chain(&mut self.users.users)
            .filter(|stored| stored.id == user)
        {
            for contact in &mut stored.user.contacts {
                contact.email = None;
            }
        }
    }

    fn withhold_mails(&mut self, bound: &[Bound]) {
        let tags: HashSet<[u8; 16]> = bound.iter().map(|bound| *bound.tag.as_bytes()).collect();
        for row in self.mails().iter_mut() {
            if tags.contains(row.tag().as_bytes()) {
                row.withhold_if_waiting();
            }
        }
    }

    /// Whether the mail is an alert of a promise that is closed.
    pub(super) fn mail_is_over(&self, tag: Tag) -> bool {
        self.contact_mails.of(tag).is_some_and(|bound| {
            let mut promises = self.deadlines.all().iter();
            bound.kind != Kind::End
                && promises.any(|stored| stored.id == bound.deadline && !stored.deadline.is_open())
        })
    }

    /// Whether a condition of sending the mail is gone.
    pub(super) fn mail_is_unwanted(&self, tag: Tag) -> bool {
        let Some(bound) = self.contact_mails.of(tag) else {
            return false;
        };
        let mut users = self.users.users.iter();
        let is_address = users.any(|known| {
            known.id == bound.user
                && known
                    .user
                    .contact(&bound.contact)
                    .is_some_and(|contact| contact.email.as_ref() == Some(&bound.email))
        });
        self.contact_mails.has_stopped(&bound.email)
            || (bound.kind != Kind::End && (self.mail_is_over(tag) || !is_address))
    }

    /// The mails that wait for an earlier one of the same alarm to the same address.
    pub(super) fn mails_behind(&mut self) -> HashSet<Tag> {
        let states: HashMap<Tag, SendState> =
            self.mails().iter().map(|row| (row.tag(), row.state())).collect();
        let bound = &self.contact_mails.bound;
        let is_pending = |tag: &Tag| states.get(tag).is_some_and(|state| state.is_pending());
        let behind = bound.iter().enumerate().filter(|(place, mine)| {
            bound.iter().take(*place).any(|other| {
                other.deadline == mine.deadline && other.email == mine.email && is_pending(&other.tag)
            })
        });
        behind.map(|(_, mine)| mine.tag).collect()
    }
}

impl StoppedMails for MemoryStore {
    fn addressee(&self, mail: Tag) -> PortFuture<'_, Option<Addressee>> {
        let state = self.lock();
        let found = state.contact_mails.of(mail).map(|bound| Addressee {
            email: bound.email.clone(),
            has_stopped: state.contact_mails.has_stopped(&bound.email),
        });
        Box::pin(async move { Ok(found) })
    }

    fn stop(&self, mail: Tag, stops: bool, _: Timestamp) -> PortFuture<'_, bool> {
        let state = &mut self.lock().contact_mails;
        let email = state.of(mail).map(|bound| bound.email.clone());
        let is_known = email.is_some();
        if let Some(email) = email {
            if stops {
                state.stopped.insert(email);
            } else {
                state.stopped.remove(&email);
            }
        }
        Box::pin(async move { Ok(is_known) })
    }
}

impl mail::Row {
    /// Whether it was withheld before an attempt could have got through.
    fn never_left(&self) -> bool {
        self.state() == SendState::Ended(Ended::Withheld) && self.ambiguous() == 0
    }
}
