//! What is sent when a stage is due.

use std::time::Duration;

use super::{
    alarm_mail::AlarmMail,
    closing::{Close, close},
    machine::Hold,
    mails,
    promise::Deadline,
    reason::{Reason, Through},
    stage::{ALERT_AFTER, Stage, TELL_AFTER},
    store::{DeadlineChange, Hiker, SaveDeadline, Watched, Watcher},
    text::Purpose,
};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    budget::Budget,
    limit::Verdict,
    messages::{self, alarm::AlertFacts},
    outgoing::{Class, OutgoingCall, OutgoingText},
    phone_number::{Region, TextableRegions},
    route::{Route, RouteCatalogue},
    time::Timestamp,
};

/// An alert that comes later than this says so.
const LATE: Duration = Duration::from_mins(10);

/// An alert never says that it is less late than this.
const SHORTEST: Duration = Duration::from_mins(1);

/// The shortest time between two alerts.
const TO_NEXT_CALL: Duration = Duration::from_hours(1);

/// How long the contacts are given to reach the hiker before they are to call for help.
const TO_REACH: Duration = Duration::from_hours(1);

/// What a firing needs to know besides the promise.
#[derive(Clone, Copy)]
pub struct Firing<'a> {
    /// The routes that can be walked.
    pub routes: &'a dyn RouteCatalogue,
    /// Which numbers may be texted.
    pub textable: &'a TextableRegions,
    /// Whose emergency number is named if the route is gone.
    pub region: Region,
    /// The present instant, by which promises are judged.
    pub at: Timestamp,
    /// What the machine's clock shows, by which texts leave. It is the same instant unless the clock is wrong.
    pub shown: Timestamp,
    /// Whether alerts are held, because the clock is in doubt.
    pub hold: Hold,
    /// Whether contacts are called who do not answer an alert.
    pub calls: bool,
}

/// Decides what is sent now about a watched promise, if anything is. Returns the stages that fired with it. Only what
/// contacts can do without is counted: never a question, never an alert.
pub fn fire(
    watched: &Watched,
    firing: &Firing<'_>,
    mut budget: Budget,
) -> Option<(SaveDeadline, Vec<Stage>)> {
    let stored = &watched.stored;
    if watched.hiker.has_ended {
        return Some((end(watched, firing), Vec::new()));
    }
    let at = firing.at;
    let step = stored.deadline.step(at, firing.hold)?;
    let mut deadline = step.deadline;
    let (mut texts, mut calls, mut mails) = (Vec::new(), Vec::new(), Vec::new());
    let mut audit = Vec::new();
    for stage in &step.fired {
        let queued = match stage {
            Stage::Notice => told(watched, &mut deadline, (firing, &mut budget)).into(),
            Stage::Ask1 | Stage::Ask2 | Stage::Ask3 => vec![ask(watched, &deadline, *stage, firing)].into(),
            Stage::Alert1 | Stage::Alert2 | Stage::Alert3 => alert(watched, &mut deadline, *stage, firing),
            Stage::AskClaimer(_) => ask_claimer(watched, &deadline, *stage, firing).into(),
            Stage::Lapse(_) => Queued::default(),
            Stage::Joined => joined(watched, &mut deadline, firing),
        };
        audit.push(
            event(watched, "deadline.stage_fired", at)
                .with("deadline", stored.id.get())
                .with("stage", stage)
                .with("texts", queued.texts.len()),
        );
        texts.extend(queued.texts);
        calls.extend(queued.calls);
        mails.extend(queued.mails);
    }
    for text in &mut texts {
        text.leaves_by(firing.shown, at);
    }
    for call in &mut calls {
        call.leaves_by(firing.shown, at);
    }
    for mail in &mut mails {
        mail.leaves_by(firing.shown, at);
    }
    let change = DeadlineChange {
        texts,
        calls,
        mails,
        ..DeadlineChange::of(stored, deadline)
    };
    let save = SaveDeadline {
        change,
        outgoing: Vec::new(),
        counts: budget.spent(),
        audit,
        at: firing.shown,
    };
    Some((save, step.fired))
}

/// Closes the promise of a hiker whose time on the number has ended.
fn end(watched: &Watched, firing: &Firing<'_>) -> SaveDeadline {
    let at = firing.shown;
    let closing = Close {
        stored: &watched.stored,
        beside: None,
        trail_name: &watched.hiker.trail_name,
        contacts: &watched.hiker.contacts,
        textable: firing.textable,
        through: Through::Text,
        at,
    };
    let (change, outgoing) = close(closing, &Reason::Ended, None);
    SaveDeadline {
        change,
        outgoing,
        counts: Vec::new(),
        audit: vec![event(watched, "deadline.closed", at).with("how", "ended")],
        at,
    }
}

fn event(watched: &Watched, action: &'static str, at: Timestamp) -> AuditEvent {
    let user = watched.stored.deadline.user;
    AuditEvent::new(at, Actor::System, action, Subject::User(user))
}

/// The contacts who may be texted.
pub(super) fn reachable<'a>(hiker: &'a Hiker, firing: &Firing<'_>) -> Vec<&'a Watcher> {
    let contacts = hiker.contacts.iter();
    contacts
        .filter(|contact| contact.may_be_texted(firing.textable))
        .collect()
}

/// Tells the contacts the time, except those who have read it already. Each text is counted together with the one that
/// ends it, so that who hears the one can hear the other. A contact whose texts are used up does not hear of the time, and
/// the hiker reads it; alerts are sent all the same.
fn told(
    watched: &Watched,
    deadline: &mut Deadline,
    (firing, budget): (&Firing<'_>, &mut Budget),
) -> Vec<OutgoingText> {
    let route = route_name(deadline, firing);
    let mut contacts = reachable(&watched.hiker, firing);
    contacts.retain(|contact| deadline.informed.get(&contact.phone) != Some(&deadline.due_at));
    let (contacts, left_out): (Vec<&Watcher>, Vec<&Watcher>) = contacts
        .into_iter()
        .partition(|contact| budget.tell_and_end(&contact.phone, firing.shown) == Verdict::Allowed);
    let known = contacts
        .iter()
        .map(|contact| (contact.phone.clone(), deadline.due_at));
    deadline.informed.extend(known);
    let again = deadline
        .row(Stage::Notice)
        .and_then(|row| row.due_at)
        .filter(|at| *at != deadline.set_at.plus(TELL_AFTER));
    let purpose = again.map_or(Purpose::Stage(Stage::Notice), Purpose::Route);
    let texts = contacts.iter().map(|contact| {
        let words = messages::alarm::told(&watched.hiker.trail_name, &route, deadline, contact.is_ready);
        deadline.text(purpose, &contact.phone, words, firing.at)
    });
    texts.chain(not_told(deadline, &left_out, firing.at)).collect()
}

/// The text to the hiker that names the contacts who do not hear of the time; `None` if all of them do.
fn not_told(deadline: &Deadline, left_out: &[&Watcher], at: Timestamp) -> Option<OutgoingText> {
    let words = messages::deadline::not_told(left_out, deadline);
    (!left_out.is_empty()).then(|| deadline.text(Purpose::LeftOut, &deadline.phone, words, at))
}

fn ask(watched: &Watched, deadline: &Deadline, stage: Stage, firing: &Firing<'_>) -> OutgoingText {
    let contacts = reachable(&watched.hiker, firing).len();
    let words = messages::deadline::ask(stage, &watched.hiker.trail_name, deadline, (contacts, firing.at));
    deadline.question(stage, &deadline.phone, words, firing.at)
}

/// What a stage queues.
#[derive(Debug, Default)]
pub(super) struct Queued {
    /// Texts about the promise.
    pub texts: Vec<OutgoingText>,
    /// Calls to those of their recipients who do not answer.
    pub calls: Vec<OutgoingCall>,
    /// Mails to those of the contacts who have an address.
    pub mails: Vec<AlarmMail>,
}

impl Queued {
    /// Makes it part of a change.
    pub(super) fn put_into(self, change: &mut DeadlineChange) {
        change.texts = self.texts;
        change.calls = self.calls;
        change.mails = self.mails;
    }
}

impl From<Vec<OutgoingText>> for Queued {
    fn from(texts: Vec<OutgoingText>) -> Self {
        Self {
            texts,
            ..Self::default()
        }
    }
}

fn alert(watched: &Watched, deadline: &mut Deadline, stage: Stage, firing: &Firing<'_>) -> Queued {
    let contacts = reachable(&watched.hiker, firing);
    let hiker = &watched.hiker;
    deadline.alert(
        contacts
            .iter()
            .map(|contact| (contact.phone.clone(), contact.name.clone())),
        firing.at,
    );
    let fired = deadline.row(stage).and_then(|row| row.ending);
    let late = match watched.stored.deadline.alarm {
        // The alert that opens the alarm can be put off until the hiker was asked, so its own row says too little.
        None => firing.at.since(deadline.due_at.plus(ALERT_AFTER)),
        Some(_) => fired.map_or(Duration::ZERO, |ending| ending.late),
    };
    let alert = Alert {
        purpose: Purpose::Stage(stage),
        number: stage.alert(),
        promised: watched.promised(),
        late: (late > LATE || firing.hold == Hold::TextsLost).then_some(late.max(SHORTEST)),
        words: "",
    };
    let mut queued = alerts(hiker, deadline, (&contacts, alert), firing);
    let (name, emergency) = (&hiker.trail_name, emergency(deadline, firing));
    let told = if deadline.asked_at().is_some() {
        messages::call::alerted_again(name, contacts.len(), (deadline, &emergency), firing.at)
    } else {
        messages::deadline::alerted(name, contacts.len(), deadline, (&emergency, firing.at))
    };
    let told = deadline.text(Purpose::Alerted(stage), &deadline.phone, told, firing.at);
    queued.texts.push(told);
    queued
}

/// One alert, as far as not all of them are alike.
#[derive(Clone, Copy)]
pub(super) struct Alert<'a> {
    /// What names its texts.
    pub purpose: Purpose,
    /// Which one of three it is; `None` if all three have left before.
    pub number: Option<u8>,
    /// When the hiker promised to be out, if a time is set.
    pub promised: Option<Timestamp>,
    /// By how much the service was late.
    pub late: Option<Duration>,
    /// The hiker's own words, which only contacts read who are ready.
    pub words: &'a str,
}

impl Alert<'_> {
    /// How long the calls of this alert are worth placing: until the next alert has calls of its own.
    fn rings_for(&self) -> Duration {
        match self.number {
            Some(1 | 2) => TO_NEXT_CALL,
            Some(_) | None => Class::Alarm.life(),
        }
    }
}

/// The texts of an alert to these contacts, and the calls to those who do not answer. While a contact deals with the alarm
/// the others are texted and not called.
pub(super) fn alerts(
    hiker: &Hiker,
    deadline: &Deadline,
    (contacts, alert): (&[&Watcher], Alert<'_>),
    firing: &Firing<'_>,
) -> Queued {
    let route = route_name(deadline, firing);
    let emergency = emergency(deadline, firing);
    let first = deadline.row(Stage::Alert1).and_then(|row| row.ending);
    let facts = AlertFacts {
        hiker,
        deadline,
        promised: alert.promised,
        route: &route,
        number: alert.number,
        others: reachable(hiker, firing).len().saturating_sub(1),
        emergency: &emergency,
        call_by: first.map_or(firing.at, |ending| ending.at).plus(TO_REACH),
        late: alert.late,
        words: "",
    };
    let to_ready = AlertFacts {
        words: alert.words,
        ..facts
    };
    let rings = firing.calls && !deadline.is_acted_upon();
    let mut queued = Queued::default();
    for contact in contacts {
        let facts = if contact.is_ready { &to_ready } else { &facts };
        let text = deadline.text(
            alert.purpose,
            &contact.phone,
            messages::alarm::alert(facts),
            firing.at,
        );
        if rings {
            let words = messages::voice::alert(facts);
            queued
                .calls
                .push(OutgoingCall::after(&text, words, alert.rings_for()));
        }
        queued.texts.push(text);
    }
    for (contact, email) in mails::mailed(hiker, contacts, firing.textable) {
        let text = deadline.text(alert.purpose, &contact.phone, String::new(), firing.at);
        let to = (email, deadline.user);
        queued
            .mails
            .push(mails::alert_by_mail(&text, to, facts, firing.at));
    }
    queued
}

/// The newest alert, once, to the contacts who were added since.
fn joined(watched: &Watched, deadline: &mut Deadline, firing: &Firing<'_>) -> Queued {
    let (Some(alarm), Some(stage)) = (deadline.alarm.clone(), deadline.newest_alert()) else {
        return Queued::default();
    };
    let mut new = reachable(&watched.hiker, firing);
    new.retain(|contact| alarm.contact(&contact.phone).is_none());
    let called = new
        .iter()
        .map(|contact| (contact.phone.clone(), contact.name.clone()));
    deadline.alert(called, firing.at);
    let alert = Alert {
        purpose: Purpose::Stage(stage),
        number: stage.alert(),
        promised: watched.promised(),
        late: None,
        words: "",
    };
    alerts(&watched.hiker, deadline, (&new, alert), firing)
}

fn ask_claimer(
    watched: &Watched,
    deadline: &Deadline,
    stage: Stage,
    firing: &Firing<'_>,
) -> Vec<OutgoingText> {
    let claimer = deadline.alarm.as_ref().and_then(|alarm| alarm.acting());
    let words = messages::claim::ask_claimer(&watched.hiker.trail_name, deadline);
    claimer
        .map(|contact| deadline.question(stage, &contact.phone, words, firing.at))
        .into_iter()
        .collect()
}

fn route_of<'a>(deadline: &Deadline, firing: &Firing<'a>) -> Option<&'a Route> {
    firing.routes.find(&deadline.route)
}

fn route_name(deadline: &Deadline, firing: &Firing<'_>) -> String {
    let known = route_of(deadline, firing).map(Route::name);
    known.unwrap_or(deadline.route.as_str()).to_owned()
}

pub(super) fn emergency(deadline: &Deadline, firing: &Firing<'_>) -> String {
    let known = route_of(deadline, firing).map(Route::emergency_number);
    known
        .unwrap_or_else(|| messages::emergency_number(firing.region))
        .to_owned()
}
