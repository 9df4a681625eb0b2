//! Sets a promise, or another time in its place.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    closing::{Close, close},
    plan::Plan,
    promise::{Deadline, Kind, SetBy},
    reason::{Reason, Through},
    stage::Stage,
    store::{DeadlineChange, StoredDeadline, Watcher},
    trip_words::TripWords,
};
use crate::{
    id::UserId,
    moment::Moment,
    outgoing::Outgoing,
    phone_number::{PhoneNumber, TextableRegions},
    route::RouteId,
    time::Timestamp,
};

/// What setting a promise needs to know.
#[derive(Debug, Clone, Copy)]
pub struct SetDeadline<'a> {
    /// Whose promise it is.
    pub user: UserId,
    /// The hiker's number.
    pub phone: &'a PhoneNumber,
    /// What the hiker is called.
    pub trail_name: &'a str,
    /// The hiker's route.
    pub route: &'a RouteId,
    /// Whom the hiker wants told.
    pub contacts: &'a [Watcher],
    /// The promise that stands, if one does.
    pub standing: Option<&'a StoredDeadline>,
    /// Which numbers may be texted.
    pub textable: &'a TextableRegions,
    /// Who acts, and when.
    pub moment: &'a Moment,
}

/// The time that is promised.
#[derive(Debug, Clone)]
pub struct NewDeadline {
    /// The promised instant.
    pub due_at: Timestamp,
    /// The zone that it is shown in.
    pub zone: TimeZone,
    /// How it was set.
    pub set_by: SetBy,
    /// What is known of the trip; `None` keeps what was known.
    pub plan: Option<Plan>,
}

/// Sets a promise. It keeps the words of the promise that stands, because somebody may have written them down. The promise that stands is closed in the same commit; if its contacts were alerted, they read the new
/// time at once, so that they need not hear of it again.
pub fn set(setting: SetDeadline<'_>, new: NewDeadline) -> (Vec<DeadlineChange>, Vec<Outgoing>) {
    let at = setting.moment.at;
    let standing = setting.standing.filter(|standing| standing.deadline.is_open());
    let (mut changes, mut outgoing) = (Vec::new(), Vec::new());
    if let Some(stored) = standing {
        let later = Reason::Later { due_at: new.due_at };
        let closing = Close {
            stored,
            beside: None,
            trail_name: setting.trail_name,
            contacts: setting.contacts,
            textable: setting.textable,
            through: Through::of(setting.moment.actor),
            at,
        };
        let (mut change, notices) = close(closing, &later, None);
        // It goes over to the new promise, and need not stand twice.
        change.state.plan = Plan::default();
        changes.push(change);
        outgoing = notices;
    }
    changes.push(DeadlineChange {
        replaces: None,
        state: Deadline {
            tag: setting.moment.seed.derived("deadline", 0),
            user: setting.user,
            kind: Kind::Out,
            phone: setting.phone.clone(),
            words: standing
                .and_then(|stored| stored.deadline.words)
                .or_else(|| Some(TripWords::of(setting.moment.seed.derived("trip words", 0)))),
            route: setting.route.clone(),
            zone: new.zone,
            due_at: new.due_at,
            set_at: at,
            set_by: new.set_by,
            restored_at: None,
            replaces: standing.map(|stored| stored.id),
            closed: None,
            stages: Stage::schedule(new.due_at, at),
            alarm: None,
            plan: new.plan.unwrap_or_else(|| {
                standing.map_or_else(Plan::default, |stored| stored.deadline.plan.clone())
            }),
            informed: standing.map_or_else(BTreeMap::new, |stored| informed(&stored.deadline, new.due_at)),
        },
        texts: Vec::new(),
        stand_downs: Vec::new(),
        closings: Vec::new(),
        calls: Vec::new(),
        mails: Vec::new(),
        mailed_end: None,
    });
    (changes, outgoing)
}

/// Who knows a time as the next promise begins: everybody who knew one before, and the alerted contacts know the new one.
fn informed(standing: &Deadline, due_at: Timestamp) -> BTreeMap<PhoneNumber, Timestamp> {
    let mut informed = standing.informed.clone();
    let alerted = standing.alarm.iter().flat_map(|alarm| &alarm.contacts);
    informed.extend(alerted.map(|contact| (contact.phone.clone(), due_at)));
    informed
}
