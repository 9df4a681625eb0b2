//! Looks at the machine's clock, at the time that really passes, and at the second clock.

use thunderbird_adapters::clock::SystemClock;
use thunderbird_domain::{
    deadline::{Doubt, Judgement, Look, TimeCheck},
    sms::reception::GAP,
    time::{Clock as _, Reference, Timestamp},
};
use tokio::time::Instant;

use crate::http::health::clock::ClockHealth;

/// What was seen.
pub struct Seen {
    /// Whether the process, or the machine, did not run between the last look and this one.
    pub has_paused: bool,
    /// By which time promises are judged.
    pub judgement: Judgement,
}

/// Compares the clocks from look to look.
pub struct Clocks {
    check: TimeCheck,
    started: Instant,
    wall: Timestamp,
    passed: Instant,
    doubt: Doubt,
}

impl Clocks {
    pub fn new(health: &ClockHealth) -> Self {
        let (wall, passed) = (SystemClock.now(), Instant::now());
        let started = health.started();
        let since = passed.saturating_duration_since(started);
        Self {
            check: TimeCheck::new(wall, since, health.has_reference()),
            started,
            wall,
            passed,
            doubt: Doubt::No,
        }
    }

    /// Looks at all of them, and says what has changed.
    pub fn look(&mut self, health: &ClockHealth) -> Seen {
        let (wall, passed) = (SystemClock.now(), Instant::now());
        let reference = health.reference();
        let judgement = self.check.look(Look {
            wall,
            passed: passed.saturating_duration_since(self.started),
            reference,
        });
        if judgement.has_stepped {
            let expected = self.wall.plus(passed.saturating_duration_since(self.passed));
            tracing::error!(
                event = "deadline.clock_stepped",
                by = seconds(wall, expected),
                is_held = !judgement.is_trusted() || judgement.waits,
                "the clock was set: what that means for alerts is in the operator's guide"
            );
        }
        if self.doubt != judgement.doubt {
            self.doubt = judgement.doubt;
            report(judgement.doubt, wall, reference);
        }
        health.judged(&judgement);
        // While a machine sleeps, its wall clock goes on and the other one stands still.
        let has_paused = wall.since(self.wall) > GAP || passed.saturating_duration_since(self.passed) > GAP;
        (self.wall, self.passed) = (wall, passed);
        Seen {
            has_paused,
            judgement,
        }
    }
}

fn seconds(one: Timestamp, other: Timestamp) -> i64 {
    one.as_seconds().saturating_sub(other.as_seconds())
}

fn report(doubt: Doubt, wall: Timestamp, reference: Option<Reference>) {
    let by = reference.map(|reference| seconds(wall, reference.at));
    match doubt {
        Doubt::No => tracing::info!(
            event = "deadline.clock_confirmed",
            "promises are judged by the clock"
        ),
        Doubt::Unanswered => tracing::info!(
            event = "deadline.clock_unconfirmed",
            "no second clock has confirmed the clock yet"
        ),
        Doubt::Contradicted => tracing::error!(
            event = "deadline.clock_contradicted",
            by,
            "the clock differs from Twilio's: promises are judged by Twilio's; set the clock right"
        ),
        Doubt::ReferenceWrong => tracing::error!(
            event = "deadline.reference_wrong",
            by,
            "Twilio's clock shows a time that has passed: promises are judged by the machine's"
        ),
    }
}
