//! Codes of an authenticator: TOTP (RFC 6238) with SHA-1, six digits, 30 seconds, one step of tolerance either way.

use thunderbird_domain::{admin::TotpCodes, secret::Secret, time::Timestamp};
use totp_rs::{Builder, Totp};

/// What every authenticator understands.
#[derive(Debug, Default)]
pub struct Authenticator;

impl Authenticator {
    fn totp(secret: &[u8], name: &str) -> Option<Totp> {
        Builder::new()
            .with_secret(secret.to_vec())
            .with_account_name(name)
            .with_issuer(Some("Thunderbird"))
            .with_skew(1)
            .build()
            .ok()
    }
}

impl TotpCodes for Authenticator {
    fn step_of(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.as_seconds()).ok()?;
        let six_digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
        let step = six_digits
            .then(|| Self::totp(secret, "console")?.check(code, seconds))
            .flatten()?;
        i64::try_from(step).ok()
    }

    fn provisioning_uri(&self, secret: &[u8], name: &str) -> Option<Secret<String>> {
        Self::totp(secret, name)
            .and_then(|totp| totp.to_url().ok())
            .map(Secret::new)
    }
}
