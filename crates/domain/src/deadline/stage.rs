//! The stages of a promise: what is sent when, counted from the promised time.

use std::{fmt, time::Duration};

use crate::time::Timestamp;

/// How long after the promised time the contacts are alerted.
pub const ALERT_AFTER: Duration = Duration::from_hours(1);

/// How long after the setting the contacts hear of it. A further change in between replaces it.
pub(super) const TELL_AFTER: Duration = Duration::from_mins(2);

/// How long after a contact was added during an alarm they are alerted: the text that introduces them goes first.
pub(super) const JOIN_AFTER: Duration = Duration::from_secs(30);

/// A promise that is set less than this before its time has no early reminder.
const REMIND_IF_AHEAD: Duration = Duration::from_hours(2);

/// How long before the promised time the hiker is reminded.
const REMIND_BEFORE: Duration = Duration::from_hours(1);

/// How long the hiker has to answer the last question.
pub(super) const LAST_QUESTION: Duration = Duration::from_mins(30);

/// Questions to contacts who deal with an alarm, at most this many a promise.
const QUESTIONS_TO_CLAIMERS: u8 = 2;

/// What is sent at one point of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The contacts hear of the time.
    Notice,
    /// The hiker is reminded before the time.
    Ask1,
    /// The hiker is asked at the time.
    Ask2,
    /// The hiker is asked for the last time.
    Ask3,
    /// The contacts are alerted.
    Alert1,
    /// The contacts are alerted again.
    Alert2,
    /// The contacts are alerted for the last time.
    Alert3,
    /// The contact who deals with the alarm for the nth time that one does is asked for news.
    AskClaimer(u8),
    /// The nth claim ends without news.
    Lapse(u8),
    /// Contacts who were added during the alarm get the newest alert. It comes again for the next one who is added.
    Joined,
}

impl Stage {
    /// The stages of a new promise with their due instants.
    pub(super) fn schedule(due_at: Timestamp, set_at: Timestamp) -> Vec<StageRow> {
        let alert = due_at.plus(ALERT_AFTER);
        let mut stages = vec![(Self::Notice, set_at.plus(TELL_AFTER))];
        if due_at.since(set_at) >= REMIND_IF_AHEAD {
            stages.push((Self::Ask1, due_at.minus(REMIND_BEFORE)));
        }
        stages.extend([
            (Self::Ask2, due_at),
            (Self::Ask3, due_at.plus(LAST_QUESTION)),
            (Self::Alert1, alert),
            (Self::Alert2, alert.plus(Duration::from_hours(1))),
            (Self::Alert3, alert.plus(Duration::from_hours(3))),
        ]);
        stages
            .into_iter()
            .map(|(stage, at)| StageRow::due(stage, at))
            .collect()
    }

    /// The stages of a call for help: its first alert leaves in the commit that stores it.
    pub(super) fn of_call(at: Timestamp) -> Vec<StageRow> {
        let mut first = StageRow::due(Self::Alert1, at);
        first.end(Outcome::Fired, at);
        let second = StageRow::due(Self::Alert2, at.plus(Duration::from_hours(1)));
        let third = StageRow::due(Self::Alert3, at.plus(Duration::from_hours(3)));
        vec![first, second, third]
    }

    /// What follows a claim.
    pub(super) fn after_claim(claim: u8, at: Timestamp) -> Vec<StageRow> {
        let question = StageRow::due(Self::AskClaimer(claim), at.plus(Duration::from_hours(2)));
        let lapse = StageRow::due(Self::Lapse(claim), at.plus(Duration::from_hours(3)));
        if claim <= QUESTIONS_TO_CLAIMERS {
            vec![question, lapse]
        } else {
            vec![lapse]
        }
    }

    /// The number of the alert, if it is one: 1 to 3.
    pub const fn alert(self) -> Option<u8> {
        match self {
            Self::Alert1 => Some(1),
            Self::Alert2 => Some(2),
            Self::Alert3 => Some(3),
            _ => None,
        }
    }

    /// All alerts, in their order.
    pub(super) const ALERTS: [Self; 3] = [Self::Alert1, Self::Alert2, Self::Alert3];

    /// Whether it is a question to the hiker.
    pub const fn is_ask(self) -> bool {
        matches!(self, Self::Ask1 | Self::Ask2 | Self::Ask3)
    }

    /// Reads the word that [`fmt::Display`] writes.
    pub fn parse(word: &str) -> Option<Self> {
        let fixed = [
            Self::Notice,
            Self::Ask1,
            Self::Ask2,
            Self::Ask3,
            Self::Alert1,
            Self::Alert2,
            Self::Alert3,
            Self::Joined,
        ];
        let numbered = |start: &str| word.strip_prefix(start)?.parse().ok();
        fixed
            .into_iter()
            .find(|stage| stage.to_string() == word)
            .or_else(|| numbered("ask_claimer_").map(Self::AskClaimer))
            .or_else(|| numbered("lapse_").map(Self::Lapse))
    }
}

/// The word for it, as it is stored and shown.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notice => f.write_str("notice"),
            Self::Ask1 => f.write_str("ask_1"),
            Self::Ask2 => f.write_str("ask_2"),
            Self::Ask3 => f.write_str("ask_3"),
            Self::Alert1 => f.write_str("alert_1"),
            Self::Alert2 => f.write_str("alert_2"),
            Self::Alert3 => f.write_str("alert_3"),
            Self::AskClaimer(claim) => write!(f, "ask_claimer_{claim}"),
            Self::Lapse(claim) => write!(f, "lapse_{claim}"),
            Self::Joined => f.write_str("joined"),
        }
    }
}

/// What became of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its texts were queued.
    Fired,
    /// A later stage was due as well, so this one was left out.
    Skipped,
    /// The promise was closed before.
    Withdrawn,
}

crate::word::word_enum!(Outcome {
    Fired => "fired",
    Skipped => "skipped",
    Withdrawn => "withdrawn",
});

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When it ended (UTC).
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// How long after its due instant.
    pub late: Duration,
}

/// A stage of one promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageRow {
    /// Which stage it is.
    pub stage: Stage,
    /// When it is due; `None` while a contact deals with the alarm.
    pub due_at: Option<Timestamp>,
    /// How it ended; `None` while it is open.
    pub ending: Option<Ending>,
}

impl StageRow {
    pub(super) fn due(stage: Stage, at: Timestamp) -> Self {
        Self {
            stage,
            due_at: Some(at),
            ending: None,
        }
    }

    /// The due instant of an open stage.
    pub fn open_at(&self) -> Option<Timestamp> {
        self.due_at.filter(|_| self.ending.is_none())
    }

    /// Makes a stage due at `at` that has not come yet: if it waits, the earlier instant counts.
    pub(super) fn soon(&mut self, at: Timestamp) {
        let at = self.open_at().map_or(at, |open| open.min(at));
        self.again(at);
    }

    /// Makes a stage due again that has ended or waits.
    pub(super) fn again(&mut self, at: Timestamp) {
        self.due_at = Some(at);
        self.ending = None;
    }

    /// Ends an open stage as fired, before it is due or while it waits.
    pub(super) fn fire_early(&mut self, at: Timestamp) {
        self.due_at = Some(at);
        self.end(Outcome::Fired, at);
    }

    /// Puts an open stage off.
    pub(super) fn put_off(&mut self, by: Duration) {
        if self.ending.is_none() {
            self.due_at = self.due_at.map(|at| at.plus(by));
        }
    }

    /// Opens a stage that a restored backup holds as ended, because what followed is lost.
    pub(super) fn reopen(&mut self) {
        self.ending = None;
    }

    /// Ends an open stage.
    pub(super) fn end(&mut self, outcome: Outcome, at: Timestamp) {
        if self.ending.is_none() {
            let late = self.due_at.map_or(Duration::ZERO, |due_at| at.since(due_at));
            self.ending = Some(Ending { at, outcome, late });
        }
    }
}
