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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six digits of the SHA-1 rows.
    #[test]
    fn the_rfc_s_own_codes_are_accepted_within_one_step() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
        ] {
            let at = |offset: i64| Timestamp::from_micros((seconds + offset) * 1_000_000);
            assert_eq!(Authenticator.step_of(secret, code, at(0)), Some(seconds / 30));
            assert_eq!(Authenticator.step_of(secret, code, at(30)), Some(seconds / 30));
            assert_eq!(Authenticator.step_of(secret, code, at(90)), None);
        }
        assert_eq!(
            Authenticator.step_of(secret, "28708", Timestamp::from_micros(59_000_000)),
            None
        );
        assert_eq!(
            Authenticator.step_of(secret, "", Timestamp::from_micros(59_000_000)),
            None
        );
    }

    #[test]
    fn an_authenticator_is_told_who_it_is_for() {
        let uri = Authenticator
            .provisioning_uri(b"12345678901234567890", "ada")
            .unwrap();
        assert!(
            uri.expose()
                .starts_with("otpauth://totp/Thunderbird:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        );
    }
}
