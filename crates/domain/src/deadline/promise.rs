//! A promise: the time by which a hiker is out, and everything that has happened about it.

use std::{collections::BTreeMap, time::Duration};

use jiff::tz::TimeZone;

use super::{
    alarm::Alarm,
    plan::Plan,
    stage::{ALERT_AFTER, Outcome, Stage, StageRow},
    trip_words::TripWords,
};
use crate::{
    id::{DeadlineId, UserId},
    phone_number::PhoneNumber,
    random::Tag,
    route::RouteId,
    time::Timestamp,
};

/// What is watched. A hiker has at most one open row of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The hiker promises to be out by the time.
    Out,
    /// The hiker asks the contacts for help. Its time is that of the call, and its alarm is open from the beginning.
    Call,
}

crate::word::word_enum!(Kind {
    Out => "out",
    Call => "call",
});

/// How a promise was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetBy {
    /// The text OUT.
    Text,
    /// The linked account, by web.
    Web,
    /// The text LATE or its like by web, by this much.
    Late(Duration),
}

impl SetBy {
    /// The word for it, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Web => "web",
            Self::Late(_) => "late",
        }
    }
}

/// How a promise was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// The hiker said BACK.
    Back,
    /// The hiker checked in at or after the time.
    HeardOf,
    /// Another time took its place.
    Replaced,
    /// The hiker withdrew it, without saying that they are out.
    Withdrawn,
    /// The hiker said ALERT OFF, without saying that they are out.
    CalledOff,
    /// A contact said FOUND.
    Found,
    /// An operator knows that the hiker is found.
    OperatorFound,
    /// An operator knows that it was a false alarm.
    OperatorFalseAlarm,
    /// An operator has handed it over to Police.
    OperatorPolice,
    /// The hiker's time on the number ended.
    Ended,
}

crate::word::word_enum!(How {
    Back => "back",
    HeardOf => "heard",
    Replaced => "replaced",
    Withdrawn => "withdrawn",
    CalledOff => "called_off",
    Found => "found",
    OperatorFound => "operator_found",
    OperatorFalseAlarm => "operator_false_alarm",
    OperatorPolice => "operator_police",
    Ended => "ended",
});

/// The end of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When it was closed (UTC).
    pub at: Timestamp,
    /// How it was closed.
    pub how: How,
    /// The contact who said FOUND.
    pub by: Option<PhoneNumber>,
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Its time lies ahead.
    Armed,
    /// The hiker is asked.
    Asking,
    /// The contacts are alerted.
    Alarmed,
    /// It is over.
    Closed,
}

crate::word::word_enum!(State {
    Armed => "armed",
    Asking => "asking",
    Alarmed => "alarmed",
    Closed => "closed",
});

/// A promise with its stages and its alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Names the row before it has an id, and every text about it.
    pub tag: Tag,
    /// Whose promise it is.
    pub user: UserId,
    /// What is promised.
    pub kind: Kind,
    /// The hiker's number.
    pub phone: PhoneNumber,
    /// The words with which any phone can close it. A promise from before there were words has none.
    pub words: Option<TripWords>,
    /// The route at the time of setting.
    pub route: RouteId,
    /// The zone that the time is shown in; fixed when the time was set.
    pub zone: TimeZone,
    /// The promised time.
    pub due_at: Timestamp,
    /// When it was set (UTC).
    pub set_at: Timestamp,
    /// How it was set.
    pub set_by: SetBy,
    /// When a backup was put back in which it was open (UTC): what the hiker has said since the backup can be lost.
    pub restored_at: Option<Timestamp>,
    /// The promise that this one took the place of.
    pub replaces: Option<DeadlineId>,
    /// How it was closed; `None` while it is open.
    pub closed: Option<Closed>,
    /// What is sent when, and what became of it.
    pub stages: Vec<StageRow>,
    /// The alarm; `None` until the first alert.
    pub alarm: Option<Alarm>,
    /// What the hiker has written about the trip; empty if nothing. A promise that takes the place of this one takes it over.
    pub plan: Plan,
    /// The contacts who know a time, of this promise or of one that it took the place of, with the time that they know.
    pub informed: BTreeMap<PhoneNumber, Timestamp>,
}

impl Deadline {
    /// Where the promise stands.
    pub fn state(&self) -> State {
        if self.closed.is_some() {
            State::Closed
        } else if self.alarm.is_some() {
            State::Alarmed
        } else if self.has_fired(Stage::Ask2) || self.has_fired(Stage::Ask3) {
            State::Asking
        } else {
            State::Armed
        }
    }

    /// When the hiker asked the contacts for help, if it was for help that the alarm was opened or raised.
    pub fn asked_at(&self) -> Option<Timestamp> {
        self.alarm.as_ref().and_then(|alarm| alarm.asked_at)
    }

    /// Whether a contact deals with its alarm.
    pub fn is_acted_upon(&self) -> bool {
        self.alarm.as_ref().is_some_and(|alarm| alarm.acting.is_some())
    }

    /// Whether it is watched.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// When the contacts are alerted unless something changes.
    pub fn alert_at(&self) -> Timestamp {
        self.row(Stage::Alert1)
            .and_then(|row| row.due_at)
            .unwrap_or_else(|| self.due_at.plus(ALERT_AFTER))
    }

    /// When the earliest open stage is due; `None` for a closed promise.
    pub fn next_due_at(&self) -> Option<Timestamp> {
        self.stages.iter().filter_map(StageRow::open_at).min()
    }

    /// The row of a stage.
    pub fn row(&self, stage: Stage) -> Option<&StageRow> {
        self.stages.iter().find(|row| row.stage == stage)
    }

    /// The newest alert that the contacts have.
    pub fn newest_alert(&self) -> Option<Stage> {
        Stage::ALERTS.into_iter().rfind(|stage| self.has_fired(*stage))
    }

    /// Whether the texts of a stage were queued.
    pub fn has_fired(&self, stage: Stage) -> bool {
        self.row(stage)
            .and_then(|row| row.ending)
            .is_some_and(|ending| ending.outcome == Outcome::Fired)
    }
}
