//! Tells a program that answers our texts from a person, by its pace.

use std::time::Duration;

use crate::time::Timestamp;

/// A program that answers our texts does so within this time.
const ROBOT_PACE: Duration = Duration::from_secs(8);

/// A sender who texts at [`ROBOT_PACE`] this many times, and says nothing that is a command, is taken for a program.
const ROBOT_TEXTS: u32 = 3;

/// A pause this long shows that a person is texting again.
const ROBOT_PAUSE: Duration = Duration::from_mins(1);

/// How fast a sender's texts follow each other, looked at from the newest backwards.
pub(super) struct Pace {
    next: Timestamp,
    in_a_row: u32,
    paused: bool,
}

impl Pace {
    /// Starts at the text that is being decided.
    pub(super) fn before(at: Timestamp) -> Self {
        Self {
            next: at,
            in_a_row: 0,
            paused: false,
        }
    }

    /// Takes the next older text, and returns true once enough of them came at a program's pace without a pause since.
    /// Our answer leaves in the response to the text, so the gap between two texts is the time to answer it.
    pub(super) fn is_robot(&mut self, at: Timestamp, says_nothing: bool) -> bool {
        let gap = self.next.since(at);
        self.next = at;
        self.paused |= gap >= ROBOT_PAUSE;
        self.in_a_row = if gap <= ROBOT_PACE && says_nothing {
            self.in_a_row.saturating_add(1)
        } else {
            0
        };
        !self.paused && self.in_a_row >= ROBOT_TEXTS
    }
}
