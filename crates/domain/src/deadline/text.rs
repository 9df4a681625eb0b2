//! The texts about a promise: their tags, classes and lives. Their words stand in `messages`.

use std::time::Duration;

use super::{
    promise::Deadline,
    reason::Verdict,
    stage::Stage,
    store::{Hiker, Watcher},
};
use crate::{
    messages,
    outgoing::{Class, Outgoing, OutgoingText, Words},
    phone_number::{PhoneNumber, TextableRegions},
    time::Timestamp,
};

/// What a text about a promise is for: with the recipient it names the text, so that it is queued once at most.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// A stage of the schedule.
    Stage(Stage),
    /// The time once more, with another route; names the instant at which it is due.
    Route(Timestamp),
    /// To the hiker, about the contacts who do not hear of the time.
    LeftOut,
    /// The hiker asks for help once more after the last alert; names the instant.
    Asked(Timestamp),
    /// The hiker's own words, to contacts who are ready; names the instant.
    Words(Timestamp),
    /// To the hiker, about an alert.
    Alerted(Stage),
    /// The nth claim, to the other contacts.
    Claim(u8),
    /// What Police will ask, to the contact whose nth claim came by a call.
    Claimer(u8),
    /// The end of the alarm.
    StandDown,
    /// The end of the promise, without an alarm.
    Closing,
}

impl Purpose {
    fn word(self) -> String {
        match self {
            Self::Stage(stage) => format!("stage {stage}"),
            Self::Route(at) => format!("route {}", at.as_micros()),
            Self::LeftOut => "left out".to_owned(),
            Self::Asked(at) => format!("asked {}", at.as_micros()),
            Self::Words(at) => format!("words {}", at.as_micros()),
            Self::Alerted(stage) => format!("alerted {stage}"),
            Self::Claim(claim) => format!("claim {claim}"),
            Self::Claimer(claim) => format!("claimer {claim}"),
            Self::StandDown => "stand-down".to_owned(),
            Self::Closing => "closing".to_owned(),
        }
    }

    const fn class(self) -> Class {
        match self {
            // A question that the day's figure held back would stay unanswered, and the alarm would be raised.
            Self::Stage(
                Stage::Ask1
                | Stage::Ask2
                | Stage::Ask3
                | Stage::AskClaimer(_)
                | Stage::Alert1
                | Stage::Alert2
                | Stage::Alert3
                | Stage::Joined,
            )
            | Self::Asked(_)
            | Self::Words(_)
            | Self::Alerted(_)
            | Self::Claim(_)
            | Self::Claimer(_)
            | Self::StandDown => Class::Alarm,
            // The contacts can do without this one, so the daily cap may hold it back.
            Self::Stage(Stage::Notice) | Self::Route(_) | Self::LeftOut => Class::Notice,
            Self::Stage(Stage::Lapse(_)) | Self::Closing => Class::Safety,
        }
    }
}

impl Deadline {
    /// A text about the promise.
    pub(super) fn text(
        &self,
        purpose: Purpose,
        to: &PhoneNumber,
        words: String,
        at: Timestamp,
    ) -> OutgoingText {
        let class = purpose.class();
        // What a restored backup holds as sent is sent again if it is due again.
        let again = self
            .restored_at
            .map_or_else(String::new, |at| format!(" restored {}", at.as_micros()));
        let named = format!("deadline {} {}{again}", purpose.word(), to.as_str());
        OutgoingText {
            tag: self.tag.derived(&named, 0),
            to: to.clone(),
            class,
            words: Words::Plain(words),
            not_before: at,
            expires_at: at.plus(class.life()),
            user: Some(self.user),
        }
    }

    /// A question, which is worth sending until the next stage begins.
    pub(super) fn question(
        &self,
        stage: Stage,
        to: &PhoneNumber,
        words: String,
        at: Timestamp,
    ) -> OutgoingText {
        let next = self.next_due_at().filter(|next| *next > at);
        let mut text = self.text(Purpose::Stage(stage), to, words, at);
        text.expires_at = next
            .unwrap_or_else(|| at.plus(Duration::from_hours(1)))
            .min(text.expires_at);
        text
    }
}

impl Watcher {
    /// Whether the contact may be texted.
    pub fn may_be_texted(&self, textable: &TextableRegions) -> bool {
        !self.opted_out && textable.check(&self.phone).is_ok()
    }
}

/// What the other contacts of the alarm read when one of them deals with it.
pub fn another_acts(
    deadline: &Deadline,
    by: &PhoneNumber,
    trail_name: &str,
    at: Timestamp,
) -> Vec<OutgoingText> {
    let Some(alarm) = &deadline.alarm else {
        return Vec::new();
    };
    let name = alarm.contact(by).map(|contact| contact.name.clone());
    let name = name
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| by.masked());
    let words = messages::claim::another_acts(&name, trail_name);
    let others = alarm.contacts.iter().filter(|contact| contact.phone != *by);
    others
        .map(|contact| deadline.text(Purpose::Claim(alarm.claims), &contact.phone, words.clone(), at))
        .collect()
}

/// The texts of a claim that came by a call: what Police will ask, to the contact who deals with the alarm, and that they
/// do, to the others.
pub fn claimed_by_call(
    hiker: &Hiker,
    (deadline, route): (&Deadline, &str),
    by: &PhoneNumber,
    at: Timestamp,
) -> Vec<OutgoingText> {
    let claims = deadline.alarm.as_ref().map_or(0, |alarm| alarm.claims);
    let words = messages::claim::acting(hiker, (deadline, route));
    let mut texts = vec![deadline.text(Purpose::Claimer(claims), by, words, at)];
    texts.extend(another_acts(deadline, by, &hiker.trail_name, at));
    texts
}

/// What the hiker reads when another phone closed the promise with its words.
pub fn closed_by_words(deadline: &Deadline, by: &PhoneNumber, at: Timestamp) -> Outgoing {
    let words = messages::deadline::closed_by_words(deadline, by, at);
    Outgoing::Text(deadline.text(Purpose::Closing, &deadline.phone, words, at))
}

/// What the hiker reads when an operator closed the promise or the call; `standing` is the time that is watched all the same.
pub fn closed_by_operator_text(
    deadline: &Deadline,
    verdict: Verdict,
    standing: Option<&Deadline>,
    at: Timestamp,
) -> Outgoing {
    let words = messages::operator::to_hiker(deadline, verdict, standing, at);
    Outgoing::Text(deadline.text(Purpose::Closing, &deadline.phone, words, at))
}

/// What the hiker reads when a contact said FOUND.
pub fn found_text(deadline: &Deadline, by: &str, at: Timestamp) -> Outgoing {
    let words = messages::deadline::found(deadline.kind, by);
    Outgoing::Text(deadline.text(Purpose::Closing, &deadline.phone, words, at))
}
