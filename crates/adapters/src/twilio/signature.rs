//! Whether Twilio sent a request: base64(HMAC-SHA1(auth token, address + sorted parameters)), as on Twilio's page
//! "Webhooks security" and in its SDKs.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use thunderbird_domain::{
    secret::{Secret, same_bytes},
    sms::inbound::TokenFingerprint,
};
use url::Url;

/// A form's decoded names and values, in the order they came.
pub type Parameters = Vec<(String, String)>;

/// Decodes a form; blanks are kept, and bytes that are no UTF-8 are replaced, so that they cannot verify.
pub fn parameters(body: &[u8]) -> Parameters {
    form_urlencoded::parse(body).into_owned().collect()
}

/// The service's public address cannot be one that Twilio signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public URL must be a scheme and a host, with a port if needed")]
pub struct UnusableUrl;

/// An auth token, and what it is remembered by.
#[derive(Debug, Clone)]
pub struct AuthToken {
    secret: Secret<String>,
    fingerprint: TokenFingerprint,
}

impl AuthToken {
    /// An auth token.
    pub fn new(secret: Secret<String>) -> Self {
        let fingerprint = TokenFingerprint::of(secret.expose());
        Self { secret, fingerprint }
    }
}

/// The auth tokens that are believed now: those of the configuration, or the simulator's, which can be renewed.
pub trait AuthTokens: Send + Sync {
    /// The tokens.
    fn tokens(&self) -> Vec<AuthToken>;
}

impl AuthTokens for Vec<AuthToken> {
    fn tokens(&self) -> Vec<AuthToken> {
        self.clone()
    }
}

/// Checks signatures against our own address: never against `Host` or `X-Forwarded-*`.
#[derive(Clone)]
pub struct SignatureCheck {
    origins: Vec<String>,
    tokens: Arc<dyn AuthTokens>,
}

impl fmt::Debug for SignatureCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.origins).finish()
    }
}

impl SignatureCheck {
    /// A check for the service at `public_url`, of requests signed with any of `tokens` (two while one replaces the
    /// other).
    ///
    /// # Errors
    ///
    /// [`UnusableUrl`] for an address that is no origin.
    pub fn new(public_url: &str, tokens: Arc<dyn AuthTokens>) -> Result<Self, UnusableUrl> {
        let origins = origins(public_url)?;
        Ok(Self { origins, tokens })
    }

    /// Our own address, and the tokens.
    pub(super) fn believed(&self) -> Option<(&str, &Arc<dyn AuthTokens>)> {
        self.origins.first().map(|origin| (origin.as_str(), &self.tokens))
    }

    /// What the tokens that are believed now are remembered by.
    pub(super) fn fingerprints(&self) -> Vec<TokenFingerprint> {
        self.tokens
            .tokens()
            .iter()
            .map(|token| token.fingerprint)
            .collect()
    }

    /// The fingerprint of the token that signed a request for `path`, if any did. How long this takes says nothing
    /// about how much of a signature was right.
    pub fn verify(&self, path: &str, parameters: &Parameters, signature: &str) -> Option<TokenFingerprint> {
        let mut sorted: Vec<&(String, String)> = parameters.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut signed_by = None;
        for token in self.tokens.tokens() {
            for origin in &self.origins {
                let expected = sign(token.secret.expose(), &[origin, path], &sorted);
                if same_bytes(expected.as_bytes(), signature.as_bytes()) {
                    signed_by = Some(token.fingerprint);
                }
            }
        }
        signed_by
    }
}

/// The signature of a request for `address` (its parts in order) with parameters sorted by name and value.
pub(crate) fn sign(token: &str, address: &[&str], sorted: &[&(String, String)]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else {
        return String::new();
    };
    for part in address {
        mac.update(part.as_bytes());
    }
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The address as it is written, without its port, and with the port written out: Twilio's SDKs try the same.
fn origins(public_url: &str) -> Result<Vec<String>, UnusableUrl> {
    let written = public_url.trim_end_matches('/');
    let url = Url::parse(public_url).map_err(|_| UnusableUrl)?;
    let scheme = url.scheme();
    let host = url.host_str().ok_or(UnusableUrl)?;
    let port = url.port_or_known_default().ok_or(UnusableUrl)?;
    let mut origins = vec![
        written.to_owned(),
        format!("{scheme}://{host}"),
        format!("{scheme}://{host}:{port}"),
    ];
    origins.sort_unstable();
    origins.dedup();
    Ok(origins)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "12345";

    fn check(url: &str) -> SignatureCheck {
        let tokens = [TOKEN, "the next one"].map(|token| AuthToken::new(Secret::new(token.to_owned())));
        SignatureCheck::new(url, Arc::new(tokens.to_vec())).unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Parameters {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// The example of Twilio's page and of its SDKs' tests.
    fn example() -> Parameters {
        pairs(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ])
    }

    #[test]
    fn twilio_s_documented_example_verifies() {
        let signed_by = check("https://mycompany.com").verify(
            "/myapp.php?foo=1&bar=2",
            &example(),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        );
        assert_eq!(signed_by, Some(TokenFingerprint::of(TOKEN)));
    }

    /// From the tests of twilio-python: equal values of a repeated name are signed once, others in order.
    #[test]
    fn repeated_names_are_signed_as_the_sdks_sign_them() {
        let repeated = pairs(&[
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ]);
        let expected = "IK+Dwps556ElfBT0I3Rgjkr1wJU=";
        let check = check("https://mycompany.com");
        assert!(
            check
                .verify("/myapp.php?foo=1&bar=2", &repeated, expected)
                .is_some()
        );
    }

    #[test]
    fn the_default_port_may_be_written_out_or_left_out() {
        let sign_for = |address: &str| sign(TOKEN, &[address], &[]);
        let none = Parameters::new();
        for public_url in [
            "https://example.org",
            "https://example.org:443",
            "https://example.org/",
        ] {
            let check = check(public_url);
            for signed in ["https://example.org/x", "https://example.org:443/x"] {
                assert!(
                    check.verify("/x", &none, &sign_for(signed)).is_some(),
                    "{public_url} {signed}"
                );
            }
            for signed in [
                "http://example.org/x",
                "https://example.org:8443/x",
                "https://evil.org/x",
            ] {
                assert!(
                    check.verify("/x", &none, &sign_for(signed)).is_none(),
                    "{public_url} {signed}"
                );
            }
        }
        let literal = check("https://[2001:db8::1]:8443");
        assert!(
            literal
                .verify("/x", &none, &sign_for("https://[2001:db8::1]:8443/x"))
                .is_some()
        );
        assert!(SignatureCheck::new("example.org", Arc::new(Vec::new())).is_err());
    }

    #[test]
    fn both_tokens_of_a_rotation_verify_and_are_told_apart() {
        let next = sign("the next one", &["https://example.org/x"], &[]);
        let signed_by = check("https://example.org").verify("/x", &Parameters::new(), &next);
        assert_eq!(signed_by, Some(TokenFingerprint::of("the next one")));
        let foreign = sign("another", &["https://example.org/x"], &[]);
        assert_eq!(
            check("https://example.org").verify("/x", &Parameters::new(), &foreign),
            None
        );
    }

    proptest! {
        #[test]
        fn any_change_breaks_the_signature(place in 0..5_usize, change in "[A-Za-z0-9]{1,4}", cut in 0..28_usize) {
            let check = check("https://mycompany.com");
            let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
            let mut changed = example();
            changed[place].1.push_str(&change);
            prop_assert!(check.verify("/myapp.php?foo=1&bar=2", &changed, signature).is_none());
            prop_assert!(check.verify("/myapp.php?foo=1&bar=2", &example(), &signature[..cut]).is_none());
        }
    }
}
