//! A hiker's promise to be out by a time, as the hiker's own words and check-ins change it.

use super::{SaveUser, StoredUser, UserChange};
use crate::{
    audit::{AuditEvent, Subject},
    deadline::{
        Close, Deadline, DeadlineChange, How, NewDeadline, Reason, SetDeadline, StoredDeadline, Through,
        Watcher, close_both, set,
    },
    moment::Moment,
    outgoing::Outgoing,
    phone_number::{PhoneNumber, TextableRegions},
    route::RouteId,
    time::Timestamp,
};

/// A promise or a call for help that is closed, with what leaves because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseClosed {
    /// What to store.
    pub change: DeadlineChange,
    /// What is stored with it: the end of the call, if this is a promise, or of the promise, if this is a call.
    pub beside: Option<DeadlineChange>,
    /// What the contacts read who were not alerted.
    pub outgoing: Vec<Outgoing>,
    /// What the audit says.
    pub audit: AuditEvent,
}

impl PromiseClosed {
    /// What to store, in order.
    pub fn changes(&self) -> Vec<DeadlineChange> {
        let beside = self.beside.iter().cloned();
        std::iter::once(self.change.clone()).chain(beside).collect()
    }

    /// Whether contacts read of it.
    pub fn tells(&self) -> bool {
        let mut changes = [Some(&self.change), self.beside.as_ref()].into_iter().flatten();
        !self.outgoing.is_empty() || changes.any(|change| !change.stand_downs.is_empty())
    }
}

/// A time that is promised, with what leaves because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseSet {
    /// What to store: the end of the promise that stood, then the new one.
    pub changes: Vec<DeadlineChange>,
    /// What the contacts read about the end of the promise that stood.
    pub outgoing: Vec<Outgoing>,
    /// What the audit says.
    pub audit: AuditEvent,
}

impl PromiseSet {
    /// The new promise.
    pub fn promise(&self) -> Option<&Deadline> {
        self.changes.last().map(|change| &change.state)
    }
}

impl StoredUser {
    /// The promise that is watched.
    pub fn open_deadline(&self) -> Option<&StoredDeadline> {
        self.deadline.as_ref().filter(|stored| stored.deadline.is_open())
    }

    /// Whether contacts are alerted about the promise that is watched.
    pub fn is_in_alarm(&self) -> bool {
        self.open_deadline()
            .is_some_and(|stored| stored.deadline.alarm.is_some())
    }

    /// The promise that a check-in has ended which was made at `checked_in_at` or announced again since, if no other one
    /// is watched.
    pub fn ended_by_check_in(&self, checked_in_at: Timestamp) -> Option<&Deadline> {
        let deadline = &self.deadline.as_ref()?.deadline;
        let closed = deadline.closed.as_ref()?;
        (closed.how == How::HeardOf && closed.at >= checked_in_at).then_some(deadline)
    }

    /// The call for help or the promise that is in alarm, if a new contact with this number is to get its newest alert.
    pub(super) fn alarm_joined_by(&self, phone: &PhoneNumber, at: Timestamp) -> Option<DeadlineChange> {
        let alarm = self.open_call().or_else(|| self.open_deadline())?;
        alarm
            .deadline
            .joined_by(phone, at)
            .map(|state| DeadlineChange::of(alarm, state))
    }

    /// The call for help that is open.
    pub fn open_call(&self) -> Option<&StoredDeadline> {
        self.call.as_ref().filter(|stored| stored.deadline.is_open())
    }

    /// The alarm about help that is open: that of a call, or that of a promise which the hiker's ALERT has raised.
    pub fn asked_alarm(&self) -> Option<&StoredDeadline> {
        let raised = self
            .open_deadline()
            .filter(|stored| stored.deadline.asked_at().is_some());
        self.open_call().or(raised)
    }

    /// The contacts as the watch sees them.
    pub fn watchers(&self) -> Vec<Watcher> {
        let contacts = self.user.contacts.iter();
        let watcher = |contact: &super::Contact| Watcher {
            id: contact.id,
            phone: contact.phone.clone(),
            name: contact.name.as_str().to_owned(),
            opted_out: self.opted_out_contacts.contains(&contact.phone),
            is_ready: self.is_ready(&contact.phone),
            email: contact
                .email
                .clone()
                .filter(|_| !self.stopped_mails.contains(&contact.phone)),
        };
        contacts.map(watcher).collect()
    }
}

/// Promises a time, in place of the one that stands.
pub fn set_promise(
    stored: &StoredUser,
    new: NewDeadline,
    textable: &TextableRegions,
    moment: &Moment,
) -> PromiseSet {
    let contacts = stored.watchers();
    let setting = SetDeadline {
        user: stored.id,
        phone: &stored.user.phone,
        trail_name: stored.user.trail_name.as_str(),
        route: &stored.user.route,
        contacts: &contacts,
        standing: stored.open_deadline(),
        textable,
        moment,
    };
    let audit = AuditEvent::new(moment.at, moment.actor, "deadline.set", Subject::User(stored.id))
        .with("by", new.set_by.as_str())
        .with("due_at", new.due_at);
    let (changes, outgoing) = set(setting, new);
    PromiseSet {
        changes,
        outgoing,
        audit,
    }
}

/// What is watched, on the route that the hiker walks from now on; nothing if that is the same one.
pub fn rerouted(stored: &StoredUser, route: &RouteId, at: Timestamp) -> Vec<DeadlineChange> {
    let watched = stored.open_deadline().into_iter().chain(stored.open_call());
    let moved = watched.filter(|watched| watched.deadline.route != *route);
    let changes = moved.map(|watched| DeadlineChange::of(watched, watched.deadline.moved_to(route, at)));
    changes.collect()
}

/// What a reason closes: first what the answer is about, then what is closed with it.
fn ends<'a>(
    stored: &'a StoredUser,
    reason: &Reason,
    at: Timestamp,
) -> Option<(&'a StoredDeadline, Option<&'a StoredDeadline>)> {
    let (promise, call) = (stored.open_deadline(), stored.open_call());
    match (reason, promise, call) {
        (Reason::Back, Some(promise), call) => Some((promise, call)),
        (Reason::Back, None, Some(call)) => Some((call, None)),
        // Who calls an alarm off was heard of: a time that has passed is no news any more, as with a check-in.
        (Reason::CalledOff, promise, Some(call)) => {
            let passed = promise.filter(|promise| promise.deadline.due_at <= at);
            Some((call, passed))
        }
        (Reason::CalledOff, Some(promise), None) => {
            (promise.deadline.alarm.is_some()).then_some((promise, None))
        }
        (Reason::CalledOff, None, None) => None,
        (_, promise, _) => promise.map(|promise| (promise, None)),
    }
}

/// Closes what the reason closes: the promise that is watched, the call for help, or both.
pub fn close_promise(
    stored: &StoredUser,
    reason: &Reason,
    textable: &TextableRegions,
    moment: &Moment,
) -> Option<PromiseClosed> {
    let (first, beside) = ends(stored, reason, moment.at)?;
    let contacts = stored.watchers();
    let closing = Close {
        stored: first,
        beside,
        trail_name: stored.user.trail_name.as_str(),
        contacts: &contacts,
        textable,
        through: Through::of(moment.actor),
        at: moment.at,
    };
    let (changes, outgoing) = close_both(closing, reason, None);
    let mut changes = changes.into_iter();
    let (change, with_it) = (changes.next()?, changes.next());
    let how = change
        .state
        .closed
        .as_ref()
        .map_or("", |closed| closed.how.as_str());
    let subject = Subject::User(stored.id);
    let audit = AuditEvent::new(moment.at, moment.actor, "deadline.closed", subject)
        .with("deadline", first.id.get())
        .with("how", how);
    let audit = match beside {
        Some(beside) => audit.with("beside", beside.id.get()),
        None => audit,
    };
    Some(PromiseClosed {
        change,
        beside: with_it,
        outgoing,
        audit,
    })
}

/// A check-in at or after the promised time ends the questions and the alarm, because the hiker was heard of. One before
/// the time changes nothing about the promise, and none ends an alarm about help: the hiker may still need it.
pub fn heard(stored: &StoredUser, textable: &TextableRegions, moment: &Moment) -> Option<PromiseClosed> {
    let promise = stored.open_deadline()?;
    if moment.at < promise.deadline.due_at || promise.deadline.asked_at().is_some() {
        return None;
    }
    close_promise(stored, &Reason::HeardOf, textable, moment)
}

impl SaveUser {
    /// A change that leaves the hiker as they are.
    pub(super) fn unmoved(stored: &StoredUser, moment: &Moment) -> Self {
        Self {
            change: UserChange {
                replaces: stored.revision,
                tag: moment.seed.derived("user", 0),
                state: stored.user.clone(),
                check_in: None,
                taken_back: None,
                at: moment.at,
            },
            outgoing: Vec::new(),
            counts: Vec::new(),
            audit: Vec::new(),
            deadlines: Vec::new(),
        }
    }

    /// The same change, and a promise that it closes.
    #[must_use]
    pub(super) fn with_promise(mut self, closed: Option<PromiseClosed>) -> Self {
        if let Some(closed) = closed {
            self.deadlines.push(closed.change);
            self.deadlines.extend(closed.beside);
            self.outgoing.extend(closed.outgoing);
            self.audit.push(closed.audit);
        }
        self
    }
}
