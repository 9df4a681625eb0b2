//! The port behind which access tokens are made and opened.

use crate::time::Timestamp;

use super::claims::{AccessClaims, TokenRefusal};

/// Seals access tokens with the key ring. Computing only, so it is synchronous.
pub trait TokenSealer: Send + Sync {
    /// A token that says `claims`, under the key that seals now. At most
    /// [`MAX_TOKEN_BYTES`](super::claims::MAX_TOKEN_BYTES) long; two calls never give the same token.
    fn seal(&self, claims: &AccessClaims) -> String;

    /// What a token says, if it is ours, untouched, made to be an access token, and valid at `now`.
    ///
    /// # Errors
    ///
    /// [`TokenRefusal`], of which the client is not told which.
    fn open(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRefusal>;
}
