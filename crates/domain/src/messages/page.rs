//! What an operator is paged with. A page has no name and no words of a hiker, and its numbers are masked, because pages
//! pass through the servers of others.

use std::time::Duration;

use super::count;
use crate::{page::PageKind, phone_number::PhoneNumber, time::Timestamp};

/// The title of a page.
pub const fn title(kind: PageKind) -> &'static str {
    match kind {
        PageKind::AlarmOpened => "Thunderbird: contacts are alerted",
        PageKind::AlarmUnclaimed => "Thunderbird: no contact deals with an alarm",
        PageKind::AlarmUnreached => "Thunderbird: an alarm has reached no contact",
        PageKind::Distress => "Thunderbird: a text asks for help",
        PageKind::TextFailed => "Thunderbird: a text did not arrive",
        PageKind::StageLate => "Thunderbird: the watch is late",
        PageKind::FetchFailing => "Thunderbird: missed texts cannot be fetched",
        PageKind::ClockHeld => "Thunderbird: the clock is in doubt",
    }
}

/// An alarm was opened or raised, and so many contacts are alerted.
pub fn alarm_opened(asked: bool, contacts: usize) -> String {
    let why = if asked {
        "A hiker asks for help by ALERT"
    } else {
        "A hiker is overdue"
    };
    if contacts == 0 {
        format!("{why}, and there is no contact who can be alerted.")
    } else {
        let contacts = count(contacts, "contact is", "contacts are");
        format!("{why}, and {contacts} alerted now.")
    }
}

/// No contact deals with an alarm.
pub fn unclaimed() -> String {
    "An alarm was opened an hour ago, and no contact has replied ACTING.".to_owned()
}

/// A contact dealt with an alarm, and has said nothing for too long.
pub fn lapsed() -> String {
    "A contact replied ACTING to an alarm, has not said within three hours how it ended, and no other contact deals with it."
        .to_owned()
}

/// No contact was reached.
pub fn unreached() -> String {
    "No alert of an open alarm has reached a contact. Call the contacts yourself. This is said again every 15 minutes \
     until a contact is reached or the alarm is closed."
        .to_owned()
}

/// A text asks for help in words.
pub fn distress(sender: &PhoneNumber) -> String {
    format!(
        "A text from {} asks for help in words. It was answered with the emergency number; no contact was reported of it.",
        sender.masked()
    )
}

/// A hiker asks for help by ALERT, and may not alert contacts any more today.
pub fn alert_refused(sender: &PhoneNumber) -> String {
    format!(
        "A hiker at {} texted ALERT again, and nothing more was sent to contacts: the calls of a day are used up. The hiker was \
         answered with the emergency number.",
        sender.masked()
    )
}

/// A text about somebody's safety did not arrive.
pub fn text_failed(to: Option<&PhoneNumber>, state: &str, code: Option<u32>) -> String {
    let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
    let to = to.map_or_else(|| "a number that cannot be read".to_owned(), PhoneNumber::masked);
    format!("A text about a hiker's safety has not arrived at {to}: {state}{code}.")
}

/// The watch over promises does no rounds.
pub fn watch_stands(since: Duration) -> String {
    format!(
        "The watch over hikers' promises has done no round for {}: questions and alerts are not sent. Restart the service.",
        minutes(since)
    )
}

fn minutes(span: Duration) -> String {
    let minutes = usize::try_from(span.as_secs() / 60).unwrap_or(usize::MAX);
    count(minutes.max(1), "minute", "minutes")
}

/// A stage of a promise is late.
pub fn stage_late(late: Duration) -> String {
    let late = minutes(late);
    format!("A stage of a hiker's promise is {late} late: a question or an alert has not been sent.")
}

/// Texts that no webhook brought cannot be fetched.
pub fn fetch_failing() -> String {
    "Texts that hikers sent while the service did not hear cannot be fetched from Twilio. A BACK may be among them, so \
     alerts are held for 10 minutes and then say so."
        .to_owned()
}

/// Alerts are held because of the clock.
pub fn clock_held() -> String {
    "The clock of the machine is in doubt. Alerts to contacts are held for 10 minutes at most. Set the clock right."
        .to_owned()
}

/// What the operator's own test says.
pub fn test() -> String {
    "This is a test by `thunderbird doctor --page`. Nothing has happened.".to_owned()
}

/// Many events of one kind.
pub fn together(kind: PageKind, events: u64, since: Timestamp) -> String {
    let events_word = if events == 1 { "event" } else { "events" };
    let what = match kind {
        PageKind::AlarmOpened => "alarms that were opened",
        PageKind::AlarmUnclaimed => "alarms that no contact deals with",
        PageKind::AlarmUnreached => "alarms that have reached no contact",
        PageKind::Distress => "texts that ask for help",
        PageKind::TextFailed => "texts about a hiker's safety that did not arrive",
        PageKind::StageLate => "late stages",
        PageKind::FetchFailing => "failures to fetch missed texts",
        PageKind::ClockHeld => "doubts about the clock",
    };
    format!(
        "{events} more {events_word} since {}: {what}. They are reported together, because there are many.",
        since.floor_to_second()
    )
}

/// The text of a page that goes by mail.
pub fn mailed(message: &str, link: &str) -> String {
    format!("{message}\n\n{link}\n")
}
