//! A test text from the console.

use sha2::{Digest as _, Sha256};

use super::{AdminCaller, actions::Queueing, console::Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    idempotency::IdempotencyKey,
    outgoing::{Class, OutgoingText, Words},
    phone_number::{PhoneNumber, PhoneNumberError},
    port::Fault,
    random::Tag,
};

/// One segment of GSM-7: a test is not a letter.
const MAX_CHARS: usize = 160;

/// What an operator wants to be sent.
#[derive(Debug, Clone)]
pub struct TestText<'a> {
    /// To whom, as typed.
    pub phone: &'a str,
    /// What, as typed.
    pub words: &'a str,
    /// What this intention is called, if it has a name: one that is asked for twice sends one text, after a crash, too.
    pub key: Option<&'a IdempotencyKey>,
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
    /// The number does not want our texts.
    #[error("This number has opted out; nothing may be sent to it.")]
    OptedOut,
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Console {
    /// A new name for the forms of a page that send a text: each form is acted on once.
    pub fn form_nonce(&self) -> Tag {
        Tag::draw(&*self.entropy)
    }

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
            tag: test
                .key
                .map_or_else(|| Tag::draw(&*self.entropy), |key| tag_of(caller, key)),
            to,
            class: Class::Notice,
            words: Words::Plain(words.to_owned()),
            not_before: now,
            expires_at: now.plus(Class::Notice.life()),
            user: None,
        };
        let event = AuditEvent::new(
            now,
            Actor::Admin(caller.id),
            "console.test_sent",
            Subject::Service,
        );
        match self.actions.send(queued, event).await? {
            Queueing::Queued | Queueing::QueuedBefore => Ok(()),
            Queueing::OptedOut => Err(SendTestError::OptedOut),
        }
    }
}

/// The same intention of the same administrator always names the same row.
fn tag_of(caller: &AdminCaller, key: &IdempotencyKey) -> Tag {
    let digest = Sha256::new()
        .chain_update(b"thunderbird console test text v1\0")
        .chain_update(caller.id.get().to_be_bytes())
        .chain_update(key.as_str().as_bytes())
        .finalize();
    let mut bits = [0; 16];
    bits.iter_mut().zip(digest).for_each(|(bit, byte)| *bit = byte);
    Tag::from_bytes(bits)
}
