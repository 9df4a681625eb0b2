//! Sending a text again that was given up.

use super::{AdminCaller, Console};
use crate::{
    audit::{Actor, AuditEvent, Subject},
    port::Fault,
};

/// What became of the wish to send a text again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// It is queued again.
    Queued,
    /// It is not in a state that can be sent again.
    NotGivenUp,
    /// Its words were erased, or they carried a code.
    WordsGone,
    /// The number does not want our texts.
    OptedOut,
    /// There is no such text.
    Unknown,
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
    /// There is no such text.
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
    pub async fn resend(&self, caller: &AdminCaller, message: i64) -> Result<(), ResendError> {
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
