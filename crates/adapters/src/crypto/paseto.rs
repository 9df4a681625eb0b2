//! Access tokens as PASETO v4.local: XChaCha20 with keyed BLAKE2b, the key's PASERK id in the footer.

use std::sync::Arc;

use pasetors::{
    Local,
    token::UntrustedToken,
    version4::{LocalToken, V4},
};
use serde::{Deserialize, Serialize};
use thunderbird_domain::{
    random::Tag,
    time::Timestamp,
    token::{
        claims::{AUDIENCE, AccessClaims, ISSUER, MAX_TOKEN_BYTES, PresentedClaims, TokenRefusal},
        key_ring::KeyPurpose,
        sealer::TokenSealer,
    },
};

use super::{
    entropy::stop_without_randomness,
    keys::{Key, Keys},
    live_ring::LiveRing,
};

/// Bound into every access token without being sent: what was sealed for anything else does not open as one.
const PURPOSE: &[u8] = b"thunderbird access token v1";

/// Seals and opens access tokens with the ring in force.
pub struct PasetoSealer {
    ring: Arc<LiveRing>,
}

impl PasetoSealer {
    /// A sealer on this ring.
    pub fn new(ring: Arc<LiveRing>) -> Self {
        Self { ring }
    }
}

#[derive(Serialize, Deserialize)]
struct WrittenClaims<'a> {
    #[serde(borrow)]
    iss: Option<&'a str>,
    aud: Option<&'a str>,
    sub: Option<&'a str>,
    sid: Option<i64>,
    r#gen: Option<i64>,
    iat: Option<&'a str>,
    nbf: Option<&'a str>,
    exp: Option<&'a str>,
    jti: Option<&'a str>,
}

impl TokenSealer for PasetoSealer {
    fn seal(&self, claims: &AccessClaims) -> String {
        let keys = self.ring.keys();
        let sealed = keys
            .sealing(KeyPurpose::Token, self.ring.now())
            .ok_or(pasetors::errors::Error::Key)
            .and_then(|key| encrypt(key, &written(claims)));
        match sealed {
            Ok(token) => token,
            Err(error) => stop_without_randomness(&error),
        }
    }

    fn open(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRefusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefusal::Malformed);
        }
        let untrusted = UntrustedToken::<Local, V4>::try_from(token).map_err(|_| TokenRefusal::Malformed)?;
        let mut keys = self.ring.keys();
        if named_key(&keys, &untrusted, now).is_none() && self.ring.reread_for_unknown() {
            keys = self.ring.keys();
        }
        let key = named_key(&keys, &untrusted, now).ok_or(TokenRefusal::UnknownKey)?;
        let opened = LocalToken::decrypt(
            &key.secret,
            &untrusted,
            Some(key.about.id.as_bytes()),
            Some(PURPOSE),
        )
        .map_err(|_| TokenRefusal::Forged)?;
        believe(opened.payload(), now)
    }
}

fn written(claims: &AccessClaims) -> Vec<u8> {
    let (account, id) = (claims.account.get().to_string(), claims.id.to_string());
    let instants = [claims.issued_at, claims.not_before, claims.expires_at].map(|at| at.to_string());
    let [issued_at, not_before, expires_at] = &instants;
    let written = WrittenClaims {
        iss: Some(ISSUER),
        aud: Some(AUDIENCE),
        sub: Some(&account),
        sid: Some(claims.session.get()),
        r#gen: Some(claims.generation),
        iat: Some(issued_at),
        nbf: Some(not_before),
        exp: Some(expires_at),
        jti: Some(&id),
    };
    serde_json::to_vec(&written).unwrap_or_default()
}

fn encrypt(key: &Key, payload: &[u8]) -> Result<String, pasetors::errors::Error> {
    LocalToken::encrypt(&key.secret, payload, Some(key.about.id.as_bytes()), Some(PURPOSE))
}

/// The token key whose id is the footer, byte by byte: parsing a footer costs seven times a decryption, and anybody
/// could make us do it.
fn named_key<'k>(keys: &'k Keys, token: &UntrustedToken<Local, V4>, now: Timestamp) -> Option<&'k Key> {
    let ring = keys.ring();
    let about = ring
        .of(KeyPurpose::Token)
        .find(|about| about.id.as_bytes() == token.untrusted_footer())?;
    if !ring.opens(about, now) {
        return None;
    }
    keys.find(&about.id)
}

fn believe(payload: &str, now: Timestamp) -> Result<AccessClaims, TokenRefusal> {
    let claims: WrittenClaims<'_> = serde_json::from_str(payload).map_err(|_| TokenRefusal::WrongClaim)?;
    PresentedClaims {
        issuer: claims.iss,
        audience: claims.aud,
        subject: claims.sub,
        session: claims.sid,
        generation: claims.r#gen,
        issued_at: claims.iat.and_then(instant),
        not_before: claims.nbf.and_then(instant),
        expires_at: claims.exp.and_then(instant),
        id: claims.jti.and_then(tag),
    }
    .believe(now)
}

fn instant(text: &str) -> Option<Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(instant.as_microsecond()))
}

fn tag(hex: &str) -> Option<Tag> {
    let plain = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bits = plain.then(|| u128::from_str_radix(hex, 16).ok())??;
    Some(Tag::from_bytes(bits.to_be_bytes()))
}
