//! What follows an attempt to send: when to try again, and when to stop.

use std::time::Duration;

use super::{
    message::{LeasedMessage, Payload},
    settle::SendOutcome,
    state::Ended,
};
use crate::{
    outgoing::Class,
    random::{Entropy, uniform_below},
    time::Timestamp,
};

/// The first pause; every further one is twice as long.
pub const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause that the provider can ask for. An alarm does not wait that long: it is tried again after the
/// longest pause of its class.
pub const LONGEST_ASKED_PAUSE: Duration = Duration::from_hours(1);

/// An alarm that waits for a moment further ahead than this waits for no pause: the clock was set back.
pub const LONGEST_ALARM_WAIT: Duration = Duration::from_mins(10);

/// Attempts with an unknown result after which a message is given up: it is sent again after the first four of them.
pub const MAX_AMBIGUOUS: u32 = 5;

/// A message with less life than this is not sent any more.
pub const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The result of one attempt to hand a message over; `R` is what the provider reports when it takes it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt<R> {
    /// The provider has it.
    Accepted(R),
    /// The provider will never send this message.
    Permanent {
        /// The provider's error code.
        code: Option<u32>,
    },
    /// Certainly not sent; a later attempt may succeed.
    Temporary {
        /// The provider's error code.
        code: Option<u32>,
        /// How long the provider asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Unknown: the request was written, and no answer came.
    Ambiguous,
}

/// The pause before the attempt after `attempts` attempts: somewhere in (0, bound], the bound doubling from
/// [`FIRST_PAUSE`] to `longest` (full jitter, so that a provider that comes back does not get all messages at once).
pub fn pause(attempts: u32, longest: Duration, entropy: &dyn Entropy) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let bound = FIRST_PAUSE.saturating_mul(1 << doublings).min(longest);
    let millis = u32::try_from(bound.as_millis()).unwrap_or(u32::MAX).max(1);
    Duration::from_millis(u64::from(uniform_below(entropy, millis)) + 1)
}

/// What becomes of a message after an attempt.
pub fn after<P: Payload>(
    message: &LeasedMessage<P>,
    attempt: Attempt<P::Receipt>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> SendOutcome<P::Receipt> {
    let again = |pause: Duration, ambiguous, code| SendOutcome::Again {
        at: now.plus(pause).min(message.expires_at.max(now)),
        ambiguous,
        code,
    };
    let given_up = |state| SendOutcome::Ended {
        state,
        code: None,
        ambiguous: true,
    };
    let longest = message.class.longest_pause();
    let longest_asked = match message.class {
        Class::Alarm => longest,
        Class::Safety | Class::Code | Class::Notice => LONGEST_ASKED_PAUSE,
    };
    match attempt {
        Attempt::Accepted(receipt) => SendOutcome::Accepted(receipt),
        Attempt::Permanent { code } => SendOutcome::Ended {
            state: Ended::Failed,
            code,
            ambiguous: false,
        },
        Attempt::Temporary { code, retry_after } => match retry_after {
            Some(asked) => again(asked.min(longest_asked), false, code),
            None => again(pause(message.attempts, longest, entropy), false, code),
        },
        Attempt::Ambiguous if !message.class.is_sent_again() => given_up(Ended::Unknown),
        Attempt::Ambiguous if message.ambiguous.saturating_add(1) >= MAX_AMBIGUOUS => given_up(Ended::Dead),
        Attempt::Ambiguous => again(pause(message.attempts, longest, entropy), true, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{outbox::state::SendState, outgoing::Words, random::Tag};

    /// A message of a channel whose provider reports nothing.
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Note;

    impl Payload for Note {
        type Id = i64;
        type Queued = ();
        type Receipt = ();

        const TAKEN_OVER: SendState = SendState::Sent;
    }

    /// The largest or the smallest draw.
    struct Extreme(u8);

    impl Entropy for Extreme {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
            if self.0 != 0 {
                bytes[3] = 0x0f;
            }
        }
    }

    fn message(class: Class, attempts: u32, ambiguous: u32) -> LeasedMessage<Note> {
        LeasedMessage {
            id: 1,
            tag: Tag::from_bytes([1; 16]),
            lease: Tag::from_bytes([2; 16]),
            payload: Note,
            class,
            words: Some(Words::Plain("hello".to_owned())),
            expires_at: NOW.plus(Duration::from_hours(6)),
            attempts,
            ambiguous,
        }
    }

    const LONGEST: Duration = Duration::from_mins(10);

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn judge(message: &LeasedMessage<Note>, attempt: Attempt<()>) -> SendOutcome<()> {
        after(message, attempt, NOW, &Extreme(0))
    }

    const TEMPORARY: Attempt<()> = Attempt::Temporary {
        code: None,
        retry_after: None,
    };

    fn again_after(outcome: &SendOutcome<()>) -> Duration {
        match outcome {
            SendOutcome::Again { at, .. } => at.since(NOW),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pauses_double_from_five_seconds_to_ten_minutes() {
        let bounds = [5, 10, 20, 40, 80, 160, 320, 600, 600, 600];
        for (attempts, bound) in (1..).zip(bounds) {
            for _ in 0..50 {
                let drawn = pause(attempts, LONGEST, &varied(attempts));
                assert!(
                    drawn > Duration::ZERO && drawn <= Duration::from_secs(bound),
                    "{attempts}: {drawn:?}"
                );
            }
        }
        assert_eq!(pause(1, LONGEST, &Extreme(0)), Duration::from_millis(1));
        assert!(pause(u32::MAX, LONGEST, &Extreme(0xff)) <= LONGEST);
    }

    fn varied(seed: u32) -> impl Entropy {
        struct Counter(std::sync::atomic::AtomicU32);
        impl Entropy for Counter {
            fn fill(&self, bytes: &mut [u8]) {
                use sha2::Digest as _;
                let count = self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed);
                let block = sha2::Sha256::digest(count.to_be_bytes());
                bytes.iter_mut().zip(block).for_each(|(to, from)| *to = from);
            }
        }
        Counter(seed.into())
    }

    #[test]
    fn the_providers_wish_wins_up_to_an_hour() {
        let asked = |seconds| Attempt::Temporary {
            code: None,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let notice = message(Class::Notice, 1, 0);
        assert_eq!(again_after(&judge(&notice, asked(42))), Duration::from_secs(42));
        assert_eq!(again_after(&judge(&notice, asked(90_000))), LONGEST_ASKED_PAUSE);
    }

    #[test]
    fn an_alarm_is_tried_again_within_a_minute() {
        let asked = Attempt::Temporary {
            code: None,
            retry_after: Some(Duration::from_hours(1)),
        };
        let alarm = message(Class::Alarm, 5_000, 0);
        assert_eq!(again_after(&judge(&alarm, asked)), Duration::from_mins(1));
        let latest = after(&alarm, TEMPORARY, NOW, &Extreme(0xff));
        assert!(again_after(&latest) <= Duration::from_mins(1));
    }

    #[test]
    fn another_attempt_is_never_planned_beyond_the_end_of_life() {
        let mut short = message(Class::Notice, 9, 0);
        short.expires_at = NOW.plus(Duration::from_secs(3));
        let asked = Attempt::Temporary {
            code: None,
            retry_after: Some(Duration::from_mins(5)),
        };
        assert_eq!(again_after(&judge(&short, asked)), Duration::from_secs(3));
    }

    #[test]
    fn a_definite_failure_is_retried_however_often_it_happened() {
        for class in Class::ALL {
            assert!(matches!(
                judge(&message(class, 5_000, 0), TEMPORARY),
                SendOutcome::Again { ambiguous: false, .. }
            ));
        }
    }

    #[test]
    fn the_fifth_ambiguous_end_is_the_last() {
        for class in Class::ALL.into_iter().filter(|class| class.is_sent_again()) {
            for earlier in 0..4 {
                let outcome = judge(&message(class, earlier + 1, earlier), Attempt::Ambiguous);
                assert!(
                    matches!(outcome, SendOutcome::Again { ambiguous: true, .. }),
                    "{earlier}: {outcome:?}"
                );
            }
            let outcome = judge(&message(class, 5, 4), Attempt::Ambiguous);
            assert_eq!(
                outcome,
                SendOutcome::Ended {
                    state: Ended::Dead,
                    code: None,
                    ambiguous: true
                }
            );
        }
    }

    #[test]
    fn a_code_is_never_sent_again_after_an_ambiguous_end() {
        let outcome = judge(&message(Class::Code, 1, 0), Attempt::Ambiguous);
        assert_eq!(
            outcome,
            SendOutcome::Ended {
                state: Ended::Unknown,
                code: None,
                ambiguous: true
            }
        );
    }

    #[test]
    fn a_permanent_refusal_ends_at_once() {
        for code in [21_211, 21_408, 21_610, 21_614] {
            let outcome = judge(
                &message(Class::Safety, 1, 0),
                Attempt::Permanent { code: Some(code) },
            );
            assert_eq!(
                outcome,
                SendOutcome::Ended {
                    state: Ended::Failed,
                    code: Some(code),
                    ambiguous: false
                }
            );
        }
    }
}
