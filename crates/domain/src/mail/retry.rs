//! What follows an attempt to send a mail: when to try again, and when to stop. The same rules as for texts.

use std::time::Duration;

use super::{
    mailer::Handed,
    outbox::{LeasedMail, SendOutcome},
};
use crate::{
    outbox::state::Ended,
    random::{Entropy, uniform_below},
    time::Timestamp,
};

const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// Attempts with an end nobody knows after which a mail is given up.
pub const MAX_AMBIGUOUS: u32 = 5;

/// A mail with less life than this is not sent any more.
pub const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The pause after `attempts` attempts: anything up to a bound that doubles each time (full jitter, so that a server
/// that comes back is not met by all at once).
pub(super) fn pause(attempts: u32, entropy: &dyn Entropy) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let bound = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let millis = u32::try_from(bound.as_millis()).unwrap_or(u32::MAX).max(1);
    Duration::from_millis(u64::from(uniform_below(entropy, millis)).saturating_add(1))
}

/// What becomes of a mail after an attempt.
pub(super) fn after(mail: &LeasedMail, handed: Handed, now: Timestamp, entropy: &dyn Entropy) -> SendOutcome {
    let again = |ambiguous, code| SendOutcome::Again {
        at: now.plus(pause(mail.attempts, entropy)),
        ambiguous,
        code,
    };
    match handed {
        Handed::Accepted => SendOutcome::Sent,
        Handed::Permanent { code } => SendOutcome::Ended {
            state: Ended::Failed,
            code,
        },
        Handed::Temporary { code } => again(false, code),
        Handed::Ambiguous if mail.ambiguous.saturating_add(1) >= MAX_AMBIGUOUS => SendOutcome::Ended {
            state: Ended::Dead,
            code: None,
        },
        Handed::Ambiguous => again(true, None),
    }
}
