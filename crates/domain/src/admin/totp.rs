//! The port that judges the codes of an authenticator.

use crate::{secret::Secret, time::Timestamp};

/// Judges the codes of an authenticator.
pub trait TotpCodes: Send + Sync {
    /// The time step that `code` belongs to, when it is one of the last, the present or the next 30 seconds.
    fn step_of(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<i64>;

    /// What an authenticator reads to be enrolled: `otpauth://totp/…`.
    fn provisioning_uri(&self, secret: &[u8], name: &str) -> Option<Secret<String>>;
}
