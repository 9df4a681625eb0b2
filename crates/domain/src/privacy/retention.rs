//! How long everything is kept.

use std::time::Duration;

use crate::{account::DEVICE_KEPT, time::Timestamp};

/// How long a session is kept after its end.
pub const SESSIONS_KEPT: Duration = Duration::from_hours(30 * 24);
/// How long a mailed token is kept after its time.
pub const MAIL_TOKENS_KEPT: Duration = Duration::from_hours(24);
/// How long a line of the audit log is kept.
pub const AUDIT_KEPT: Duration = Duration::from_hours(400 * 24);
/// How long the words of texts and mails are kept, and what a hiker has written about a trip after its end.
pub const BODIES_KEPT: Duration = Duration::from_hours(30 * 24);
/// How long it is kept that there was a text or a mail, without its words, and how long a promise is kept that is closed.
pub const METADATA_KEPT: Duration = Duration::from_hours(400 * 24);
/// How long a texted code is kept after it was made: a day after its ten minutes.
pub const CODES_KEPT: Duration = Duration::from_mins(24 * 60 + 10);
/// How long three words are kept after they were made: a day after their day, and until no question asks for them.
pub const WORDS_KEPT: Duration = Duration::from_hours(49);

/// What was over before these instants is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionCutoffs {
    /// Sessions that ended, or whose time was over, before.
    pub sessions: Timestamp,
    /// Devices that signed in last before.
    pub devices: Timestamp,
    /// Mailed tokens whose time was over before.
    pub mail_tokens: Timestamp,
    /// Lines of the audit log that were written before.
    pub audit: Timestamp,
    /// The words of texts and mails that were stored before, and what was written about trips that ended before.
    pub bodies: Timestamp,
    /// Texts and mails that were stored before, and promises that were closed before.
    pub metadata: Timestamp,
    /// Codes and questions that were made before, and conversations that were over.
    pub codes: Timestamp,
    /// Sets of words that were made before.
    pub words: Timestamp,
    /// Whatever says itself that it may be forgotten by now.
    pub now: Timestamp,
}

impl RetentionCutoffs {
    /// As seen from `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            sessions: now.minus(SESSIONS_KEPT),
            devices: now.minus(DEVICE_KEPT),
            mail_tokens: now.minus(MAIL_TOKENS_KEPT),
            audit: now.minus(AUDIT_KEPT),
            bodies: now.minus(BODIES_KEPT),
            metadata: now.minus(METADATA_KEPT),
            codes: now.minus(CODES_KEPT),
            words: now.minus(WORDS_KEPT),
            now,
        }
    }
}
