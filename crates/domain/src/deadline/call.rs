//! A call for help: the hiker's ALERT opens an alarm at once, raises the one that is open, or adds to it.

use std::{collections::BTreeMap, time::Duration};

use jiff::tz::TimeZone;

use super::{
    alarm::{Alarm, AlarmContact, Answered},
    firing::{Alert, Firing, Queued, alerts, reachable},
    machine::Hold,
    plan::Plan,
    promise::{Deadline, Kind, SetBy, State},
    stage::{Stage, StageRow},
    store::{DeadlineChange, Hiker, StoredDeadline, Watcher},
    text::Purpose,
};
use crate::{
    id::UserId,
    messages,
    moment::Moment,
    phone_number::{PhoneNumber, Region, TextableRegions},
    route::{RouteCatalogue, RouteId},
};

/// ALERT again within this time is the same call.
pub const SAME_CALL: Duration = Duration::from_mins(30);

/// Who calls, and what stands.
#[derive(Clone, Copy)]
pub struct CallForHelp<'a> {
    /// Whose call it is.
    pub user: UserId,
    /// The hiker's number.
    pub phone: &'a PhoneNumber,
    /// The hiker as the watch sees them.
    pub hiker: &'a Hiker,
    /// The hiker's route.
    pub route: &'a RouteId,
    /// The open promise.
    pub promise: Option<&'a StoredDeadline>,
    /// The open call.
    pub call: Option<&'a StoredDeadline>,
    /// The hiker's own words since the last call, cleaned; can be empty.
    pub words: &'a str,
    /// The routes that can be walked.
    pub routes: &'a dyn RouteCatalogue,
    /// Which numbers may be texted.
    pub textable: &'a TextableRegions,
    /// Whose emergency number is named if the route is gone.
    pub region: Region,
    /// Who acts, and when.
    pub moment: &'a Moment,
    /// Whether contacts are called who do not answer.
    pub calls: bool,
}

impl<'a> CallForHelp<'a> {
    /// The alarm that is open: of a call, or of a promise that was broken.
    fn alarm(&self) -> Option<(&'a StoredDeadline, &'a Alarm)> {
        let is_alarmed = |stored: &&StoredDeadline| stored.deadline.state() == State::Alarmed;
        let stored = self.call.or_else(|| self.promise.filter(is_alarmed))?;
        Some((stored, stored.deadline.alarm.as_ref()?))
    }

    /// The call that was made so lately that this one is the same.
    fn same(&self) -> Option<(&'a StoredDeadline, &'a Alarm)> {
        let asked = |alarm: &Alarm| {
            alarm
                .asked_at
                .is_some_and(|at| at.within(SAME_CALL, self.moment.at))
        };
        self.alarm().filter(|(_, alarm)| asked(alarm))
    }

    fn firing(&self) -> Firing<'a> {
        Firing {
            routes: self.routes,
            textable: self.textable,
            region: self.region,
            at: self.moment.at,
            shown: self.moment.at,
            hold: Hold::Nothing,
            calls: self.calls,
        }
    }
}

impl Deadline {
    /// Puts the alerts that are left off, if this is a new call for help whose text came late: they count from the first one.
    pub fn put_off_call(&mut self, by: Duration) {
        if self.kind == Kind::Call && self.is_open() {
            for row in &mut self.stages {
                row.put_off(by);
            }
        }
    }
}

/// Decides a call for help. The changes are to be stored together.
pub fn call_for_help(calling: &CallForHelp<'_>) -> (Vec<DeadlineChange>, Answered) {
    match (calling.same(), calling.alarm()) {
        (Some((stored, alarm)), _) => again(calling, stored, alarm),
        (None, Some((stored, _))) => (vec![raise(calling, stored)], Answered::Raised),
        (None, None) => (open(calling), Answered::Opened),
    }
}

/// A new alarm. A promise that stands is stored as it is: a commit that was decided without the call, such as the first
/// alert of the promise, is then stale.
fn open(calling: &CallForHelp<'_>) -> Vec<DeadlineChange> {
    let at = calling.moment.at;
    let route = calling.routes.find(calling.route);
    let state = Deadline {
        tag: calling.moment.seed.derived("call for help", 0),
        user: calling.user,
        kind: Kind::Call,
        phone: calling.phone.clone(),
        words: None,
        route: calling.route.clone(),
        zone: route.map_or(TimeZone::UTC, |route| route.time_zone().clone()),
        due_at: at,
        set_at: at,
        set_by: SetBy::Text,
        restored_at: None,
        replaces: None,
        closed: None,
        stages: Stage::of_call(at),
        alarm: Some(Alarm {
            opened_at: at,
            asked_at: Some(at),
            contacts: Vec::new(),
            claims: 0,
            acting: None,
            lapsed: None,
        }),
        informed: BTreeMap::new(),
        plan: Plan::default(),
    };
    let standing = calling
        .promise
        .map(|promise| change(Some(promise), promise.deadline.clone()));
    let mut called = change(None, state);
    let purpose = Purpose::Stage(Stage::Alert1);
    let queued = alert(calling, &mut called.state, (purpose, Some(1)), |_| true);
    queued.put_into(&mut called);
    standing.into_iter().chain([called]).collect()
}

/// The next alert leaves at once, also while a contact acts: that the hiker asks for help is news. After the last one a
/// text without a number does.
fn raise(calling: &CallForHelp<'_>, stored: &StoredDeadline) -> DeadlineChange {
    let at = calling.moment.at;
    let mut raised = change(Some(stored), stored.deadline.clone());
    if let Some(alarm) = &mut raised.state.alarm {
        alarm.asked_at = Some(at);
    }
    let is_left = |row: &&mut StageRow| row.stage.alert().is_some() && row.ending.is_none();
    let next = raised.state.stages.iter_mut().find(is_left).map(|row| {
        row.fire_early(at);
        row.stage
    });
    let purpose = next.map_or(Purpose::Asked(at), Purpose::Stage);
    let number = next.and_then(Stage::alert);
    let queued = alert(calling, &mut raised.state, (purpose, number), |_| true);
    queued.put_into(&mut raised);
    raised
}

/// The same call: contacts who are ready read the newer words, and a contact who was not alerted yet is.
fn again(
    calling: &CallForHelp<'_>,
    stored: &StoredDeadline,
    alarm: &Alarm,
) -> (Vec<DeadlineChange>, Answered) {
    let at = calling.moment.at;
    let mut added = change(Some(stored), stored.deadline.clone());
    let is_new = |contact: &Watcher| alarm.contact(&contact.phone).is_none();
    let fired = stored.deadline.newest_alert().unwrap_or(Stage::Alert1);
    let purpose = Purpose::Stage(fired);
    let queued = alert(calling, &mut added.state, (purpose, fired.alert()), is_new);
    queued.put_into(&mut added);
    let alerted_now = added.texts.len();
    if !calling.words.is_empty() {
        let words = messages::alarm::own_words(&calling.hiker.trail_name, calling.words);
        let contacts = calling.hiker.contacts.iter();
        let ready = contacts.filter(|contact| contact.is_ready && contact.may_be_texted(calling.textable));
        let known = ready.filter(|contact| !is_new(contact));
        let texts = known.map(|contact| {
            stored
                .deadline
                .text(Purpose::Words(at), &contact.phone, words.clone(), at)
        });
        added.texts.extend(texts);
    }
    let answered = Answered::Stands {
        since: alarm.opened_at,
        acting: alarm.acting().map(AlarmContact::called),
        read_words: added.texts.len() - alerted_now,
        alerted_now,
    };
    let changes = if added.texts.is_empty() {
        Vec::new()
    } else {
        vec![added]
    };
    (changes, answered)
}

/// Alerts those of the reachable contacts whom `is_meant` chooses, and notes it.
fn alert(
    calling: &CallForHelp<'_>,
    state: &mut Deadline,
    (purpose, number): (Purpose, Option<u8>),
    is_meant: impl Fn(&Watcher) -> bool,
) -> Queued {
    let firing = calling.firing();
    let mut contacts = reachable(calling.hiker, &firing);
    contacts.retain(|contact| is_meant(contact));
    let named = contacts
        .iter()
        .map(|contact| (contact.phone.clone(), contact.name.clone()));
    state.alert(named, firing.at);
    let alert = Alert {
        purpose,
        number,
        promised: calling.promise.map(|promise| promise.deadline.due_at),
        late: None,
        words: calling.words,
    };
    alerts(calling.hiker, state, (&contacts, alert), &firing)
}

fn change(replaces: Option<&StoredDeadline>, state: Deadline) -> DeadlineChange {
    DeadlineChange {
        replaces: replaces.map(|stored| (stored.id, stored.revision)),
        state,
        texts: Vec::new(),
        stand_downs: Vec::new(),
        closings: Vec::new(),
        calls: Vec::new(),
        mails: Vec::new(),
        mailed_end: None,
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
