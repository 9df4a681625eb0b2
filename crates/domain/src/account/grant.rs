//! What a client gets when it signs in or refreshes.

use std::time::Duration;

use super::{Accounts, OpaqueToken};
use crate::{
    id::{AccountId, SessionId},
    random::Tag,
    secret::Secret,
    token::claims::AccessClaims,
};

/// What a client gets when it signs in or refreshes.
#[derive(Debug, Clone)]
pub struct Grant {
    /// For the `Authorization` header.
    pub access_token: Secret<String>,
    /// How long it is good for.
    pub expires_in: Duration,
    /// For the next grant.
    pub refresh_token: Secret<String>,
    /// For the next sign-in, by which the device is known again. Only a sign-in gives it.
    pub device_token: Option<Secret<String>>,
}

impl Accounts {
    /// An access token for a session's generation, next to the refresh token of that generation.
    pub(super) fn grant(
        &self,
        account: AccountId,
        session: (SessionId, i64),
        refresh: &OpaqueToken,
    ) -> Grant {
        let (now, life) = (self.clock.now(), self.rules.access_token_life);
        let claims = AccessClaims::issue(account, session, Tag::draw(&*self.entropy), now, life);
        Grant {
            access_token: Secret::new(self.sealer.seal(&claims)),
            expires_in: claims.expires_at.since(now),
            refresh_token: refresh.reveal(),
            device_token: None,
        }
    }
}
