//! Promises in memory.

use std::collections::{HashMap, HashSet};

use thunderbird_domain::{
    audit::Subject,
    deadline::{
        Deadline, DeadlineChange, DeadlineStore, DueDeadlines, Hiker, Kind, LastCheckIn, Plan, SaveDeadline,
        State as PromiseState, Stopped, StoredDeadline, Survey, TripWords, Watched, Watcher,
    },
    id::{DeadlineId, UserId},
    opt_out::StopWord,
    outgoing::{Class, Outgoing, OutgoingText},
    phone_number::PhoneNumber,
    port::{Commit, PortFuture, Revision},
    privacy::ExportedPromise,
    random::Tag,
    sms::{
        inbound::{ALARM_REMEMBERED, Sender},
        normal::normalize,
    },
    time::Timestamp,
    user::StoredUser,
};

use super::MemoryStore;

/// Every promise, and the texts that are sent only while one is open.
#[derive(Default)]
pub(crate) struct State {
    promises: Vec<StoredDeadline>,
    /// How many were forgotten: an id is never given twice.
    forgotten: usize,
    texts: HashMap<Tag, DeadlineId>,
}

impl State {
    /// Whether the text is about a promise that is closed.
    pub(crate) fn is_over(&self, text: Tag) -> bool {
        let id = self.texts.get(&text);
        id.and_then(|id| self.promises.iter().find(|stored| stored.id == *id))
            .is_some_and(|stored| !stored.deadline.is_open())
    }

    /// Whether the text is sent only while its promise is open.
    pub(crate) fn is_about(&self, text: Tag) -> bool {
        self.texts.contains_key(&text)
    }

    /// The texts about any promise.
    pub(crate) fn texts(&self) -> HashSet<Tag> {
        self.texts.keys().copied().collect()
    }

    /// The texts about promises that are open.
    pub(crate) fn open_texts(&self) -> HashSet<Tag> {
        let open = self.promises.iter().filter(|stored| stored.deadline.is_open());
        open.flat_map(|stored| self.texts_of(stored.id)).collect()
    }

    pub(crate) fn newest_of(&self, user: UserId, kind: Kind) -> Option<StoredDeadline> {
        let mut newest = self.promises.iter().rev();
        newest
            .find(|stored| stored.deadline.user == user && stored.deadline.kind == kind)
            .cloned()
    }

    /// What else of the hiker is open.
    fn beside(&self, deadline: &Deadline) -> Option<&StoredDeadline> {
        self.promises.iter().find(|other| {
            let other = &other.deadline;
            other.user == deadline.user && other.kind != deadline.kind && other.is_open()
        })
    }

    /// Whether the promise rests, because its hiker's call for help is open.
    fn rests(&self, deadline: &Deadline) -> bool {
        deadline.kind == Kind::Out && deadline.alarm.is_none() && self.beside(deadline).is_some()
    }

    /// Whether every change is decided on the present state, as they are applied one after the other.
    pub(crate) fn accepts(&self, changes: &[DeadlineChange]) -> bool {
        let mut promises = self.promises.clone();
        changes
            .iter()
            .all(|change| apply((&mut promises, self.forgotten), change).is_some())
    }

    /// Forgets promises that were closed before; says how many.
    pub(crate) fn forget(&mut self, before: Timestamp) -> usize {
        let is_over = |stored: &StoredDeadline| {
            let closed = stored.deadline.closed.as_ref();
            closed.is_some_and(|closed| closed.at < before)
        };
        let over = self.promises.iter().filter(|stored| is_over(stored));
        let over: HashSet<DeadlineId> = over.map(|stored| stored.id).collect();
        self.promises.retain(|stored| !over.contains(&stored.id));
        for stored in &mut self.promises {
            stored.deadline.replaces = stored.deadline.replaces.filter(|id| !over.contains(id));
        }
        self.forgotten += over.len();
        over.len()
    }

    /// Erases what was written about trips that ended before; says of how many.
    pub(crate) fn forget_plans(&mut self, before: Timestamp) -> usize {
        let is_over = |stored: &&mut StoredDeadline| {
            let closed = stored.deadline.closed.as_ref();
            closed.is_some_and(|closed| closed.at < before) && !stored.deadline.plan.is_empty()
        };
        let over = self.promises.iter_mut().filter(is_over);
        over.map(|stored| stored.deadline.plan = Plan::default()).count()
    }

    /// A hiker's promises, as an export shows them.
    pub(crate) fn exported(&self, user: UserId) -> Vec<ExportedPromise> {
        let own = self.promises.iter().filter(|stored| stored.deadline.user == user);
        own.map(|stored| {
            let deadline = &stored.deadline;
            let alarm = deadline.alarm.as_ref();
            ExportedPromise {
                kind: deadline.kind.as_str().to_owned(),
                route_id: deadline.route.as_str().to_owned(),
                due_at: deadline.due_at,
                set_at: deadline.set_at,
                state: deadline.state().as_str().to_owned(),
                closed_at: deadline.closed.as_ref().map(|closed| closed.at),
                closed_how: deadline
                    .closed
                    .as_ref()
                    .map(|closed| closed.how.as_str().to_owned()),
                contacts_alerted: alarm.map_or(0, |alarm| {
                    u32::try_from(alarm.contacts.len()).expect("few contacts")
                }),
                plan: deadline.plan.clone(),
            }
        })
        .collect()
    }

    /// The promises that are open.
    pub(super) fn open(&self) -> impl Iterator<Item = &StoredDeadline> {
        self.promises.iter().filter(|stored| stored.deadline.is_open())
    }

    /// Every promise, open or closed.
    pub(super) fn all(&self) -> &[StoredDeadline] {
        &self.promises
    }

    pub(super) fn texts_of(&self, id: DeadlineId) -> Vec<Tag> {
        let texts = self.texts.iter().filter(|(_, of)| **of == id);
        texts.map(|(tag, _)| *tag).collect()
    }
}

/// Applies one change; `None` when it is stale.
fn apply(
    (promises, forgotten): (&mut Vec<StoredDeadline>, usize),
    change: &DeadlineChange,
) -> Option<DeadlineId> {
    match change.replaces {
        None => {
            let is_second = promises.iter().any(|stored| {
                stored.deadline.user == change.state.user
                    && stored.deadline.kind == change.state.kind
                    && stored.deadline.is_open()
            });
            if is_second {
                return None;
            }
            let id =
                DeadlineId::from_stored(i64::try_from(promises.len() + forgotten).expect("few promises") + 1);
            promises.push(StoredDeadline {
                id,
                revision: Revision::At(Revision::Absent.next()),
                deadline: change.state.clone(),
            });
            Some(id)
        }
        Some((id, revision)) => {
            let stored = promises.iter_mut().find(|stored| stored.id == id)?;
            if stored.revision != revision {
                return None;
            }
            stored.revision = Revision::At(revision.next());
            stored.deadline = change.state.clone();
            Some(id)
        }
    }
}

impl super::State {
    /// Stores changes that were accepted, with their texts.
    pub(crate) fn change_deadlines(&mut self, changes: &[DeadlineChange], at: Timestamp) {
        for change in changes {
            let State {
                promises, forgotten, ..
            } = &mut self.deadlines;
            let Some(id) = apply((promises, *forgotten), change) else {
                continue;
            };
            for text in &change.texts {
                self.queue(&[Outgoing::Text(text.clone())]);
                self.deadlines.texts.insert(text.tag, id);
            }
            self.calls.change(change, id, at);
            if !change.state.is_open() {
                let texts = self.deadlines.texts_of(id);
                let mut alerted = self.withhold(&texts, Class::Alarm);
                alerted.extend(self.calls.rung(id));
                let is_alerted = |text: &&OutgoingText| alerted.contains(&text.to);
                let stand_downs = change.stand_downs.iter().filter(is_alerted);
                let closings = change.closings.iter().filter(|text| !is_alerted(text));
                for text in stand_downs.chain(closings) {
                    self.queue(&[Outgoing::Text(text.clone())]);
                }
            }
            self.mail_alarm(change, id, at);
        }
    }

    /// The promises in whose alarm this number was alerted, the oldest alert first.
    pub(crate) fn alarms_of(&self, phone: &PhoneNumber, at: Timestamp) -> Vec<Watched> {
        let remembered = at.minus(ALARM_REMEMBERED);
        let alerted = self.deadlines.promises.iter().filter_map(|stored| {
            let deadline = &stored.deadline;
            let closed = deadline.closed.as_ref();
            let contact = deadline.alarm.as_ref()?.contact(phone)?;
            let is_recent = closed.is_none_or(|closed| closed.at >= remembered);
            is_recent.then_some((contact.alerted_at, stored))
        });
        let mut alerted: Vec<_> = alerted.collect();
        alerted.sort_by_key(|(at, stored)| (*at, stored.id));
        alerted
            .into_iter()
            .filter_map(|(_, stored)| self.watched(stored))
            .collect()
    }

    pub(super) fn watched(&self, stored: &StoredDeadline) -> Option<Watched> {
        let user = stored.deadline.user;
        let live = self.users.users.iter().find(|known| known.id == user);
        let ended = self.users.ended.iter().find(|(known, _)| known.id == user);
        let known = live.or(ended.map(|(known, _)| known))?;
        Some(Watched {
            stored: stored.clone(),
            beside: self.deadlines.beside(&stored.deadline).cloned().map(Box::new),
            hiker: self.hiker(known, ended.is_some()),
        })
    }

    /// How the number opted out, if it did.
    fn stopped(&self, phone: &PhoneNumber) -> Option<Stopped> {
        let at = self.opt_outs.since(phone)?;
        let mut texts = self.inbox.texts.iter();
        let of_that_commit =
            texts.find(|text| text.at == at && text.message.from == Sender::Number(phone.clone()));
        let word = of_that_commit.and_then(|text| StopWord::parse(&normalize(&text.message.body)));
        Some(Stopped { at, word })
    }

    /// When the newest text of the hiker was texted, of those that are younger than the hiker.
    fn last_heard(&self, known: &StoredUser) -> Option<Timestamp> {
        let from = Sender::Number(known.user.phone.clone());
        let texts = self.inbox.texts.iter();
        let own = texts.filter(|text| text.message.from == from && text.at >= known.user.started_at);
        own.map(|text| text.texted_at.unwrap_or(text.at)).max()
    }

    fn hiker(&self, known: &StoredUser, has_ended: bool) -> Hiker {
        let contacts = known.user.contacts.iter().map(|contact| Watcher {
            id: contact.id,
            phone: contact.phone.clone(),
            name: contact.name.as_str().to_owned(),
            opted_out: self.opt_outs.stands(&contact.phone),
            is_ready: self.users.is_ready(contact),
            email: self.contact_mails.mailable(contact),
        });
        let mut check_ins = self.users.check_ins.iter().rev();
        let last = check_ins
            .find(|(of, stored)| *of == known.id && stored.check_in.taken_back_at.is_none())
            .map(|(_, stored)| LastCheckIn {
                camp: stored.check_in.camp_name.clone(),
                route: stored.check_in.route.clone(),
                at: stored.check_in.at,
            });
        Hiker {
            trail_name: known.user.trail_name.as_str().to_owned(),
            contacts: contacts.collect(),
            last_check_in: last,
            last_heard: self.last_heard(known),
            stopped: self.stopped(&known.user.phone),
            has_ended,
        }
    }
}

impl DeadlineStore for MemoryStore {
    fn due(&self, now: Timestamp, limit: u32) -> PortFuture<'_, DueDeadlines> {
        let state = self.lock();
        let open = state
            .deadlines
            .promises
            .iter()
            .filter(|stored| stored.deadline.is_open());
        let watched: Vec<Watched> = open.filter_map(|stored| state.watched(stored)).collect();
        let is_due = |watched: &&Watched| {
            let next = watched.stored.deadline.next_due_at();
            next.is_some_and(|next| next <= now) && !state.deadlines.rests(&watched.stored.deadline)
        };
        let mut due: Vec<Watched> = watched.iter().filter(is_due).cloned().collect();
        due.sort_by_key(|watched| {
            let deadline = &watched.stored.deadline;
            let rank = match deadline.state() {
                PromiseState::Alarmed => 0,
                PromiseState::Asking => 1,
                PromiseState::Armed | PromiseState::Closed => 2,
            };
            (rank, deadline.next_due_at(), watched.stored.id)
        });
        due.truncate(limit as usize);
        let left = watched
            .iter()
            .filter(|watched| watched.hiker.has_ended && !is_due(watched));
        due.extend(left.take(limit as usize).cloned());
        let due = DueDeadlines {
            watched: due,
            unreadable: Vec::new(),
        };
        Box::pin(async move { Ok(due) })
    }

    fn by_words(&self, words: TripWords, since: Timestamp) -> PortFuture<'_, Option<Watched>> {
        let state = self.lock();
        let same = state.deadlines.promises.iter().rev().filter(|stored| {
            let closed = stored.deadline.closed.as_ref();
            stored.deadline.words == Some(words) && closed.is_none_or(|closed| closed.at >= since)
        });
        let same: Vec<&StoredDeadline> = same.collect();
        let open: Vec<_> = same.iter().filter(|stored| stored.deadline.is_open()).collect();
        let found = match open.as_slice() {
            [] => same.first(),
            [only] => Some(*only),
            _ => None,
        };
        let found = found.and_then(|stored| state.watched(stored));
        Box::pin(async move { Ok(found) })
    }

    fn of_user(
        &self,
        user: UserId,
        before: Option<DeadlineId>,
        limit: u32,
    ) -> PortFuture<'_, Vec<StoredDeadline>> {
        let state = self.lock();
        let own = state.deadlines.promises.iter().rev().filter(|stored| {
            stored.deadline.user == user
                && stored.deadline.kind == Kind::Out
                && before.is_none_or(|before| stored.id < before)
        });
        let found: Vec<StoredDeadline> = own.take(limit as usize).cloned().collect();
        Box::pin(async move { Ok(found) })
    }

    fn next_due(&self) -> PortFuture<'_, Option<Timestamp>> {
        let state = self.lock();
        let next = state
            .deadlines
            .open()
            .filter(|stored| !state.deadlines.rests(&stored.deadline))
            .filter_map(|stored| stored.deadline.next_due_at())
            .min();
        Box::pin(async move { Ok(next) })
    }

    fn unreached(&self, now: Timestamp) -> PortFuture<'_, Vec<DeadlineId>> {
        let unreached = self.lock().survey(now).unreached;
        Box::pin(async move { Ok(unreached) })
    }

    fn survey(&self, now: Timestamp) -> PortFuture<'_, Survey> {
        let survey = self.lock().survey(now);
        Box::pin(async move { Ok(survey) })
    }

    fn save(&self, save: SaveDeadline) -> PortFuture<'_, Commit> {
        let mut state = self.lock();
        let changes = [save.change];
        if !state.deadlines.accepts(&changes) || !state.limits.has_room(&save.counts, save.at) {
            return Box::pin(async { Ok(Commit::Stale) });
        }
        state.change_deadlines(&changes, save.at);
        state.limits.count(&save.counts, save.at);
        state.queue_at(&save.outgoing, save.at);
        state.audit(save.audit, Subject::Service);
        Box::pin(async { Ok(Commit::Stored(())) })
    }
}
