//! Whether the machine's clock is right, and by which time promises are judged if it is not. Pure: what three clocks show
//! comes in with each look.

use std::time::Duration;

use super::machine::Hold;
use crate::time::{Reference, Timestamp};

/// A clock that differs by more than this from the time that has passed was set.
const STEP: Duration = Duration::from_mins(2);

/// Two clocks that are further apart than this contradict each other.
const SKEW: Duration = Duration::from_mins(5);

/// How long alerts are held at most after a step that no second clock explains.
const HOLD: Duration = Duration::from_mins(10);

/// How long everything waits after a step for the first answer of the second clock.
const FIRST_ANSWER: Duration = Duration::from_mins(1);

/// What the second clock said longer ago than this does not count.
const REFERENCE_LIFE: Duration = Duration::from_mins(15);

/// How often the second clock is asked while it contradicts.
const ASKED_AGAIN: Duration = Duration::from_mins(1);

/// How long a second clock that was never confirmed can put alerts off.
const LONGEST_DELAY: Duration = Duration::from_hours(26);

/// What three clocks show at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The machine's clock, which can be set.
    pub wall: Timestamp,
    /// The time that has passed since the process started. It cannot be set, but it stands still while a machine sleeps.
    pub passed: Duration,
    /// What the second clock shows.
    pub reference: Option<Reference>,
}

/// Why promises are not simply judged by the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing speaks against it.
    No,
    /// It was set, or the process has just started, and the second clock has not answered since.
    Unanswered,
    /// The second clock shows another time.
    Contradicted,
    /// The second clock shows a time that had passed before, so it is wrong by itself.
    ReferenceWrong,
}

/// What may be sent now, and by which time it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The time by which promises are judged, if it is not the one that the machine's clock shows.
    pub at: Option<Timestamp>,
    /// Whether nothing at all is sent until the second clock has answered.
    pub waits: bool,
    /// Whether alerts wait, too.
    pub hold: Hold,
    /// Why they are not simply judged by it.
    pub doubt: Doubt,
    /// Whether the second clock is to be asked as soon as possible.
    pub wants_answer: bool,
    /// Whether the machine's clock was seen to be set at this look.
    pub has_stepped: bool,
}

impl Judgement {
    /// Whether promises are judged by the machine's clock, and alerts are sent when they are due. The short wait for the
    /// first answer is no reason to worry.
    pub fn is_trusted(&self) -> bool {
        let is_contradicted = matches!(self.doubt, Doubt::Contradicted | Doubt::ReferenceWrong);
        let is_held = self.hold != Hold::Nothing && !self.waits;
        let is_behind = self.doubt == Doubt::Unanswered && self.at.is_some();
        !(is_contradicted || is_held || is_behind)
    }
}

/// What one clock showed when so much time had passed.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    passed: Duration,
}

impl Seen {
    fn carried(self, passed: Duration) -> Timestamp {
        self.at.plus(passed.saturating_sub(self.passed))
    }
}

/// Compares the clocks from look to look.
#[derive(Debug, Clone)]
pub struct TimeCheck {
    has_reference: bool,
    /// From where steps of the machine's clock are counted.
    anchor: Seen,
    /// What both clocks agreed on last. Carried on, it is never later than the true time.
    known: Option<Seen>,
    /// When the newest step was seen. What the second clock said before does not judge it.
    stepped: Duration,
    /// Since when a step is unexplained.
    unexplained: Option<Duration>,
    /// Since when the second clock contradicts.
    contradicted: Option<Duration>,
}

impl TimeCheck {
    /// Begins. With a second clock the start counts as a step, because the clock may have been set before it.
    pub fn new(wall: Timestamp, passed: Duration, has_reference: bool) -> Self {
        Self {
            has_reference,
            anchor: Seen { at: wall, passed },
            known: None,
            stepped: Duration::ZERO,
            unexplained: has_reference.then_some(passed),
            contradicted: None,
        }
    }

    /// Judges the present moment.
    pub fn look(&mut self, look: Look) -> Judgement {
        let has_stepped = self.notice_step(look);
        let is_new = |age: Duration| look.passed.saturating_sub(age) > self.stepped;
        let reference = look
            .reference
            .filter(|reference| reference.age < REFERENCE_LIFE && is_new(reference.age));
        let judgement = match reference {
            Some(reference) => self.compare(look, reference),
            None => self.alone(look, Doubt::Unanswered),
        };
        Judgement {
            has_stepped,
            ..judgement
        }
    }

    /// Small steps add up, because they are counted from the last time that both clocks agreed.
    fn notice_step(&mut self, look: Look) -> bool {
        let expected = self.anchor.carried(look.passed);
        let is_forward = look.wall.since(expected) > STEP;
        if !is_forward && expected.since(look.wall) <= STEP {
            return false;
        }
        self.anchor = Seen {
            at: look.wall,
            passed: look.passed,
        };
        self.stepped = look.passed;
        // After a hold there is as long a time without one, so that no sequence of steps holds alerts for longer.
        let may_hold = self
            .unexplained
            .is_none_or(|since| look.passed.saturating_sub(since) >= HOLD * 2);
        if may_hold && (is_forward || self.has_reference) {
            self.unexplained = Some(look.passed);
        }
        true
    }

    fn compare(&mut self, look: Look, last: Reference) -> Judgement {
        let reference = last.at;
        if is_near(look.wall, reference) {
            return self.agree(look, reference);
        }
        let floor = self.known.map(|known| known.carried(look.passed));
        if floor.is_some_and(|floor| floor.since(reference) > SKEW) {
            return self.alone(look, Doubt::ReferenceWrong);
        }
        self.unexplained = None;
        let since = *self.contradicted.get_or_insert(look.passed);
        let is_worn_out =
            floor.is_none() && reference < look.wall && look.passed.saturating_sub(since) >= LONGEST_DELAY;
        Judgement {
            at: (!is_worn_out).then_some(reference),
            wants_answer: last.age >= ASKED_AGAIN,
            ..judged(Doubt::Contradicted)
        }
    }

    /// Both clocks show the same time, so a step was real. The earlier of the two is taken: no alert comes early.
    fn agree(&mut self, look: Look, reference: Timestamp) -> Judgement {
        let passed = look.passed;
        self.anchor = Seen {
            at: look.wall,
            passed,
        };
        self.known = Some(Seen {
            at: look.wall.min(reference),
            passed,
        });
        (self.unexplained, self.contradicted) = (None, None);
        Judgement {
            at: (reference < look.wall).then_some(reference),
            ..judged(Doubt::No)
        }
    }

    /// There is the machine's clock alone. It cannot go back behind what both clocks agreed on.
    fn alone(&mut self, look: Look, why: Doubt) -> Judgement {
        if self.contradicted.take().is_some() && self.unexplained.is_none() {
            self.unexplained = Some(look.passed);
        }
        let floor = self.known.map(|known| known.carried(look.passed));
        let lasted = self.unexplained.map(|since| look.passed.saturating_sub(since));
        let is_ahead = floor.is_none_or(|floor| look.wall.since(floor) > STEP);
        let is_behind = |floor: &Timestamp| floor.since(look.wall) > STEP;
        let at = floor.filter(|floor| is_behind(floor) || (lasted.is_some() && !is_ahead));
        let is_unexplained = lasted.is_some_and(|lasted| lasted < HOLD);
        let is_first = lasted.is_some_and(|lasted| lasted < FIRST_ANSWER);
        let is_over = lasted.is_none() || !(is_unexplained || self.has_reference);
        let doubt = match why {
            Doubt::Unanswered if is_over && at.is_none() => Doubt::No,
            why => why,
        };
        Judgement {
            at,
            waits: is_first && is_ahead && self.has_reference && why == Doubt::Unanswered,
            hold: if is_unexplained && is_ahead {
                Hold::ClockInDoubt
            } else {
                Hold::Nothing
            },
            wants_answer: is_unexplained && self.has_reference,
            ..judged(doubt)
        }
    }
}

fn is_near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other) <= SKEW && other.since(one) <= SKEW
}

fn judged(doubt: Doubt) -> Judgement {
    Judgement {
        at: None,
        waits: false,
        hold: Hold::Nothing,
        doubt,
        wants_answer: false,
        has_stepped: false,
    }
}

#[cfg(test)]
#[path = "time_check_tests.rs"]
mod tests;
