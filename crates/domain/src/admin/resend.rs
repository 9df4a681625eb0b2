//! Sending a text again that was given up.

use super::{AdminCaller, actions::Resent, console::Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    id::MessageId,
    outbox::state::SendState,
    outgoing::Class,
    port::Fault,
    time::Timestamp,
};

/// A text that we sent, as the wish to send it again sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentText {
    /// Where it stands.
    pub state: SendState,
    /// How urgent it is.
    pub class: Class,
    /// Whether its words are still there to be read.
    pub has_words: bool,
    /// Whether the number does not want our texts.
    pub opted_out: bool,
}

impl SentText {
    /// Until when it may be sent if it is queued again now, which is a whole new life of its class; or why it is not.
    ///
    /// # Errors
    ///
    /// What there is to say in place of [`Resent::Queued`].
    pub fn resend(&self, now: Timestamp) -> Result<Timestamp, Resent> {
        if !self.state.is_given_up() {
            Err(Resent::NotGivenUp)
        } else if !self.has_words {
            Err(Resent::WordsGone)
        } else if self.opted_out {
            Err(Resent::OptedOut)
        } else {
            Ok(now.plus(self.class.life()))
        }
    }
}

/// Why a text was not queued again.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// It is not in a state that can be sent again.
    #[error("Only a text that was given up can be sent again.")]
    NotGivenUp,
    /// Its words were erased, or they carried a code.
    #[error("The words of this text are gone; it cannot be sent again.")]
    WordsGone,
    /// The number does not want our texts.
    #[error("This number has opted out; nothing may be sent to it.")]
    OptedOut,
    /// The text does not exist.
    #[error("There is no such text.")]
    Unknown,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Queues a dead, failed, undelivered or expired text again, with a new life.
    ///
    /// # Errors
    ///
    /// [`ResendError`].
    pub async fn resend(&self, caller: &AdminCaller, message: MessageId) -> Result<(), ResendError> {
        let now = self.clock.now();
        let event = AuditEvent::new(
            now,
            Actor::Admin(caller.id),
            "message.resent",
            Subject::Message(message),
        );
        match self.actions.resend(message, now, event).await? {
            Resent::Queued => Ok(()),
            Resent::NotGivenUp => Err(ResendError::NotGivenUp),
            Resent::WordsGone => Err(ResendError::WordsGone),
            Resent::OptedOut => Err(ResendError::OptedOut),
            Resent::Unknown => Err(ResendError::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::outbox::state::Ended;

    const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn dead() -> SentText {
        SentText {
            state: SendState::Ended(Ended::Dead),
            class: Class::Safety,
            has_words: true,
            opted_out: false,
        }
    }

    #[test]
    fn what_was_given_up_gets_a_new_life_of_its_class() {
        let notice = SentText {
            class: Class::Notice,
            ..dead()
        };
        assert_eq!(dead().resend(NOON), Ok(NOON.plus(Duration::from_hours(24))));
        assert_eq!(notice.resend(NOON), Ok(NOON.plus(Duration::from_hours(6))));
    }

    #[test]
    fn only_a_text_that_may_not_have_arrived_is_sent_again() {
        let given_up: Vec<_> = SendState::ALL
            .into_iter()
            .filter(|state| {
                SentText {
                    state: *state,
                    ..dead()
                }
                .resend(NOON)
                .is_ok()
            })
            .map(SendState::as_str)
            .collect();
        assert_eq!(given_up, ["undelivered", "failed", "expired", "dead", "unknown"]);
    }

    #[test]
    fn neither_without_words_nor_against_the_owners_will() {
        let erased = SentText {
            has_words: false,
            ..dead()
        };
        let unwanted = SentText {
            opted_out: true,
            ..dead()
        };
        assert_eq!(erased.resend(NOON), Err(Resent::WordsGone));
        assert_eq!(unwanted.resend(NOON), Err(Resent::OptedOut));
    }
}
