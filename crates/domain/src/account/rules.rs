//! What the operator chose about accounts.

use std::time::Duration;

use super::{MailPurpose, OpaqueToken};

/// What the operator chose about accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRules {
    /// Whether strangers may register.
    pub registration_open: bool,
    /// How long an access token is good for.
    pub access_token_life: Duration,
    /// Registrations per source and hour.
    pub registrations_per_hour: u32,
    /// Failed logins per source and ten minutes.
    pub login_failures_per_10_min: u32,
    /// Sign-ins per account and hour.
    pub sessions_per_hour: u32,
    /// Password resets per address and hour.
    pub resets_per_hour: u32,
    /// Where links in mails lead; none when there is no mailer.
    pub mail: Option<MailLinks>,
}

/// Where links in mails lead: the configured public URL, whatever a request's `Host` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLinks(Box<str>);

impl MailLinks {
    /// Links below `public_url`: scheme, host and optional port.
    pub fn new(public_url: &str) -> Self {
        Self(public_url.trim_end_matches('/').into())
    }

    /// The page that `token` is for. It stands in the fragment, which browsers send to nobody.
    pub(super) fn to(&self, purpose: MailPurpose, token: &OpaqueToken) -> String {
        let page = match purpose {
            MailPurpose::ResetPassword => "reset-password",
            MailPurpose::VerifyEmail => "verify-email",
        };
        format!("{}/{page}#token={}", self.0, token.reveal().expose())
    }
}
