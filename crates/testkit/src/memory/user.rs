//! Hikers, their check-ins and their contacts in memory.

use std::collections::HashSet;

use thunderbird_domain::{
    account::AccountId,
    audit::Subject,
    deadline::Kind,
    outgoing::{Outgoing, Words},
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
    user::{
        CheckInId, Contact, ContactId, ContactOf, MAX_HIKERS_OF_CONTACT, SaveUser, SavedUser, StoredCheckIn,
        StoredUser, TakeBack, UserChange, UserId, UserStore,
    },
};

use super::MemoryStore;

/// Live hikers, and the history of all.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Vec<StoredUser>,
    /// Those whose time on their number has ended, and when.
    pub(crate) ended: Vec<(StoredUser, Timestamp)>,
    pub(crate) check_ins: Vec<(UserId, StoredCheckIn)>,
    /// Contacts who have agreed to be alerted.
    pub(crate) ready: HashSet<ContactId>,
    /// How many hikers and contacts there ever were: ids are never reused.
    given: i64,
}

impl State {
    pub(crate) fn next_id(&mut self) -> i64 {
        self.given += 1;
        self.given
    }

    /// Whether the contact has agreed to be alerted.
    pub(crate) fn is_ready(&self, contact: &Contact) -> bool {
        contact.id.is_some_and(|id| self.ready.contains(&id))
    }

    /// Notes that the number agrees to be alerted, for every hiker who has chosen it.
    pub(crate) fn note_ready(&mut self, phone: &PhoneNumber) {
        let chosen = self
            .users
            .iter()
            .filter_map(|stored| stored.user.contact(phone)?.id);
        self.ready.extend(chosen);
    }

    /// Ends a live hiker's time on the number.
    pub(crate) fn end(&mut self, id: UserId, at: Timestamp) {
        if let Some(place) = self.users.iter().position(|stored| stored.id == id) {
            let mut stored = self.users.remove(place);
            stored.user.account = None;
            self.ended.push((stored, at));
        }
    }

    /// Whether the hiker's time on their number has ended.
    pub(crate) fn has_ended(&self, id: UserId) -> bool {
        self.ended.iter().any(|(stored, _)| stored.id == id)
    }

    fn place_of(&self, phone: &PhoneNumber) -> Option<usize> {
        self.users.iter().position(|stored| stored.user.phone == *phone)
    }
}

impl super::State {
    pub(crate) fn user_of(&self, phone: &PhoneNumber) -> Option<StoredUser> {
        let place = self.users.place_of(phone)?;
        Some(self.seen(&self.users.users[place]))
    }

    /// The live hikers that chose the number as a contact, in the order in which they did.
    pub(crate) fn contact_of(&mut self, phone: &PhoneNumber) -> Vec<ContactOf> {
        let hikers = self.users.users.iter().filter_map(|stored| {
            let contact = stored.user.contact(phone)?;
            Some((contact.id, self.seen(stored)))
        });
        let mut hikers: Vec<(Option<ContactId>, StoredUser)> = hikers.collect();
        hikers.sort_by_key(|(contact, _)| *contact);
        hikers.truncate(usize::try_from(MAX_HIKERS_OF_CONTACT).unwrap_or(usize::MAX));
        let known = hikers.into_iter().map(|(_, hiker)| {
            let (last_notice, other_notice) = self.newest_notices(phone, hiker.id);
            ContactOf {
                hiker,
                last_notice,
                other_notice,
            }
        });
        known.collect()
    }

    /// A hiker with what other contexts know about the contacts.
    fn seen(&self, stored: &StoredUser) -> StoredUser {
        let mut seen = stored.clone();
        let contacts = stored.user.contacts.iter().map(|contact| contact.phone.clone());
        seen.deadline = self.deadlines.newest_of(stored.id, Kind::Out);
        seen.call = self.deadlines.newest_of(stored.id, Kind::Call);
        seen.opted_out_contacts = contacts.filter(|phone| self.opt_outs.stands(phone)).collect();
        let ready = stored
            .user
            .contacts
            .iter()
            .filter(|contact| self.users.is_ready(contact));
        seen.ready_contacts = ready.map(|contact| contact.phone.clone()).collect();
        let has_stopped = |contact: &&Contact| {
            let email = contact.email.as_ref();
            email.is_some_and(|email| self.contact_mails.has_stopped(email))
        };
        let stopped = stored.user.contacts.iter().filter(has_stopped);
        seen.stopped_mails = stopped.map(|contact| contact.phone.clone()).collect();
        seen.troubles = self.troubles(stored);
        seen
    }

    /// Whether [`State::change_user`] would store a change.
    pub(crate) fn accepts_user(&self, change: &UserChange) -> bool {
        if let Some(wanted) = &change.taken_back
            && !wanted.check_ins.iter().all(|id| self.stands(*id))
        {
            return false;
        }
        let place = self.users.place_of(&change.state.phone);
        match (change.replaces, place) {
            (Revision::Absent, None) => self.accounts.linked_to(&change.state.phone) == change.state.account,
            (revision, Some(place)) => self.users.users[place].revision == revision,
            (Revision::At(_), None) => false,
        }
    }

    /// Whether there is a check-in of this kind that has not been taken back.
    fn stands(&self, id: CheckInId) -> bool {
        let mut all = self.users.check_ins.iter();
        all.any(|(_, stored)| stored.id == id && stored.check_in.taken_back_at.is_none())
    }

    /// Takes check-ins back and corrects their texts.
    fn take_back(&mut self, id: UserId, wanted: &TakeBack, at: Timestamp) {
        match &wanted.instead {
            None => self.withhold_merged(id, None),
            Some(words) => {
                for item in &mut self.outgoing {
                    if let Outgoing::Newest(text) = item
                        && text.user == Some(id)
                    {
                        text.words = Words::Plain(words.clone());
                    }
                }
            }
        }
        for (_, stored) in &mut self.users.check_ins {
            if wanted.check_ins.contains(&stored.id) {
                stored.check_in.taken_back_at = Some(at);
            }
        }
        for correction in &wanted.corrections {
            if self.needs(correction) {
                self.queue(&[Outgoing::Text(correction.text.clone())]);
            }
        }
    }

    /// Stores a change that was accepted.
    pub(crate) fn change_user(&mut self, change: &UserChange) -> (UserId, Option<CheckInId>) {
        let mut user = change.state.clone();
        for contact in &mut user.contacts {
            if contact.id.is_none() {
                contact.id = Some(ContactId::from_stored(self.users.next_id()));
            }
        }
        let revision = Revision::At(change.replaces.next());
        let id = if let Some(place) = self.users.place_of(&user.phone) {
            let stored = &mut self.users.users[place];
            user.account = stored.user.account;
            let before = std::mem::replace(&mut stored.user, user);
            stored.revision = revision;
            let (id, now) = (stored.id, stored.user.clone());
            for gone in before
                .contacts
                .iter()
                .filter(|old| now.contact(&old.phone).is_none())
            {
                self.withhold_merged(id, Some(&gone.phone));
            }
            id
        } else {
            let id = UserId::from_stored(self.users.next_id());
            let (opted_out_contacts, ready_contacts, troubles) = (Vec::new(), Vec::new(), Vec::new());
            self.users.users.push(StoredUser {
                id,
                revision,
                user,
                opted_out_contacts,
                ready_contacts,
                stopped_mails: Vec::new(),
                deadline: None,
                call: None,
                troubles,
            });
            id
        };
        if let Some(wanted) = &change.taken_back {
            self.take_back(id, wanted, change.at);
        }
        let check_in = change.check_in.clone().map(|check_in| {
            let check_in_id =
                CheckInId::from_stored(i64::try_from(self.users.check_ins.len()).expect("few check-ins") + 1);
            self.users.check_ins.push((
                id,
                StoredCheckIn {
                    id: check_in_id,
                    check_in,
                    notices: Vec::new(),
                },
            ));
            check_in_id
        });
        (id, check_in)
    }
}

impl UserStore for MemoryStore {
    fn by_phone(&self, phone: &PhoneNumber) -> PortFuture<'_, Option<StoredUser>> {
        let found = self.lock().user_of(phone);
        Box::pin(async move { Ok(found) })
    }

    fn by_account(&self, account: AccountId) -> PortFuture<'_, Option<StoredUser>> {
        let state = self.lock();
        let linked = state
            .users
            .users
            .iter()
            .find(|stored| stored.user.account == Some(account));
        let found = linked.map(|stored| state.seen(stored));
        Box::pin(async move { Ok(found) })
    }

    fn commit(&self, save: SaveUser) -> PortFuture<'_, Commit<SavedUser>> {
        let mut state = self.lock();
        let has_room = state.limits.has_room(&save.counts, save.change.at);
        let is_current = state.accepts_user(&save.change) && state.deadlines.accepts(&save.deadlines);
        if !has_room || !is_current {
            return Box::pin(async { Ok(Commit::Stale) });
        }
        let (id, check_in) = state.change_user(&save.change);
        state.change_deadlines(&save.deadlines, save.change.at);
        state.limits.count(&save.counts, save.change.at);
        state.queue(&save.outgoing);
        state.audit(save.audit, Subject::User(id));
        let user = state
            .user_of(&save.change.state.phone)
            .expect("it was stored just now")
            .into();
        Box::pin(async move { Ok(Commit::Stored(SavedUser { user, check_in })) })
    }

    fn check_ins(
        &self,
        user: UserId,
        before: Option<CheckInId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredCheckIn>> {
        let mut state = self.lock();
        let of_user = state
            .users
            .check_ins
            .iter()
            .rev()
            .filter(|(owner, _)| *owner == user);
        let below = of_user.filter(|(_, stored)| before.is_none_or(|before| stored.id < before));
        let page: Vec<_> = below
            .take(limit as usize)
            .map(|(_, stored)| stored.clone())
            .collect();
        let found = page
            .iter()
            .map(|stored| state.with_notices(user, stored))
            .collect();
        Box::pin(async move { Ok(found) })
    }
}
