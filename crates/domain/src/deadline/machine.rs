//! The machine of a promise: what happens as time passes, as contacts answer, and at the end. Pure and total.

use std::time::Duration;

use super::{
    alarm::{Alarm, AlarmContact},
    promise::{Closed, Deadline, How},
    stage::{JOIN_AFTER, Outcome, Stage, StageRow, TELL_AFTER},
};
use crate::{phone_number::PhoneNumber, route::RouteId, time::Timestamp};

/// How long a hiker has to answer who was not asked in time because the service did not run.
const SECOND_CHANCE: Duration = Duration::from_mins(15);

/// How long after a lapsed claim the last alert follows the one before.
const AFTER_LAPSE: Duration = Duration::from_hours(2);

/// What happened when time had passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The promise as it now stands.
    pub deadline: Deadline,
    /// The stages whose texts are to be queued, in order.
    pub fired: Vec<Stage>,
}

/// Whether contacts are alerted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Contacts are alerted.
    Nothing,
    /// They are not, because a text that ends the promise may be missing.
    TextsMissing,
    /// They are, and read that a text may be lost: it could not be fetched for too long.
    TextsLost,
    /// They are not, because the clock may be wrong.
    ClockInDoubt,
}

impl Hold {
    /// Whether alerts wait.
    pub const fn holds_alerts(self) -> bool {
        matches!(self, Self::TextsMissing | Self::ClockInDoubt)
    }
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The contact deals with the alarm from now on.
    Acting(Deadline),
    /// Another contact deals with it already; both are noted.
    Noted {
        /// The promise with the note.
        deadline: Deadline,
        /// Who dealt with it first.
        by: AlarmContact,
    },
    /// The contact deals with it already.
    Again,
    /// The number was not alerted, or the alarm is over.
    NoAlarm,
}

impl Deadline {
    /// Ends every stage that is due at `now`. Of several only the newest fires, so that a service that did not run
    /// does not send what is out of date.
    pub fn step(&self, now: Timestamp, hold: Hold) -> Option<Step> {
        let is_held = |stage: Stage| {
            hold.holds_alerts()
                && (stage.alert().is_some() || matches!(stage, Stage::Lapse(_) | Stage::Joined))
        };
        let is_due = |row: &StageRow| row.open_at().is_some_and(|at| at <= now) && !is_held(row.stage);
        let newest = self
            .stages
            .iter()
            .filter(|row| is_due(row) && !matches!(row.stage, Stage::Notice | Stage::Joined))
            .max_by_key(|row| (row.due_at, row.stage))
            .map(|row| row.stage);
        let tells = self.row(Stage::Notice).is_some_and(is_due);
        let joins = self.row(Stage::Joined).is_some_and(is_due);
        if !tells && !joins && newest.is_none() {
            return None;
        }
        let mut next = self.clone();
        let mut fired = Vec::new();
        let is_late_alert = newest.is_some_and(|stage| stage.alert().is_some()) && self.was_not_asked(now);
        let firing = if is_late_alert { Some(Stage::Ask3) } else { newest };
        // A moment that is in doubt must not become the moment of an alert.
        let gives_chance = hold != Hold::ClockInDoubt
            && firing == Some(Stage::Ask3)
            && (is_late_alert || !self.has_fired(Stage::Ask2));
        let chance = now.plus(SECOND_CHANCE);
        for row in &mut next.stages {
            if is_late_alert && row.stage == Stage::Ask3 {
                row.reopen();
            }
            if gives_chance && row.stage.alert().is_some() {
                row.due_at = row.due_at.max(Some(chance));
            } else if Some(row.stage) == firing {
                row.end(Outcome::Fired, now);
                fired.push(row.stage);
            } else if (tells && row.stage == Stage::Notice || joins && row.stage == Stage::Joined)
                && newest.is_none_or(|stage| stage.alert().is_none())
            {
                // An alert says everything that these two would say.
                row.end(Outcome::Fired, now);
                fired.insert(0, row.stage);
            } else if is_due(row) {
                row.end(Outcome::Skipped, now);
            }
        }
        if let Some(Stage::Lapse(_)) = firing {
            next.lapse(now);
        }
        if firing.is_some_and(|stage| stage.alert().is_some()) && next.alarm.is_none() {
            next.alarm = Some(Alarm {
                opened_at: now,
                asked_at: None,
                contacts: Vec::new(),
                claims: 0,
                acting: None,
                lapsed: None,
            });
        }
        Some(Step {
            deadline: next,
            fired,
        })
    }

    /// Whether the contacts would be alerted although the hiker was not asked since the time has passed, or not since a
    /// backup was put back.
    fn was_not_asked(&self, now: Timestamp) -> bool {
        self.alarm.is_none()
            && match self.restored_at {
                Some(restored_at) if restored_at <= now => !self.was_asked_since(restored_at),
                Some(_) | None => {
                    !self.has_fired(Stage::Ask2)
                        && self.row(Stage::Ask3).is_some_and(|row| row.ending.is_none())
                }
            }
    }

    fn was_asked_since(&self, instant: Timestamp) -> bool {
        let questions = [Stage::Ask2, Stage::Ask3].into_iter();
        let endings = questions.filter_map(|stage| self.row(stage)?.ending);
        endings
            .filter(|ending| ending.outcome == Outcome::Fired)
            .any(|ending| ending.at >= instant)
    }

    /// A claim ended without news: the alerts that are left go on, the next one at once.
    fn lapse(&mut self, now: Timestamp) {
        if let Some(alarm) = &mut self.alarm {
            alarm.lapsed = alarm.acting.take().or_else(|| alarm.lapsed.take());
        }
        let held = |row: &&mut StageRow| row.stage.alert().is_some() && row.ending.is_none();
        let mut at = now;
        for row in self.stages.iter_mut().filter(held) {
            row.due_at = Some(at);
            at = at.plus(AFTER_LAPSE);
        }
    }

    /// Notes that the contacts are alerted; one who was alerted before stays as noted.
    pub fn alert(&mut self, contacts: impl IntoIterator<Item = (PhoneNumber, String)>, at: Timestamp) {
        let Some(alarm) = &mut self.alarm else { return };
        for (phone, name) in contacts {
            if alarm.contact(&phone).is_none() {
                alarm.contacts.push(AlarmContact {
                    phone,
                    name,
                    alerted_at: at,
                    acting_at: None,
                });
            }
        }
    }

    /// A contact was added: during an alarm they get the newest alert, also if it was the last one. `None` if there is
    /// no alarm, or if they were alerted before.
    pub fn joined_by(&self, phone: &PhoneNumber, at: Timestamp) -> Option<Self> {
        let alarm = self.alarm.as_ref().filter(|_| self.is_open())?;
        if alarm.contact(phone).is_some() {
            return None;
        }
        let mut next = self.clone();
        let due_at = at.plus(JOIN_AFTER);
        match next.stages.iter_mut().find(|row| row.stage == Stage::Joined) {
            Some(row) => row.soon(due_at),
            None => next.stages.push(StageRow::due(Stage::Joined, due_at)),
        }
        Some(next)
    }

    /// A contact says that they deal with the alarm. No further alert is sent while one does.
    pub fn claim(&self, phone: &PhoneNumber, at: Timestamp) -> Claimed {
        let Some(alarm) = self.alarm.as_ref().filter(|_| self.is_open()) else {
            return Claimed::NoAlarm;
        };
        if alarm.contact(phone).is_none() {
            return Claimed::NoAlarm;
        }
        let first = alarm.acting().cloned();
        if first.as_ref().is_some_and(|first| first.phone == *phone) {
            return Claimed::Again;
        }
        let mut next = self.clone();
        if let Some(alarm) = &mut next.alarm {
            for contact in &mut alarm.contacts {
                if contact.phone == *phone {
                    contact.acting_at = contact.acting_at.or(Some(at));
                }
            }
            if let Some(by) = first {
                return Claimed::Noted { deadline: next, by };
            }
            alarm.claims = alarm.claims.saturating_add(1);
            alarm.acting = Some((phone.clone(), at));
            for row in &mut next.stages {
                if row.stage.alert().is_some() && row.ending.is_none() {
                    row.due_at = None;
                }
            }
            let follow = Stage::after_claim(alarm.claims, at);
            next.stages.extend(follow);
        }
        Claimed::Acting(next)
    }

    /// The same promise on another route. Time and zone stay. Contacts who know the time read it once more, with the route,
    /// two minutes later, so that several changes make one text; in an alarm the next alert names the route.
    #[must_use]
    pub fn moved_to(&self, route: &RouteId, at: Timestamp) -> Self {
        let mut next = self.clone();
        next.route = route.clone();
        if next.alarm.is_some() {
            return next;
        }
        for row in next.stages.iter_mut().filter(|row| row.stage == Stage::Notice) {
            row.again(at.plus(TELL_AFTER));
        }
        // What they know is not the whole truth any more, so it must not be equal to the time.
        for known in next.informed.values_mut().filter(|known| **known == self.due_at) {
            *known = known.minus(Duration::from_micros(1));
        }
        next
    }

    /// Closes the promise: every open stage is withdrawn.
    #[must_use]
    pub fn closed(&self, how: How, by: Option<PhoneNumber>, at: Timestamp) -> Self {
        let mut next = self.clone();
        if next.closed.is_none() {
            for row in &mut next.stages {
                row.end(Outcome::Withdrawn, at);
            }
            next.closed = Some(Closed { at, how, by });
        }
        next
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
