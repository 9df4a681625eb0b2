//! The promise to be out by a time, as the hiker reads of it.

use jiff::tz::TimeZone;

use super::{count, ending::over, local_clock, local_time};
use crate::{
    deadline::{Deadline, DelayRefusal, DueRefusal, Kind, Stage, Watcher, due_words::typed_time},
    phone_number::{PhoneNumber, TextableRegions},
    sms::{body::segments, parts::plain_punctuation},
    time::Timestamp,
};

/// What every answer to a near miss ends with.
const WORDS: &str = "Out: text BACK. Later: LATE 2H.";

/// A text that looks as if it were about the promise, and changes nothing.
pub fn unchanged() -> String {
    format!("Nothing was changed. {WORDS}")
}

/// The names of contacts in one line.
fn names(contacts: &[&Watcher]) -> String {
    let names: Vec<String> = contacts.iter().map(|contact| contact.called()).collect();
    names.join(", ")
}

/// Which of the contacts who are alerted have agreed to it.
fn readiness(ready: &[&Watcher], not_yet: &[&Watcher]) -> String {
    match (ready, not_yet) {
        (ready, []) => format!("Ready: {}.", names(ready)),
        ([], not_yet) => format!("Not yet ready: {}.", names(not_yet)),
        (ready, not_yet) => format!("Ready: {}. Not yet: {}.", names(ready), names(not_yet)),
    }
}

/// A time was set. The reply names who is alerted and who is not, and says so if it ends an alarm.
pub fn set(
    deadline: &Deadline,
    contacts: &[Watcher],
    textable: &TextableRegions,
    ends_alarm: bool,
) -> String {
    let zone = &deadline.zone;
    let (reached, others): (Vec<&Watcher>, Vec<&Watcher>) = contacts
        .iter()
        .partition(|contact| contact.may_be_texted(textable));
    let mut lines = vec![format!("Set: out by {}.", local_time(deadline.due_at, zone))];
    if ends_alarm {
        lines.push("The alert is over; who had it reads this time.".to_owned());
    }
    if reached.is_empty() {
        let why = if others.is_empty() {
            "you have no contacts"
        } else {
            "none of your contacts may be texted"
        };
        lines.push(format!(
            "If you are late NOBODY is alerted: {why}. Add one:\nSAFE <phone> <name>"
        ));
    } else {
        lines.push(format!(
            "Not heard by then: we ask you. From {} we alert {}.",
            local_clock(deadline.alert_at(), zone),
            count(reached.len(), "contact", "contacts"),
        ));
        let (ready, not_yet): (Vec<&Watcher>, Vec<&Watcher>) =
            reached.into_iter().partition(|contact| contact.is_ready);
        lines.push(readiness(&ready, &not_yet));
        if !others.is_empty() {
            lines.push(format!("Cannot be alerted: {}.", names(&others)));
        }
    }
    lines.push("Out sooner: BACK. Later: LATE 2H.".to_owned());
    lines.extend(by_another_phone(deadline));
    lines.join("\n")
}

/// What any other phone can text instead of the hiker's.
fn by_another_phone(deadline: &Deadline) -> Option<String> {
    let words = deadline.words?;
    Some(format!("From any phone: BACK {}", words.in_capitals()))
}

/// The same for the hiker's phone, if the time was set by web.
pub fn set_by_web(set: &str) -> String {
    format!("By web: {set}")
}

/// The same time is set already.
pub fn same(deadline: &Deadline) -> String {
    format!(
        "That time is set already: out by {}. {}",
        local_time(deadline.due_at, &deadline.zone),
        unchanged()
    )
}

/// The same LATE came again within half an hour.
pub fn late_again(deadline: &Deadline) -> String {
    format!(
        "That LATE came twice and counts once. Set: out by {}.\n{WORDS}",
        local_time(deadline.due_at, &deadline.zone)
    )
}

/// What is set.
pub fn shown(deadline: &Deadline) -> String {
    let zone = &deadline.zone;
    let alert = if deadline.alarm.is_some() {
        "Your contacts were alerted.".to_owned()
    } else {
        format!(
            "From {} we alert your contacts.",
            local_clock(deadline.alert_at(), zone)
        )
    };
    let shown = format!(
        "Set: out by {}. {alert} If you ARE out, text BACK. Later: LATE 2H. Nothing was changed.",
        local_time(deadline.due_at, zone)
    );
    [Some(shown), by_another_phone(deadline)]
        .into_iter()
        .flatten()
        .collect::<Vec<String>>()
        .join("\n")
}

/// These contacts got so many texts today that they do not hear of the time.
pub fn not_told(left_out: &[&Watcher], deadline: &Deadline) -> String {
    format!(
        "Not told that you are due out {}, because of a limit on texts: {}. If you are late they are alerted all the \
         same. To be sure, tell them yourself.",
        local_time(deadline.due_at, &deadline.zone),
        names(left_out)
    )
}

/// The one line that a check-in's reply gains.
pub fn still_due(deadline: &Deadline) -> String {
    format!("Still due out {}.", local_time(deadline.due_at, &deadline.zone))
}

/// What a check-in at or after the time says besides.
pub fn heard(deadline: &Deadline) -> String {
    format!(
        "You were due out {}. We stop asking, and NO new time is set. Not out yet? Text a new \
         one, such as OUT SUN 6PM.",
        local_time(deadline.due_at, &deadline.zone)
    )
}

/// Nothing is set, or it is over: with the newest promise that was closed.
pub fn nothing_set(last: Option<&Deadline>) -> String {
    match last.and_then(|last| last.closed.as_ref().map(|closed| (last, closed))) {
        Some((last, closed)) => format!(
            "No time is set: {}. To set one text for example OUT SUN 6PM.",
            over(last, closed)
        ),
        None => "No time is set, and nothing was changed. To set one text for example OUT SUN 6PM.".into(),
    }
}

/// BACK closed the promise; `tells` says whether contacts read of it.
pub fn back(deadline: &Deadline, tells: bool, at: Timestamp) -> String {
    let told = match (deadline.alarm.is_some(), tells) {
        (true, true) => ". Your contacts were alerted; now they read that you are out.",
        (true, false) => ".",
        (false, true) => "; nobody is alerted. Your contacts get a text.",
        (false, false) => "; nobody is alerted.",
    };
    format!(
        "Welcome back. Closed {}{told} You did not text this? Text OUT and a time.",
        local_time(at, &deadline.zone)
    )
}

/// Another phone closed the promise with its words; `tells` says whether contacts read of it.
pub fn back_by_words(trail_name: &str, deadline: &Deadline, tells: bool) -> String {
    let told = match (deadline.alarm.is_some(), tells) {
        (true, true) => ". The contacts were alerted; now they read of it.",
        (true, false) => ".",
        (false, true) => "; nobody is alerted. The contacts get a text.",
        (false, false) => "; nobody is alerted.",
    };
    let name = plain_punctuation(trail_name);
    format!("{name} is out, it is noted{told} {name}'s own phone gets a text about it.")
}

/// The same to the hiker.
pub fn closed_by_words(deadline: &Deadline, by: &PhoneNumber, at: Timestamp) -> String {
    let alerted = if deadline.alarm.is_some() {
        ". Your contacts were alerted; now they read of it."
    } else {
        "; nobody is alerted."
    };
    format!(
        "{} texted BACK with your trip words, so your time is closed since {}{alerted} Not out? Text OUT and a time.",
        by.masked(),
        local_time(at, &deadline.zone)
    )
}

/// The promise with these words is closed already.
pub fn closed_before(last: &Deadline) -> String {
    match &last.closed {
        Some(closed) => format!("That time is over: {}. Nothing was changed.", over(last, closed)),
        None => unchanged(),
    }
}

/// There is no open promise with these words.
pub const UNKNOWN_WORDS: &str = "No time is set with these words; nothing was changed. They stand in our answer to OUT. In an \
                                 emergency call 000 or 112.";

/// OUT OFF closed the promise.
pub fn withdrawn(deadline: &Deadline) -> String {
    format!(
        "Withdrawn: out by {}. Nobody watches now. To set a time text for example OUT SUN 6PM.",
        local_time(deadline.due_at, &deadline.zone)
    )
}

/// A question to the hiker, of one segment: without the name if that makes it longer, because a page by satellite costs
/// money and minutes.
pub fn ask(
    stage: Stage,
    trail_name: &str,
    deadline: &Deadline,
    (contacts, at): (usize, Timestamp),
) -> String {
    let name = plain_punctuation(trail_name);
    let named = question(stage, Some(&name), deadline, (contacts, at));
    if segments(&named) > 1 {
        question(stage, None, deadline, (contacts, at))
    } else {
        named
    }
}

fn question(
    stage: Stage,
    name: Option<&str>,
    deadline: &Deadline,
    (contacts, at): (usize, Timestamp),
) -> String {
    let zone = &deadline.zone;
    let due = local_clock(deadline.due_at, zone);
    let code = zone_code(deadline.due_at, zone);
    let alert = match contacts {
        0 => "You have no contacts: nobody will be alerted.".to_owned(),
        1 => format!(
            "At {} we alert your contact.",
            local_clock(deadline.alert_at(), zone)
        ),
        several => format!(
            "At {} we alert your {several} contacts.",
            local_clock(deadline.alert_at(), zone)
        ),
    };
    let (you_are, it_is) = match name {
        Some(name) => (format!("{name}, you are"), format!("{name}, it is")),
        None => ("You are".to_owned(), "It is".to_owned()),
    };
    match stage {
        Stage::Ask1 => {
            format!("{you_are} due out by {due} {code}.\nOut: text BACK\nLater: text LATE 2H")
        }
        Stage::Ask2 => format!(
            "{it_is} {due} {code} and we have not heard that you are out.\nOut: text BACK\nLater: text LATE \
             2H\n{alert}"
        ),
        _ => format!(
            "{it_is} {} {code}. Last question: are you out?\nOut: text BACK\nLater: text LATE 2H\n{alert}",
            local_clock(at, zone)
        ),
    }
}

/// What the hiker reads when the contacts are alerted.
pub fn alerted(
    trail_name: &str,
    contacts: usize,
    deadline: &Deadline,
    (emergency, at): (&str, Timestamp),
) -> String {
    let clock = local_clock(at, &deadline.zone);
    let again = if deadline.newest_alert() > Some(Stage::Alert1) {
        " again"
    } else {
        ""
    };
    let whom = match contacts {
        0 => format!("{trail_name}, you are overdue, and you have no contact whom we can alert."),
        1 => format!("{trail_name}, we alerted your contact{again} at {clock}."),
        several => format!("{trail_name}, we alerted your {several} contacts{again} at {clock}."),
    };
    format!("{whom}\nOut: text BACK, it stands them down\nLater: text LATE 2H\nIn danger: call {emergency}")
}

/// A contact found the hiker.
pub fn found(kind: Kind, by: &str) -> String {
    let again = match kind {
        Kind::Out => "text OUT and a time",
        Kind::Call => "text ALERT",
    };
    format!("{by} tells us that you are found, so the alert is over. If that is wrong, {again}.")
}

/// No time was read. With `standing`, the time that stays set.
pub fn refused(refusal: &DueRefusal, standing: Option<&Deadline>) -> String {
    let unset = match standing {
        Some(deadline) => format!(
            "Nothing was changed, still due out {}.",
            local_time(deadline.due_at, &deadline.zone)
        ),
        None => "Nothing was set.".to_owned(),
    };
    format!("{unset} {}", why(refusal))
}

fn why(refusal: &DueRefusal) -> String {
    match refusal {
        DueRefusal::AsksOrQuotes => {
            "A question or a quoted text sets no time. Text for example OUT SUN 6PM.".to_owned()
        }
        DueRefusal::NoTime => "The time of day is missing. Text for example OUT SUN 6PM.".to_owned(),
        DueRefusal::TwoReadings { morning, evening } => format!(
            "Is that {} or {}? Text it again with AM or PM, such as OUT SUN 6PM.",
            typed_time(*morning),
            typed_time(*evening)
        ),
        DueRefusal::Midnight => {
            "Midnight belongs to two days. Text 11:59PM or 12:01AM, with the day.".to_owned()
        }
        DueRefusal::TwoTimes => "That names two days or two times. Text one, such as OUT SUN 6PM.".to_owned(),
        DueRefusal::ZoneWord => {
            "Times are those of your route; leave the zone out, such as OUT SUN 6PM.".to_owned()
        }
        DueRefusal::NextWeek => "Next week is not clear. Text the date, such as OUT 29 NOV 6PM.".to_owned(),
        DueRefusal::NoMonth => {
            "There is no such month; the day stands first, such as OUT 22/11 6PM.".to_owned()
        }
        DueRefusal::NoSuchDate => "There is no such date.".to_owned(),
        DueRefusal::DaysDiffer { date, .. } => format!(
            "{} is a {}. Text the day or the date, not both.",
            date.strftime("%-d %b"),
            date.strftime("%A")
        ),
        DueRefusal::NeedsDay => {
            "That time is past today or less than 15 minutes ahead. Name the day, such as OUT SUN 6PM."
                .to_owned()
        }
        DueRefusal::PassedToday { next, time } => format!(
            "That time has passed today. For next week text OUT {} {}.",
            next.strftime("%-d %b"),
            typed_time(*time)
        ),
        DueRefusal::Past => "That time has passed.".to_owned(),
        DueRefusal::TooSoon => {
            "That is less than 15 minutes ahead. If you are out, nothing is needed.".to_owned()
        }
        DueRefusal::TooFar => "That is more than 31 days ahead.".to_owned(),
        DueRefusal::SkippedHour { next } => format!(
            "The clocks go forward over that time. The next one is {}.",
            typed_time(*next)
        ),
        DueRefusal::Leftover => {
            "Text OUT with a day and a time only, such as OUT SUN 6PM. If you are out, text BACK.".to_owned()
        }
    }
}

/// LATE could not be read.
pub fn late_refused(refusal: DelayRefusal, deadline: &Deadline) -> String {
    format!(
        "Nothing was changed, still due out {}. {refusal}",
        local_time(deadline.due_at, &deadline.zone)
    )
}

/// The zone's letters at an instant: `AEDT`.
fn zone_code(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros())
        .map(|instant| instant.to_zoned(zone.clone()).strftime("%Z").to_string())
        .unwrap_or_default()
}
