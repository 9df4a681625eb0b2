//! What hikers and contacts read when an operator has closed an alarm. Every text names the operator as its source.

use super::{deadline::still_due, local_time};
use crate::{
    deadline::{Deadline, Verdict},
    sms::parts::plain_punctuation,
    time::Timestamp,
};

/// What an alerted contact reads. If Police have it, the contacts are not stood down: Police may ask them.
pub fn stand_down(trail_name: &str, deadline: &Deadline, verdict: Verdict, at: Timestamp) -> String {
    let name = plain_punctuation(trail_name);
    let clock = local_time(at, &deadline.zone);
    match verdict {
        Verdict::Found => format!(
            "Thunderbird: STAND DOWN. Our operator closed the alert, {clock}: {name} is found. If you called Police, \
             tell them now."
        ),
        Verdict::FalseAlarm => format!(
            "Thunderbird: STAND DOWN. Our operator closed the alert, {clock}: it was a false alarm. Call {name} to be \
             sure. If you called Police, tell them now."
        ),
        Verdict::Police => format!(
            "Thunderbird: Our operator closed the alert for {name}, {clock}: Police deal with it now. We send no more \
             about it. If you know where {name} is, tell Police."
        ),
    }
}

/// What a contact reads who knows a time and has no alert.
pub fn closed(trail_name: &str, deadline: &Deadline, verdict: Verdict, at: Timestamp) -> String {
    let name = plain_punctuation(trail_name);
    let clock = local_time(at, &deadline.zone);
    let what = match verdict {
        Verdict::Found => "the hiker is found",
        Verdict::FalseAlarm => "it was a false alarm",
        Verdict::Police => "Police deal with it now",
    };
    format!(
        "Thunderbird: Our operator closed the time of {name}, {clock}: {what}. Nobody watches it any more."
    )
}

/// What the hiker reads, who can contradict; `standing` is the time that is watched all the same.
pub fn to_hiker(deadline: &Deadline, verdict: Verdict, standing: Option<&Deadline>, at: Timestamp) -> String {
    let clock = local_time(at, &deadline.zone);
    let closed = if deadline.alarm.is_some() {
        "your alert"
    } else {
        "the time that you set"
    };
    let what = match verdict {
        Verdict::Found => "you are found",
        Verdict::FalseAlarm => "it was a false alarm",
        Verdict::Police => "Police deal with it",
    };
    let watched = standing.map_or_else(|| "We watch no time of yours now.".to_owned(), still_due);
    let next = match verdict {
        Verdict::Found | Verdict::FalseAlarm => "If that is wrong, text ALERT, or OUT and a new time.",
        Verdict::Police => "If you are safe, tell Police and your contacts.",
    };
    format!("Our operator closed {closed}, {clock}: {what}. {watched} {next}")
}
