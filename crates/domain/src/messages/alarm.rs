//! Alerts, as the contacts read of them. Every text names its source, because a sender can be forged.

use std::{borrow::Cow, time::Duration};

use jiff::tz::TimeZone;

use super::{local_clock, local_time, operator};
use crate::{
    deadline::{AlarmContact, Deadline, Hiker, Kind, LastCheckIn, Reason, Stopped, Through},
    sms::{body::segments, parts::plain_punctuation},
    time::Timestamp,
};

/// The segments of an alert that is sent on time. What it can do without is left out if it would be longer.
const ALERT_SEGMENTS: u32 = 3;

/// Everything that an alert says.
#[derive(Debug, Clone, Copy)]
pub struct AlertFacts<'a> {
    /// The hiker who is overdue or asks for help.
    pub hiker: &'a Hiker,
    /// The promise that was not kept, or the call for help.
    pub deadline: &'a Deadline,
    /// When the hiker promised to be out, if a time is set.
    pub promised: Option<Timestamp>,
    /// The route's name.
    pub route: &'a str,
    /// The number of the alert, 1 to 3; `None` if all three have left before.
    pub number: Option<u8>,
    /// How many others are alerted.
    pub others: usize,
    /// What to dial.
    pub emergency: &'a str,
    /// When help is to be called unless the hiker answers.
    pub call_by: Timestamp,
    /// By how much the service was late.
    pub late: Option<Duration>,
    /// The hiker's own words; can be empty.
    pub words: &'a str,
}

/// What the contacts hear when a time is set; one who is not ready is asked for it.
pub fn told(trail_name: &str, route: &str, deadline: &Deadline, is_ready: bool) -> String {
    let name = plain_punctuation(trail_name);
    let rest = if is_ready {
        "Nothing to do now."
    } else {
        "If you will help then, reply READY."
    };
    format!(
        "Thunderbird: {name} plans to be out of the {route} by {}. If we have not heard from {name} by {} we text you \
         what to do. {rest}",
        local_time(deadline.due_at, &deadline.zone),
        local_clock(deadline.alert_at(), &deadline.zone)
    )
}

/// An alert to a contact.
pub fn alert(facts: &AlertFacts<'_>) -> String {
    let AlertFacts {
        hiker,
        deadline,
        number,
        ..
    } = *facts;
    let name = plain_punctuation(&hiker.trail_name);
    let zone = &deadline.zone;
    let asked_at = deadline.asked_at();
    let mut lines = what_happened(facts, &name, asked_at);
    lines.push(last_check_in(hiker.last_check_in.as_ref(), deadline));
    if let Some(asked_at) = asked_at {
        lines.extend(heard(facts, asked_at));
    } else {
        lines.extend(hiker.stopped.map(|stopped| could_not_ask(&name, stopped, zone)));
    }
    lines.extend(doubts(facts, &name));
    let before_what_to_do = lines.len();
    lines.push(match dealing(deadline) {
        // That the hiker asks for help is news to all, also while one of them acts.
        Some((claimer, since)) if asked_at.is_none() => {
            let claimer = called(claimer);
            format!(
                "{claimer} is acting since {}. You need do nothing unless {claimer} asks.",
                local_clock(since, zone)
            )
        }
        _ => to_do(facts, &name, asked_at),
    });
    lines.push(if number.is_some_and(|number| number < 3) {
        "Thunderbird does not call Police.".to_owned()
    } else {
        "This is our last text. Thunderbird does not call Police.".to_owned()
    });
    let alert = lines.join("\n");
    let Some(heard) = hiker.heard_since_check_in().filter(|_| asked_at.is_none()) else {
        return alert;
    };
    lines.insert(before_what_to_do, last_heard(&name, heard, zone));
    let longer = lines.join("\n");
    if segments(&longer) <= segments(&alert).max(ALERT_SEGMENTS) {
        longer
    } else {
        alert
    }
}

/// What makes the alert uncertain: it is late, an older copy of the service's file was put back, or a contact dealt with it
/// and said nothing since.
fn doubts(facts: &AlertFacts<'_>, name: &str) -> Vec<String> {
    let AlertFacts { deadline, late, .. } = *facts;
    let zone = &deadline.zone;
    let mut lines = Vec::new();
    if let Some(late) = late {
        lines.push(format!(
            "This is {} late: our service was down, a text from {name} may be lost.",
            span(late)
        ));
    }
    if let Some(restored_at) = deadline.restored_at {
        lines.push(format!(
            "Our service was put back to an older copy on {}; a text from {name} may be lost.",
            local_time(restored_at, zone)
        ));
    }
    if let Some((claimer, since)) = lapsed(deadline) {
        lines.push(format!(
            "{} was acting since {}; no news.",
            called(claimer),
            local_clock(since, zone)
        ));
    }
    lines
}

/// When the hiker's phone last texted us: a sign of life, and no check-in.
pub fn last_heard(trail_name: &str, heard: Timestamp, zone: &TimeZone) -> String {
    format!(
        "{}'s phone last texted us on {}.",
        plain_punctuation(trail_name),
        local_time(heard, zone)
    )
}

/// What a contact is to do. The first alert has named the hour, so a later one must not put it off.
fn to_do(facts: &AlertFacts<'_>, name: &str, asked_at: Option<Timestamp>) -> String {
    let emergency = facts.emergency;
    let call = if asked_at.is_some() {
        format!("Call {name} now. No answer or in danger: call {emergency}, ask for Police.")
    } else if facts.number == Some(1) {
        let by = local_clock(facts.call_by, &facts.deadline.zone);
        format!("Call and text {name} now. No answer by {by}: call {emergency}, ask for Police.")
    } else {
        format!("Call and text {name} now. No answer: call {emergency} now, ask for Police.")
    };
    let claim = match facts.others {
        0 => "Reply ACTING if you deal with it.".to_owned(),
        1 => "Reply ACTING if you deal with it; the other contact is told.".to_owned(),
        several => format!("Reply ACTING if you deal with it; the {several} others are told."),
    };
    format!("{call}\n{claim}")
}

/// Who deals with the alarm now, and since when: only a contact who was added since then gets an alert that says it.
fn dealing(deadline: &Deadline) -> Option<(&AlarmContact, Timestamp)> {
    let alarm = deadline.alarm.as_ref()?;
    let (phone, since) = alarm.acting.as_ref()?;
    Some((alarm.contact(phone)?, *since))
}

/// The first lines of an alert: which one it is, and what it is about.
fn what_happened(facts: &AlertFacts<'_>, name: &str, asked_at: Option<Timestamp>) -> Vec<String> {
    let AlertFacts { deadline, route, .. } = *facts;
    let zone = &deadline.zone;
    let which = facts
        .number
        .map(|number| format!(" {number} of 3"))
        .unwrap_or_default();
    let due = facts
        .promised
        .map(|at| format!("Due out of the {route}: {}", local_time(at, zone)));
    match asked_at {
        Some(asked_at) => vec![
            format!("Thunderbird ALERT{which}: {name} asks for help."),
            format!("The phone texted ALERT on {}", local_time(asked_at, zone)),
            due.unwrap_or_else(|| format!("Route: {route}")),
        ],
        None => [Some(format!("Thunderbird ALERT{which}: {name} is overdue.")), due]
            .into_iter()
            .flatten()
            .collect(),
    }
}

/// What else the hiker of a call for help has texted.
fn heard(facts: &AlertFacts<'_>, asked_at: Timestamp) -> Vec<String> {
    let newer = facts.hiker.last_heard.filter(|at| *at > asked_at);
    let newer = newer.map(|at| {
        let when = local_time(at, &facts.deadline.zone);
        format!("Last text from the phone: {when}")
    });
    let words = (!facts.words.is_empty()).then(|| format!("Own words: \"{}\"", facts.words));
    newer.into_iter().chain(words).collect()
}

/// What contacts read who are ready, when the hiker has texted more since the alert.
pub fn own_words(trail_name: &str, words: &str) -> String {
    let name = plain_punctuation(trail_name);
    format!("Thunderbird: {name} asks for help and wrote: \"{words}\"\nReply ACTING if you deal with it.")
}

/// Why the hiker was not asked. The word is quoted if it may mean that the walk is over.
fn could_not_ask(name: &str, stopped: Stopped, zone: &TimeZone) -> String {
    let when = local_time(stopped.at, zone);
    match stopped.word.filter(|word| word.can_mean_finished()) {
        Some(word) => format!(
            "{name}'s phone texted {} on {when}, which may mean that {name} finished. It stopped our texts, so we could \
             not ask.",
            word.as_str()
        ),
        None => format!("{name}'s phone stopped our texts on {when}, so we could not ask."),
    }
}

/// Whose claim ended last without news, and since when they dealt with it; `None` while a contact does.
fn lapsed(deadline: &Deadline) -> Option<(&AlarmContact, Timestamp)> {
    let alarm = deadline.alarm.as_ref().filter(|alarm| alarm.acting.is_none())?;
    let (phone, since) = alarm.lapsed.as_ref()?;
    Some((alarm.contact(phone)?, *since))
}

pub(super) fn last_check_in(last: Option<&LastCheckIn>, deadline: &Deadline) -> String {
    match last {
        None => "No check-in".to_owned(),
        Some(last) if last.route == deadline.route => format!(
            "Last check-in: {}, {}",
            plain_punctuation(&last.camp),
            local_time(last.at, &deadline.zone)
        ),
        Some(last) => format!(
            "No check-in on this route. Last on another: {}, {}",
            plain_punctuation(&last.camp),
            local_time(last.at, &deadline.zone)
        ),
    }
}

/// `2 h 10 min`, `12 min`.
fn span(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The contact as the hiker calls them.
pub(super) fn called(contact: &AlarmContact) -> Cow<'_, str> {
    if contact.name.is_empty() {
        Cow::Owned(contact.phone.masked())
    } else {
        plain_punctuation(&contact.name)
    }
}

/// What an alerted contact reads when the alarm is over.
pub fn stand_down(
    trail_name: &str,
    deadline: &Deadline,
    (reason, through): (&Reason, Through),
    at: Timestamp,
) -> String {
    let name = plain_punctuation(trail_name);
    let zone = &deadline.zone;
    let clock = local_time(at, zone);
    let (source, said) = match through {
        Through::Text | Through::Words => ("phone", "texted"),
        Through::Web => ("web account", "said"),
    };
    let what = match reason {
        Reason::Back if through == Through::Words => format!(
            "A phone that knows {name}'s trip words texted BACK, {clock}: {name} is out. Call {name} to be sure."
        ),
        Reason::Back => {
            format!("{name}'s {source} {said} BACK, {clock}: {name} is out. Call {name} to be sure.")
        }
        Reason::HeardOf => {
            format!("{name}'s {source} checked in, {clock}. {name} is NOT out, and no new time is set.")
        }
        Reason::Later { due_at } => format!(
            "{name}'s {source} {said}, {clock}: late, now due out by {}. The alert is over; we watch the new time.",
            local_time(*due_at, zone)
        ),
        Reason::Withdrawn => format!(
            "{name}'s {source} withdrew the time, {clock}, and does not say that {name} is out. Nobody watches now. Call {name} to be sure."
        ),
        Reason::CalledOff if deadline.kind == Kind::Call => {
            format!(
                "{name}'s {source} {said} ALERT OFF, {clock}: {name} asks for no more help. Call {name} to be sure."
            )
        }
        Reason::CalledOff => format!(
            "{name}'s {source} {said} ALERT OFF, {clock}. {name} is NOT out, and no new time is set. Call {name} to be sure."
        ),
        Reason::Found { by } => format!("{} told us, {clock}: {name} is found.", plain_punctuation(by)),
        Reason::Operator(verdict) => return operator::stand_down(trail_name, deadline, *verdict, at),
        Reason::Ended => format!(
            "{name} does not use this number with us any more, {clock}, so nobody watches now. We do not know whether {name} is out."
        ),
    };
    format!("Thunderbird: STAND DOWN. {what} If you called Police, tell them now.")
}

/// What contacts read who know a time and have no alert.
pub fn closed(
    trail_name: &str,
    deadline: &Deadline,
    (reason, through): (&Reason, Through),
    at: Timestamp,
) -> String {
    let name = plain_punctuation(trail_name);
    let zone = &deadline.zone;
    let clock = local_time(at, zone);
    let (said, way) = match through {
        Through::Text => ("texted", ""),
        Through::Web => ("said", " by web"),
        Through::Words => ("texted", " by another phone with the trip words"),
    };
    let what = match reason {
        Reason::Back => format!("{name} {said} BACK{way}, {clock}: {name} is out."),
        Reason::HeardOf => format!(
            "{name} was due out by {}, checked in on {clock} and is not out. No new time is set.",
            local_clock(deadline.due_at, zone)
        ),
        Reason::Later { due_at } => format!(
            "{name} {said}{way}, {clock}: late, now due out by {}. We watch the new time. Nothing to do now.",
            local_time(*due_at, zone)
        ),
        Reason::Withdrawn => format!("{name} has withdrawn the time, {clock}. Nobody watches."),
        Reason::CalledOff => format!(
            "{name} was due out by {}, {said} ALERT OFF{way} on {clock} and is not out. No new time is set.",
            local_clock(deadline.due_at, zone)
        ),
        Reason::Found { by } => format!("{} told us, {clock}: {name} is found.", plain_punctuation(by)),
        Reason::Operator(verdict) => return operator::closed(trail_name, deadline, *verdict, at),
        Reason::Ended => {
            format!("{name} does not use this number with us any more. Nobody watches the time.")
        }
    };
    format!("Thunderbird: {what}")
}
