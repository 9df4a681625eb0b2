//! What is said on the phone: an alert, what the keys do, and what became of a key.

use jiff::tz::TimeZone;

use super::alarm::AlertFacts;
use crate::{deadline::Hiker, sms::parts::plain_punctuation, time::Timestamp};

/// An instant as it is said: `Thursday 19 November, 6:40 pm`.
fn spoken_time(at: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_microsecond(at.as_micros()) {
        Ok(instant) => instant
            .to_zoned(zone.clone())
            .strftime("%A %-d %B, %-I:%M %P")
            .to_string(),
        Err(_) => at.to_string(),
    }
}

/// Digits that are said one by one.
fn spoken_digits(number: &str) -> String {
    let digits: Vec<String> = number.chars().map(String::from).collect();
    digits.join(" ")
}

/// What a contact hears of an alert: the facts of its text, in whole sentences.
pub fn alert(facts: &AlertFacts<'_>) -> String {
    let AlertFacts { hiker, deadline, .. } = *facts;
    let name = plain_punctuation(&hiker.trail_name);
    let zone = &deadline.zone;
    let which = facts
        .number
        .map(|number| format!(" Alert {number} of 3."))
        .unwrap_or_default();
    let mut said = vec![format!(
        "This is Thunderbird, the safety service for hikers.{which}"
    )];
    let asked_at = deadline.asked_at();
    said.push(match asked_at {
        Some(at) => format!(
            "{name} asks for help. The phone texted ALERT on {}.",
            spoken_time(at, zone)
        ),
        None => format!("{name} is overdue."),
    });
    said.push(match facts.promised {
        Some(at) => format!(
            "{name} planned to be out of the {} by {}.",
            facts.route,
            spoken_time(at, zone)
        ),
        None => format!("The route is the {}.", facts.route),
    });
    said.push(last_check_in(hiker, zone));
    if !facts.words.is_empty() {
        said.push(format!("{name} wrote: {}.", facts.words));
    }
    said.push(format!(
        "Call and text {name} now. If there is no answer, call {} and ask for Police. We do not call Police.",
        spoken_digits(facts.emergency)
    ));
    said.join(" ")
}

fn last_check_in(hiker: &Hiker, zone: &TimeZone) -> String {
    match &hiker.last_check_in {
        Some(last) => format!(
            "The last check-in was at {}, on {}.",
            plain_punctuation(&last.camp),
            spoken_time(last.at, zone)
        ),
        None => "There was no check-in.".to_owned(),
    }
}

/// What the keys do.
pub fn keys() -> String {
    "Press 1 if you deal with it. Press 2 to hear this again. Press 9 if you want no more calls from us."
        .to_owned()
}

/// What is said if no key was pressed.
pub fn farewell() -> String {
    "No key was pressed. You can still reply ACTING to our text. Goodbye.".to_owned()
}

/// The contact deals with the alarm.
pub fn acting(trail_name: &str) -> String {
    let name = plain_punctuation(trail_name);
    format!(
        "Thank you. You deal with it, and the other contacts are told. We text you what Police will ask. When {name} is \
         safe, reply FOUND to our text. Goodbye."
    )
}

/// A second contact deals with the alarm.
pub fn noted(by: &str, trail_name: &str) -> String {
    format!(
        "Thank you. {} is acting for {} already, and both are noted. Goodbye.",
        plain_punctuation(by),
        plain_punctuation(trail_name)
    )
}

/// Another contact deals with the alarm.
pub fn another_acts(by: &str, trail_name: &str) -> String {
    let (by, name) = (plain_punctuation(by), plain_punctuation(trail_name));
    format!("This is Thunderbird. {by} is acting for {name}. You need do nothing unless {by} asks. Goodbye.")
}

/// The alarm is over.
pub fn over(trail_name: Option<&str>) -> String {
    let whose = trail_name.map_or_else(String::new, |name| format!(" about {}", plain_punctuation(name)));
    format!("This is Thunderbird. The alert{whose} is over. You need do nothing. Goodbye.")
}

/// The number wants no more calls.
pub fn no_more_calls() -> String {
    "We do not call this number again. Our texts go on. To allow calls again, text READY to us. Goodbye."
        .to_owned()
}
