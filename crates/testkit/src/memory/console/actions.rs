//! What an operator decides, carried out in memory.

use thunderbird_domain::{
    admin::{ConsoleActions, NewUser, Queueing, Removal, RemoveUser, Resent, SentText},
    audit::{AuditEvent, Subject},
    opt_out::OptOutChange,
    outgoing::{Outgoing, OutgoingText, Words},
    phone::PhoneCommit,
    port::{Commit, PortFuture, Revision},
    route::RouteId,
    time::Timestamp,
    user::{StoredUser, User, UserId},
};

use super::ready;
use crate::memory::{self, MemoryStore};

impl ConsoleActions for MemoryStore {
    fn register_user(&self, new: NewUser, audit: AuditEvent) -> PortFuture<'_, Commit<UserId>> {
        let mut state = self.lock();
        if state.user_of(&new.phone).is_some() {
            return ready(Commit::Stale);
        }
        let id = UserId::from_stored(state.users.next_id());
        let account = state.accounts.linked_to(&new.phone);
        state.inbox.end_conversation(&new.phone);
        state.users.users.push(StoredUser {
            id,
            revision: Revision::At(Revision::Absent.next()),
            user: User {
                phone: new.phone,
                trail_name: new.trail_name,
                route: new.route,
                position: None,
                contacts: Vec::new(),
                account,
                started_at: new.at,
            },
            opted_out_contacts: Vec::new(),
        });
        state.audit(vec![audit], Subject::User(id));
        ready(Commit::Stored(id))
    }

    fn change_route(&self, user: UserId, route: String, audit: AuditEvent) -> PortFuture<'_, bool> {
        let mut state = self.lock();
        let Some(stored) = state.users.users.iter_mut().find(|stored| stored.id == user) else {
            return ready(false);
        };
        stored.user.route = RouteId::from_stored(route);
        stored.user.position = None;
        stored.revision = Revision::At(stored.revision.next());
        state.audit.push(audit);
        ready(true)
    }

    fn remove_user(&self, remove: RemoveUser) -> PortFuture<'_, Removal> {
        ready(removed(&mut self.lock(), remove))
    }

    fn resend(&self, message: i64, at: Timestamp, audit: AuditEvent) -> PortFuture<'_, Resent> {
        let mut state = self.lock();
        let Some(text) = state.console.tag_of(message).cloned() else {
            return ready(Resent::Unknown);
        };
        let known = state.progress_of(text.tag).expect("a queued text has a row");
        let sent = SentText {
            state: known.state,
            class: text.class,
            has_words: known.has_words && matches!(text.words, Words::Plain(_)),
            opted_out: state.opt_outs.stands(&text.to),
        };
        ready(match sent.resend(at) {
            Err(refused) => refused,
            Ok(expires_at) => {
                state.requeue(text.tag, at, expires_at);
                state.audit.push(audit);
                Resent::Queued
            }
        })
    }

    fn send(&self, text: OutgoingText, audit: AuditEvent) -> PortFuture<'_, Queueing> {
        let mut state = self.lock();
        ready(if state.console.has(text.tag) {
            Queueing::QueuedBefore
        } else if state.opt_outs.stands(&text.to) {
            Queueing::OptedOut
        } else {
            state.queue(&[Outgoing::Text(text)]);
            state.audit.push(audit);
            Queueing::Queued
        })
    }

    fn change_opt_out(&self, change: OptOutChange, audit: AuditEvent) -> PortFuture<'_, bool> {
        let mut state = self.lock();
        let changed = state.opt_outs.apply(&change);
        if changed {
            state.audit.push(audit);
        }
        ready(changed)
    }

    fn record(&self, audit: AuditEvent) -> PortFuture<'_, ()> {
        self.lock().audit.push(audit);
        ready(())
    }
}

fn removed(state: &mut memory::State, remove: RemoveUser) -> Removal {
    let live = state.users.users.iter().find(|stored| stored.id == remove.user);
    let Some(phone) = live.map(|stored| stored.user.phone.clone()) else {
        return Removal::UnknownUser;
    };
    let ended = match &remove.link {
        Some(change) => state.change_phone(change) == PhoneCommit::Stored,
        None => state.accounts.linked_to(&phone).is_none(),
    };
    if !ended {
        return Removal::Stale;
    }
    state.users.end(remove.user, remove.at);
    state.withhold(remove.user);
    state.queue(&remove.outgoing);
    state.audit.extend(remove.audit);
    Removal::Stored
}
