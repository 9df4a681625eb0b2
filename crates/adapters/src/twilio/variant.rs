//! For which other address a refused webhook was signed: the commonest mistake of a set-up, told instead of guessed.

use std::sync::Arc;

use url::Url;

use super::signature::{Parameters, SignatureCheck};

impl SignatureCheck {
    /// The public URL that a webhook at `path` was signed for, if it is one that a wrong setting leads to: the other
    /// scheme, no port, or the host that the request itself names. A match proves that one of our tokens signed it, so
    /// a stranger's `Host` is never repeated.
    pub fn signed_for(
        &self,
        host: Option<&str>,
        (path, parameters): (&str, &Parameters),
        signature: &str,
    ) -> Option<String> {
        let (public_url, tokens) = self.believed()?;
        let ours = Url::parse(public_url).ok()?;
        let own = ours.host_str()?.to_owned();
        let with_port = ours.port().map(|port| format!("{own}:{port}"));
        [with_port, Some(own), host.map(str::to_owned)]
            .into_iter()
            .flatten()
            .flat_map(|authority| ["https", "http"].map(|scheme| format!("{scheme}://{authority}")))
            .find(|candidate| {
                Self::new(candidate, Arc::clone(tokens))
                    .is_ok_and(|check| check.verify(path, parameters, signature).is_some())
            })
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use thunderbird_domain::secret::Secret;

    use super::*;
    use crate::twilio::signature::{AuthToken, AuthTokens};

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn signed(url: &str) -> Option<String> {
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(format!("{url}/webhook/sms/inboundBodyHELP").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let tokens: Arc<dyn AuthTokens> = Arc::new(vec![AuthToken::new(Secret::new(TOKEN.to_owned()))]);
        let parameters = vec![("Body".to_owned(), "HELP".to_owned())];
        let check = SignatureCheck::new("https://sms.example.org", tokens).unwrap();
        let request = ("/webhook/sms/inbound", &parameters);
        check.signed_for(Some("proxy.example.net:8443"), request, &signature)
    }

    #[test]
    fn the_address_that_was_meant_is_named() {
        for meant in [
            "http://sms.example.org",
            "https://proxy.example.net:8443",
            "http://proxy.example.net:8443",
        ] {
            assert_eq!(signed(meant).as_deref(), Some(meant));
        }
        assert_eq!(signed("https://stranger.example"), None);
    }
}
