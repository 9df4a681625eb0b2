//! Mails to contacts about an alarm. They say what the texts say, but never the hiker's own words, because it was not
//! shown that the address is the contact's.

use super::alarm::{self, AlertFacts};
use crate::{
    deadline::{Deadline, Reason, Through},
    messages::{local_clock, local_time},
    time::Timestamp,
};

/// Longest name in a mail, in characters: as much as a hiker may give.
const LONGEST_NAME: usize = 30;

/// The name as a mail shows it. What would begin a new line or make a link of it is gone, whatever a stored name holds.
fn name_of(trail_name: &str) -> String {
    let shown: String = trail_name
        .chars()
        .map(|letter| match letter {
            _ if letter.is_control() => ' ',
            '.' | '/' | ':' | '@' | '<' | '>' => ' ',
            other => other,
        })
        .take(LONGEST_NAME)
        .collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    if words.is_empty() {
        "A hiker".to_owned()
    } else {
        words.join(" ")
    }
}

/// The subject and the words of an alert.
pub fn alert(facts: &AlertFacts<'_>) -> (String, String) {
    let AlertFacts { hiker, deadline, .. } = *facts;
    let name = name_of(&hiker.trail_name);
    let which = facts
        .number
        .map(|number| format!(" {number} of 3"))
        .unwrap_or_default();
    let asked_at = deadline.asked_at();
    let what = if asked_at.is_some() {
        format!("{name} asks for help")
    } else {
        format!("{name} is overdue")
    };
    let subject = format!("ALERT{which}: {what}");
    let mut lines = vec![
        "This is Thunderbird, the safety service for hikers.".to_owned(),
        String::new(),
        format!("ALERT{which}: {what}."),
    ];
    lines.extend(what_is_known(facts));
    lines.push(String::new());
    lines.push(what_to_do(facts, &name));
    lines.push(
        "If you deal with it, text ACTING to the number that our texts come from. An answer to this mail is not read."
            .to_owned(),
    );
    lines.push("Thunderbird does not call Police.".to_owned());
    (subject, lines.join("\n"))
}

/// When the hiker asked for help or wanted to be out, and where they were last.
fn what_is_known(facts: &AlertFacts<'_>) -> Vec<String> {
    let AlertFacts { deadline, route, .. } = *facts;
    let zone = &deadline.zone;
    let asked = deadline
        .asked_at()
        .map(|at| format!("The phone texted ALERT on {}", local_time(at, zone)));
    let due = facts
        .promised
        .map(|at| format!("Due out of the {route}: {}", local_time(at, zone)));
    let mut lines: Vec<String> = asked.into_iter().collect();
    lines.push(due.unwrap_or_else(|| format!("Route: {route}")));
    lines.push(alarm::last_check_in(facts.hiker.last_check_in.as_ref(), deadline));
    if let Some(heard) = facts.hiker.heard_since_check_in() {
        lines.push(format!(
            "The hiker's phone last texted us on {}",
            local_time(heard, zone)
        ));
    }
    if facts.late.is_some() {
        lines.push("This alert is late: our service was down, a text from the hiker may be lost.".to_owned());
    }
    if let Some(restored_at) = deadline.restored_at {
        lines.push(format!(
            "Our service was put back to an older copy on {}; a text from the hiker may be lost.",
            local_time(restored_at, zone)
        ));
    }
    lines
}

fn what_to_do(facts: &AlertFacts<'_>, name: &str) -> String {
    let emergency = facts.emergency;
    if facts.deadline.asked_at().is_some() {
        format!("Call {name} now. No answer or in danger: call {emergency}, ask for Police.")
    } else if facts.number == Some(1) {
        let by = local_clock(facts.call_by, &facts.deadline.zone);
        format!("Call and text {name} now. No answer by {by}: call {emergency}, ask for Police.")
    } else {
        format!("Call and text {name} now. No answer: call {emergency} now, ask for Police.")
    }
}

/// The subject and the words of what ends an alarm. Who found the hiker is not named: the hiker chose that name.
pub fn stand_down(
    trail_name: &str,
    deadline: &Deadline,
    (reason, through): (&Reason, Through),
    at: Timestamp,
) -> (String, String) {
    let name = name_of(trail_name);
    let reason = match reason {
        Reason::Found { .. } => Reason::Found {
            by: "A contact".to_owned(),
        },
        other => other.clone(),
    };
    let words = alarm::stand_down(&name, deadline, (&reason, through), at);
    (format!("STAND DOWN: the alert about {name} is over"), words)
}

/// What stands below every mail to a contact.
pub fn footer(stop: &str) -> String {
    format!(
        "\n\n-- \nA hiker has given us this address as that of a contact.\nNo more mails from us to this address: {stop}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_name_can_make_no_line_and_no_link() {
        let name = name_of("Sam\r\nBcc: eve@evil.example\u{2028}http://evil.example");
        assert!(!name.chars().any(char::is_control), "{name:?}");
        assert!(!name.contains(['@', '.', ':', '/']), "{name}");
        assert!(name.starts_with("Sam Bcc eve evil"), "{name}");
        assert_eq!(name_of("\r\n"), "A hiker");
        assert_eq!(name_of("Sam O'Neill-Kühn"), "Sam O'Neill-Kühn");
    }
}
