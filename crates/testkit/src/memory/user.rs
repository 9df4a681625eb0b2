//! Hikers, their check-ins and their contacts in memory.

use thunderbird_domain::{
    account::AccountId,
    audit::Subject,
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    time::Timestamp,
    user::{
        CheckInId, ContactId, SaveUser, SavedUser, StoredCheckIn, StoredUser, UserChange, UserId, UserStore,
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
    /// How many hikers and contacts there ever were: ids are never reused.
    given: i64,
}

impl State {
    pub(crate) fn next_id(&mut self) -> i64 {
        self.given += 1;
        self.given
    }

    /// Ends a live hiker's time on the number.
    pub(crate) fn end(&mut self, id: UserId, at: Timestamp) {
        if let Some(place) = self.users.iter().position(|stored| stored.id == id) {
            let mut stored = self.users.remove(place);
            stored.user.account = None;
            self.ended.push((stored, at));
        }
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

    /// A hiker with what other contexts know about the contacts.
    fn seen(&self, stored: &StoredUser) -> StoredUser {
        let mut seen = stored.clone();
        let contacts = stored.user.contacts.iter().map(|contact| contact.phone.clone());
        seen.opted_out_contacts = contacts.filter(|phone| self.opt_outs.stands(phone)).collect();
        seen
    }

    /// Whether [`State::change_user`] would store a change.
    pub(crate) fn accepts_user(&self, change: &UserChange) -> bool {
        let place = self.users.place_of(&change.state.phone);
        match (change.replaces, place) {
            (Revision::Absent, None) => self.accounts.linked_to(&change.state.phone) == change.state.account,
            (revision, Some(place)) => self.users.users[place].revision == revision,
            (Revision::At(_), None) => false,
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
            stored.user = user;
            stored.revision = revision;
            stored.id
        } else {
            let id = UserId::from_stored(self.users.next_id());
            let opted_out_contacts = Vec::new();
            self.users.users.push(StoredUser {
                id,
                revision,
                user,
                opted_out_contacts,
            });
            id
        };
        let check_in = change.check_in.clone().map(|check_in| {
            let check_in_id =
                CheckInId::from_stored(i64::try_from(self.users.check_ins.len()).expect("few check-ins") + 1);
            self.users.check_ins.push((
                id,
                StoredCheckIn {
                    id: check_in_id,
                    check_in,
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
        if !state.accepts_user(&save.change) {
            return Box::pin(async { Ok(Commit::Stale) });
        }
        let (id, check_in) = state.change_user(&save.change);
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
        let state = self.lock();
        let of_user = state
            .users
            .check_ins
            .iter()
            .rev()
            .filter(|(owner, _)| *owner == user);
        let below = of_user.filter(|(_, stored)| before.is_none_or(|before| stored.id < before));
        let found = below
            .take(limit as usize)
            .map(|(_, stored)| stored.clone())
            .collect();
        Box::pin(async move { Ok(found) })
    }
}
