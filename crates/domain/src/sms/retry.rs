//! What follows an attempt to send: when to try again, and when to stop.

use std::time::Duration;

use super::{
    gateway::{CODE_OPTED_OUT, Sent},
    outbox::{LeasedText, SendOutcome},
    price::Price,
};
use crate::{
    outbox::state::Ended,
    outgoing::Class,
    random::{Entropy, uniform_below},
    time::Timestamp,
};

/// The first pause; every further one is twice as long.
pub const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause of our own choice.
pub const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// The longest pause that the provider can ask for.
pub const LONGEST_ASKED_PAUSE: Duration = Duration::from_hours(1);

/// Attempts with an end nobody knows after which a text is given up: four of them were answered by another attempt.
pub const MAX_AMBIGUOUS: u32 = 5;

/// A text with less life than this is not sent any more.
pub const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The pause before the attempt after `attempts` attempts: somewhere in (0, bound], the bound doubling from
/// [`FIRST_PAUSE`] to [`LONGEST_PAUSE`] (full jitter, so that a provider that comes back is not met by all at once).
pub fn pause(attempts: u32, entropy: &dyn Entropy) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let bound = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let millis = u32::try_from(bound.as_millis()).unwrap_or(u32::MAX).max(1);
    Duration::from_millis(u64::from(uniform_below(entropy, millis)) + 1)
}

/// What the text weighs and costs by our own reckoning.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// Billed segments.
    pub segments: u32,
    /// The price of one segment.
    pub price: Price,
}

/// What becomes of a text after an attempt.
pub fn after(
    text: &LeasedText,
    sent: Sent,
    estimate: Estimate,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> SendOutcome {
    let again = |pause: Duration, ambiguous, code| SendOutcome::Again {
        at: now.plus(pause).min(text.expires_at.max(now)),
        ambiguous,
        code,
    };
    match sent {
        Sent::Accepted { sid, price, segments } => {
            let segments = segments.filter(|count| *count > 0).unwrap_or(estimate.segments);
            let price = price.unwrap_or(estimate.price.times(segments));
            SendOutcome::Accepted {
                sid: Some(sid),
                segments,
                price,
            }
        }
        Sent::AcceptedUnreadable => SendOutcome::Accepted {
            sid: None,
            segments: estimate.segments,
            price: estimate.price.times(estimate.segments),
        },
        Sent::Permanent { code } => SendOutcome::Ended {
            state: Ended::Failed,
            code,
            ambiguous: false,
        },
        Sent::Temporary { code, retry_after } => match retry_after {
            Some(asked) => again(asked.min(LONGEST_ASKED_PAUSE), false, code),
            None => again(pause(text.attempts, entropy), false, code),
        },
        Sent::Ambiguous if text.class == Class::Code => SendOutcome::Ended {
            state: Ended::Unknown,
            code: None,
            ambiguous: true,
        },
        Sent::Ambiguous if text.ambiguous.saturating_add(1) >= MAX_AMBIGUOUS => SendOutcome::Ended {
            state: Ended::Dead,
            code: None,
            ambiguous: true,
        },
        Sent::Ambiguous => again(pause(text.attempts, entropy), true, None),
    }
}

/// Whether the outcome says that the recipient has opted out at the provider.
pub fn tells_opt_out(outcome: &SendOutcome) -> bool {
    matches!(
        outcome,
        SendOutcome::Ended {
            code: Some(CODE_OPTED_OUT),
            ..
        }
    )
}

/// What the commit that would claim a text does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Hand it to the worker.
    Send,
    /// Its life is over.
    Expire,
    /// Its recipient has opted out.
    Withhold,
    /// It waits: the daily cap leaves no room for its class.
    Wait,
}

/// Decides about one due text in the commit that would claim it.
pub fn claim(expires_at: Timestamp, opted_out: bool, room: bool, now: Timestamp) -> Claim {
    if opted_out {
        Claim::Withhold
    } else if expires_at.since(now) < SHORTEST_LIFE {
        Claim::Expire
    } else if room {
        Claim::Send
    } else {
        Claim::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::MessageId,
        outgoing::Words,
        phone_number::PhoneNumber,
        random::Tag,
        sms::{gateway::MessageSid, price::Currency},
    };

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

    fn text(class: Class, attempts: u32, ambiguous: u32) -> LeasedText {
        LeasedText {
            id: MessageId::from_stored(1),
            tag: Tag::from_bytes([1; 16]),
            lease: Tag::from_bytes([2; 16]),
            to: PhoneNumber::from_e164("+61491570006").unwrap(),
            class,
            words: Some(Words::Plain("hello".to_owned())),
            expires_at: NOW.plus(Duration::from_hours(6)),
            attempts,
            ambiguous,
        }
    }

    const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

    fn judge(text: &LeasedText, sent: Sent) -> SendOutcome {
        let price = Price {
            micros: 51_500,
            currency: Currency::parse("AUD").unwrap(),
        };
        after(text, sent, Estimate { segments: 2, price }, NOW, &Extreme(0))
    }

    const TEMPORARY: Sent = Sent::Temporary {
        code: None,
        retry_after: None,
    };

    fn again_after(outcome: &SendOutcome) -> Duration {
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
                let drawn = pause(attempts, &varied(attempts));
                assert!(
                    drawn > Duration::ZERO && drawn <= Duration::from_secs(bound),
                    "{attempts}: {drawn:?}"
                );
            }
        }
        assert_eq!(pause(1, &Extreme(0)), Duration::from_millis(1));
        assert!(pause(u32::MAX, &Extreme(0xff)) <= LONGEST_PAUSE);
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
        let asked = |seconds| Sent::Temporary {
            code: None,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let notice = text(Class::Notice, 1, 0);
        assert_eq!(again_after(&judge(&notice, asked(42))), Duration::from_secs(42));
        assert_eq!(again_after(&judge(&notice, asked(90_000))), LONGEST_ASKED_PAUSE);
    }

    #[test]
    fn another_attempt_is_never_planned_beyond_the_end_of_life() {
        let mut short = text(Class::Notice, 9, 0);
        short.expires_at = NOW.plus(Duration::from_secs(3));
        let asked = Sent::Temporary {
            code: None,
            retry_after: Some(Duration::from_mins(5)),
        };
        assert_eq!(again_after(&judge(&short, asked)), Duration::from_secs(3));
    }

    #[test]
    fn a_definite_failure_is_retried_however_often_it_happened() {
        for class in [Class::Safety, Class::Code, Class::Notice] {
            assert!(matches!(
                judge(&text(class, 5_000, 0), TEMPORARY),
                SendOutcome::Again { ambiguous: false, .. }
            ));
        }
    }

    #[test]
    fn the_fifth_ambiguous_end_is_the_last() {
        for class in [Class::Safety, Class::Notice] {
            for earlier in 0..4 {
                let outcome = judge(&text(class, earlier + 1, earlier), Sent::Ambiguous);
                assert!(
                    matches!(outcome, SendOutcome::Again { ambiguous: true, .. }),
                    "{earlier}: {outcome:?}"
                );
            }
            let outcome = judge(&text(class, 5, 4), Sent::Ambiguous);
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
        let outcome = judge(&text(Class::Code, 1, 0), Sent::Ambiguous);
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
    fn a_permanent_refusal_ends_at_once_and_only_21610_is_an_opt_out() {
        for code in [21_211, 21_408, 21_610, 21_614] {
            let outcome = judge(&text(Class::Safety, 1, 0), Sent::Permanent { code: Some(code) });
            assert_eq!(
                outcome,
                SendOutcome::Ended {
                    state: Ended::Failed,
                    code: Some(code),
                    ambiguous: false
                }
            );
            assert_eq!(tells_opt_out(&outcome), code == 21_610);
        }
    }

    #[test]
    fn the_providers_own_figures_win() {
        let sid = MessageSid::parse(&format!("SM{:032}", 1)).unwrap();
        let paid = Price {
            micros: 7_500,
            currency: Currency::parse("USD").unwrap(),
        };
        let accepted = |price, segments| Sent::Accepted {
            sid: sid.clone(),
            price,
            segments,
        };
        let figures = |sent| match judge(&text(Class::Notice, 1, 0), sent) {
            SendOutcome::Accepted { segments, price, .. } => (segments, price.micros),
            other => panic!("{other:?}"),
        };
        assert_eq!(figures(accepted(Some(paid), Some(3))), (3, 7_500));
        assert_eq!(figures(accepted(None, Some(3))), (3, 154_500));
        assert_eq!(
            figures(accepted(None, Some(0))),
            (2, 103_000),
            "a service answers 0 before it has counted"
        );
        assert_eq!(figures(Sent::AcceptedUnreadable), (2, 103_000));
    }

    #[test]
    fn an_opt_out_is_seen_before_the_end_of_life_and_the_cap() {
        let soon = NOW.plus(Duration::from_millis(999));
        let later = NOW.plus(Duration::from_secs(1));
        assert_eq!(claim(later, true, true, NOW), Claim::Withhold);
        assert_eq!(claim(soon, false, true, NOW), Claim::Expire);
        assert_eq!(claim(later, false, true, NOW), Claim::Send);
        assert_eq!(claim(later, false, false, NOW), Claim::Wait);
    }
}
