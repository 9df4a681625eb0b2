//! The simulator's auth token: its newest key of the ring, in lower-case hexadecimal.

use std::sync::Arc;

use thunderbird_domain::secret::Secret;

use super::{keys::Keys, live_ring::LiveRing};
use crate::twilio::signature::{AuthToken, AuthTokens};

/// What the simulator's webhooks are signed with; `None` when the ring has no such key.
pub fn simulator_token(keys: &Keys) -> Option<Secret<String>> {
    let key = keys.simulator()?;
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
    let hex = key.expose().iter().flat_map(digits).flatten().collect();
    Some(Secret::new(hex))
}

/// Believes whatever the simulator signs with now.
pub struct SimulatorTokens(pub Arc<LiveRing>);

impl AuthTokens for SimulatorTokens {
    fn tokens(&self) -> Vec<AuthToken> {
        simulator_token(&self.0.keys())
            .map(AuthToken::new)
            .into_iter()
            .collect()
    }
}
