//! A test text from the console.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    outgoing::{Class, OutgoingText, Words},
    phone_number::{PhoneNumber, PhoneNumberError},
    port::Fault,
    random::Tag,
};

/// How long a test text may wait to be sent: the life of a notice.
const LIFE: Duration = Duration::from_hours(6);
/// One segment of GSM-7: a test is not a letter.
const MAX_CHARS: usize = 160;

/// What an operator wants to be sent.
#[derive(Debug, Clone)]
pub struct TestText<'a> {
    /// To whom, as typed.
    pub phone: &'a str,
    /// What, as typed.
    pub words: &'a str,
    /// The form's own value; the same form sent twice sends one text.
    pub nonce: &'a str,
}

/// Why no test text was queued.
#[derive(Debug, thiserror::Error)]
pub enum SendTestError {
    /// The number cannot be texted.
    #[error(transparent)]
    Phone(#[from] PhoneNumberError),
    /// Nothing, too much, or control characters.
    #[error("A test text has 1 to 160 characters, and no control characters.")]
    Words,
    /// This form was sent before, or the number does not want our texts.
    #[error("Nothing was sent: this form was sent before, or the number has opted out.")]
    NotQueued,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// Queues a test text.
    ///
    /// # Errors
    ///
    /// [`SendTestError`].
    pub async fn send_test(&self, caller: &AdminCaller, test: TestText<'_>) -> Result<(), SendTestError> {
        let to = PhoneNumber::parse(test.phone, self.region)?;
        self.textable.check(&to)?;
        let words = test.words.trim();
        if words.is_empty() || words.chars().count() > MAX_CHARS || words.chars().any(char::is_control) {
            return Err(SendTestError::Words);
        }
        let now = self.clock.now();
        let queued = OutgoingText {
            tag: tag_of(caller, test.nonce),
            to,
            class: Class::Notice,
            words: Words::Plain(words.to_owned()),
            not_before: now,
            expires_at: now.plus(LIFE),
            user: None,
        };
        let event = AuditEvent::new(
            now,
            Actor::Admin(caller.id),
            "console.test_sent",
            Subject::Service,
        );
        if self.actions.send(queued, event).await? {
            Ok(())
        } else {
            Err(SendTestError::NotQueued)
        }
    }
}

/// The same form of the same administrator always names the same row.
fn tag_of(caller: &AdminCaller, nonce: &str) -> Tag {
    let digest = Sha256::new()
        .chain_update(b"thunderbird console test text v1\0")
        .chain_update(caller.id.get().to_be_bytes())
        .chain_update(nonce.as_bytes())
        .finalize();
    let mut bits = [0; 16];
    bits.iter_mut().zip(digest).for_each(|(bit, byte)| *bit = byte);
    Tag::from_bytes(bits)
}
