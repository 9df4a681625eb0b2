//! What contacts read who have been alerted: the answers to ACTING, FOUND and other words, and the question to the one who acts.

use super::{
    alarm::{called, last_check_in, last_heard},
    local_time,
};
use crate::{
    deadline::{AlarmContact, Deadline, Hiker, How, Kind},
    sms::parts::plain_punctuation,
    time::Timestamp,
};

/// What the claimer reads: what Police will ask.
pub fn acting(hiker: &Hiker, (deadline, route): (&Deadline, &str)) -> String {
    let name = plain_punctuation(&hiker.trail_name);
    let phone = deadline.phone.as_str();
    let is_alone = deadline
        .alarm
        .as_ref()
        .is_some_and(|alarm| alarm.contacts.len() < 2);
    let told = if is_alone { "" } else { "; the others are told" };
    let heard = hiker.heard_since_check_in().map_or_else(String::new, |heard| {
        format!(" {}", last_heard(&name, heard, &deadline.zone))
    });
    let zone = &deadline.zone;
    let asked = deadline
        .asked_at()
        .map(|at| format!("asked for help {}", local_time(at, zone)));
    let due = (deadline.kind == Kind::Out).then(|| format!("due out {}", local_time(deadline.due_at, zone)));
    let why: Vec<String> = asked.into_iter().chain(due).collect();
    format!(
        "You deal with it{told}. For Police: {name}, phone {phone}, {route}, {}. {}.{heard}\nReply FOUND when {name} \
         is safe.",
        why.join(", "),
        last_check_in(hiker.last_check_in.as_ref(), deadline)
    )
}

/// What the other contacts read about a claim.
pub fn another_acts(by: &str, trail_name: &str) -> String {
    let by = plain_punctuation(by);
    format!(
        "Thunderbird: {by} is acting for {}. You need do nothing unless {by} asks.",
        plain_punctuation(trail_name)
    )
}

/// A second contact says ACTING.
pub fn noted(by: &AlarmContact) -> String {
    format!("{} is acting already; both are noted.", called(by))
}

/// The same contact says ACTING again.
pub fn acting_again(trail_name: &str) -> String {
    format!(
        "You are dealing with it, and that is noted. Reply FOUND when {} is safe.",
        plain_punctuation(trail_name)
    )
}

/// No alert to this number is open.
pub fn no_alert() -> String {
    "No alert to you is open. Nothing was changed.".to_owned()
}

/// The newest alert to this number is over.
pub fn over_since(trail_name: &str, deadline: &Deadline, at: Timestamp) -> String {
    let name = plain_punctuation(trail_name);
    let over = format!(
        "The alert for {name} is over since {}. Nothing was changed.",
        local_time(at, &deadline.zone)
    );
    match deadline.closed.as_ref().map(|closed| closed.how) {
        Some(How::OperatorPolice) => {
            format!("{over} Police deal with it: if you know where {name} is, tell Police.")
        }
        _ => over,
    }
}

/// Several hikers are in alarm; `word` and a number choose one.
pub fn which(word: &str, hikers: &[(usize, &str)]) -> String {
    let lines: Vec<String> = hikers
        .iter()
        .map(|(number, name)| format!("{word} {number}: {}", plain_punctuation(name)))
        .collect();
    format!("Nothing was changed. For whom? Reply\n{}", lines.join("\n"))
}

/// The contact said FOUND.
pub fn found(trail_name: &str) -> String {
    format!(
        "Thank you. The alert for {} is closed, and everybody who was alerted is told.",
        plain_punctuation(trail_name)
    )
}

/// A question to the contact who deals with the alarm.
pub fn ask_claimer(trail_name: &str, deadline: &Deadline) -> String {
    let name = plain_punctuation(trail_name);
    let mut alerts = deadline.stages.iter().filter(|row| row.stage.alert().is_some());
    let next = if alerts.any(|row| row.ending.is_none()) {
        "Without FOUND the alerts go on in 1 hour."
    } else {
        "All three alerts are sent; no further one follows."
    };
    format!("Thunderbird: is there news of {name}? Reply FOUND when {name} is safe. {next}")
}

/// A contact who was alerted writes something else.
pub fn deal_with_it() -> String {
    "Nobody reads this. If you deal with it, reply ACTING. When found, reply FOUND.".to_owned()
}
