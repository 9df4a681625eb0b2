//! A hiker's promise to be out by a time, as the hiker's own words and check-ins change it.

use super::{SaveUser, StoredUser, UserChange};
use crate::{
    audit::{AuditEvent, Subject},
    deadline::{
        Close, Deadline, DeadlineChange, How, NewDeadline, Reason, SetDeadline, StoredDeadline, Through,
        Watcher, close, set,
    },
    moment::Moment,
    outgoing::Outgoing,
    phone_number::{PhoneNumber, TextableRegions},
    route::RouteId,
    time::Timestamp,
};

/// A promise that is closed, with what leaves because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseClosed {
    /// What to store.
    pub change: DeadlineChange,
    /// What the contacts read who were not alerted.
    pub outgoing: Vec<Outgoing>,
    /// What the audit says.
    pub audit: AuditEvent,
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

    /// The promise that is watched, if it is in alarm and a new contact with this number is to get its newest alert.
    pub(super) fn alarm_joined_by(&self, phone: &PhoneNumber, at: Timestamp) -> Option<DeadlineChange> {
        let promise = self.open_deadline()?;
        promise
            .deadline
            .joined_by(phone, at)
            .map(|state| DeadlineChange::of(promise, state))
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

/// The promise that is watched, on the route that the hiker walks from now on; `None` if that is the same one.
pub fn rerouted(stored: &StoredUser, route: &RouteId, at: Timestamp) -> Option<DeadlineChange> {
    let promise = stored.open_deadline()?;
    (promise.deadline.route != *route)
        .then(|| DeadlineChange::of(promise, promise.deadline.moved_to(route, at)))
}

/// Closes the promise that is watched, if one is.
pub fn close_promise(
    stored: &StoredUser,
    reason: &Reason,
    textable: &TextableRegions,
    moment: &Moment,
) -> Option<PromiseClosed> {
    let promise = stored.open_deadline()?;
    let contacts = stored.watchers();
    let closing = Close {
        stored: promise,
        trail_name: stored.user.trail_name.as_str(),
        contacts: &contacts,
        textable,
        through: Through::of(moment.actor),
        at: moment.at,
    };
    let (change, outgoing) = close(closing, reason, None);
    let how = change
        .state
        .closed
        .as_ref()
        .map_or("", |closed| closed.how.as_str());
    let audit = AuditEvent::new(
        moment.at,
        moment.actor,
        "deadline.closed",
        Subject::User(stored.id),
    )
    .with("deadline", promise.id.get())
    .with("how", how);
    Some(PromiseClosed {
        change,
        outgoing,
        audit,
    })
}

/// A check-in at or after the promised time ends the questions and the alarm, because the hiker was heard of. One before
/// the time changes nothing about the promise.
pub fn heard(stored: &StoredUser, textable: &TextableRegions, moment: &Moment) -> Option<PromiseClosed> {
    let promise = stored.open_deadline()?;
    if moment.at < promise.deadline.due_at {
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
            self.outgoing.extend(closed.outgoing);
            self.audit.push(closed.audit);
        }
        self
    }
}
