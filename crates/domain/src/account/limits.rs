//! The limits that follow from what the operator chose.

use std::time::Duration;

use super::Accounts;
use crate::{
    email::Email,
    id::DeviceId,
    limit::{Limit, LimitKey, Quota, Rule, Source},
    secret::MacPurpose,
};

impl Accounts {
    /// What a failed login counts under: a known device, or else the identifier as submitted, whether anybody has it or
    /// not; and the source.
    pub(super) fn login_limits(
        &self,
        identifier: &str,
        device: Option<DeviceId>,
        source: Source,
    ) -> Vec<Limit> {
        let per_source = Quota {
            events: self.rules.login_failures_per_10_min,
            per: Duration::from_mins(10),
        };
        vec![
            Limit {
                key: self.login_counter(identifier, device),
                rule: Rule::LoginCurve,
            },
            Limit {
                key: LimitKey::login_source(source),
                rule: Rule::Quota(per_source),
            },
        ]
    }

    /// The counter of a sign-in's own failures, which its success clears. That of the identifier stays when a device has
    /// signed in: guesses from elsewhere wait on.
    pub(super) fn login_counter(&self, identifier: &str, device: Option<DeviceId>) -> LimitKey {
        match device {
            Some(device) => LimitKey::new("login.device", device.get().to_be_bytes()),
            None => self.login_identifier(identifier),
        }
    }

    /// What a session that begins counts under: the identifier that it signed in with, so the counter outlives the account.
    pub(super) fn session_limit(&self, identifier: &str) -> Limit {
        let per_account = Quota {
            events: self.rules.sessions_per_hour,
            per: Duration::from_hours(1),
        };
        Limit {
            key: LimitKey::new("login.sessions", self.login_identifier(identifier).subject()),
            rule: Rule::Quota(per_account),
        }
    }

    /// The counter of a login identifier. Spellings of one address share it.
    pub(crate) fn login_identifier(&self, identifier: &str) -> LimitKey {
        let spelled = canonical(identifier);
        LimitKey::login_identifier(
            &self
                .macs
                .mac(MacPurpose::LoginIdentifier, &[b"login", spelled.as_bytes()]),
        )
    }

    /// What a registration counts under.
    pub(super) fn registration_limit(&self, source: Source) -> Limit {
        let per_source = Quota {
            events: self.rules.registrations_per_hour,
            per: Duration::from_hours(1),
        };
        Limit {
            key: LimitKey::registration_source(source),
            rule: Rule::Quota(per_source),
        }
    }
}

/// Canonical e-mail address. Input that is not a valid address is only trimmed and lower-cased, so that it is
/// rate-limited too.
fn canonical(identifier: &str) -> String {
    match Email::parse(identifier) {
        Ok(email) => email.as_str().to_owned(),
        Err(_) => identifier.trim().to_ascii_lowercase(),
    }
}
