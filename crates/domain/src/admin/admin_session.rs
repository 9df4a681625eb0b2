//! A session of the console as it is stored.

use std::time::Duration;

use crate::{account::OpaqueToken, id::AdminId, secret::TokenDigest, time::Timestamp};

/// A session that nothing was asked in for this long is over.
pub const IDLE_LIFE: Duration = Duration::from_mins(15);
/// A session is over after this long, whatever was asked in it.
pub const WHOLE_LIFE: Duration = Duration::from_hours(8);

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminSession {
    /// SHA-256 of the cookie's value.
    pub digest: TokenDigest,
    /// Whose it is.
    pub admin: AdminId,
    /// Whether everything that was needed to sign in was given.
    pub complete: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When something was last asked in it.
    pub last_seen_at: Timestamp,
    /// When it is over at the latest.
    pub expires_at: Timestamp,
}

impl AdminSession {
    /// A session that begins now.
    pub fn begin(token: &OpaqueToken, admin: AdminId, complete: bool, now: Timestamp) -> Self {
        Self {
            digest: token.digest(),
            admin,
            complete,
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus(WHOLE_LIFE),
        }
    }

    /// Whether it may still be used.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.last_seen_at.plus(IDLE_LIFE)
    }
}
