//! Doubles for the cryptographic ports: instant, countable, and of no worth outside tests.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use thunderbird_domain::{
    account::password::{Hashed, Password, PasswordAttempt, PasswordHash, PasswordHasher, Verified},
    port::PortFuture,
    random::Tag,
    secret::{BodySealer, Mac, MacPurpose, Macs, Sealed, Secret},
    time::Timestamp,
    token::{
        claims::{AUDIENCE, AccessClaims, ISSUER, PresentedClaims, TokenRefusal},
        sealer::TokenSealer,
    },
};

const HASH: &str = "$instant$";
const WEAK_HASH: &str = "$weak$";

/// Hashes at once, and counts what it was asked to verify.
#[derive(Debug, Default)]
pub struct InstantHasher {
    hashed: AtomicUsize,
    verified: AtomicUsize,
    busy: AtomicBool,
}

impl InstantHasher {
    /// How many passwords were hashed.
    pub fn hashed(&self) -> usize {
        self.hashed.load(Ordering::SeqCst)
    }

    /// How many verifications ran, dummies included: one for each reading of an attempt.
    pub fn verified(&self) -> usize {
        self.verified.load(Ordering::SeqCst)
    }

    /// Whether the queue is full from now on.
    pub fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::SeqCst);
    }

    /// A stored hash of a password that is weaker than what [`PasswordHasher::hash`] makes.
    pub fn weak_hash(password: &str) -> PasswordHash {
        PasswordHash::from_stored(format!("{WEAK_HASH}{}", fingerprint(password.as_bytes())))
    }

    fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst)
    }
}

impl PasswordHasher for InstantHasher {
    fn hash(&self, password: &Password) -> PortFuture<'_, Hashed<PasswordHash>> {
        let fingerprint = fingerprint(password.as_bytes());
        Box::pin(async move {
            if self.is_busy() {
                return Ok(Hashed::Busy);
            }
            let salt = self.hashed.fetch_add(1, Ordering::SeqCst);
            Ok(Hashed::Done(PasswordHash::from_stored(format!(
                "{HASH}{salt}${fingerprint}"
            ))))
        })
    }

    fn verify(
        &self,
        attempt: &PasswordAttempt,
        stored: Option<&PasswordHash>,
    ) -> PortFuture<'_, Hashed<Verified>> {
        let readings = attempt.readings();
        let stored = stored
            .and_then(|hash| hash.as_str().rsplit_once('$'))
            .map(|(_, tail)| tail.to_owned());
        Box::pin(async move {
            if self.is_busy() {
                return Ok(Hashed::Busy);
            }
            self.verified.fetch_add(readings.len(), Ordering::SeqCst);
            let mut seen = readings.iter().map(|reading| Some(fingerprint(reading.expose())));
            let matched = stored.is_some() && seen.any(|seen| seen == stored);
            Ok(Hashed::Done(if matched {
                Verified::Match
            } else {
                Verified::NoMatch
            }))
        })
    }

    fn is_weaker(&self, stored: &PasswordHash) -> bool {
        stored.as_str().starts_with(WEAK_HASH)
    }
}

fn fingerprint(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, digest)
}

/// Tokens that are only names for the claims it remembers; times and all are checked as ever.
#[derive(Debug, Default)]
pub struct RememberingTokens {
    sealed: Mutex<HashMap<String, AccessClaims>>,
}

impl TokenSealer for RememberingTokens {
    fn seal(&self, claims: &AccessClaims) -> String {
        let mut sealed = self
            .sealed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let token = format!("test.local.{}", sealed.len());
        sealed.insert(token.clone(), *claims);
        token
    }

    fn open(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRefusal> {
        let sealed = self
            .sealed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let claims = sealed.get(token).ok_or(TokenRefusal::Malformed)?;
        PresentedClaims {
            issuer: Some(ISSUER),
            audience: Some(AUDIENCE),
            subject: Some(&claims.account.get().to_string()),
            session: Some(claims.session.get()),
            generation: Some(claims.generation),
            issued_at: Some(claims.issued_at),
            not_before: Some(claims.not_before),
            expires_at: Some(claims.expires_at),
            id: Some(claims.id),
        }
        .believe(now)
    }
}

/// Hides bodies from a reader of the store as well as a test needs: bound to the tag, unreadable, not secret.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainSealer;

const BODY_KEY: &str = "test-body-key";

impl BodySealer for PlainSealer {
    fn seal(&self, tag: Tag, text: &str) -> Sealed {
        let hidden = text.bytes().map(|byte| !byte);
        let bytes = tag.as_bytes().iter().copied().chain(hidden).collect();
        Sealed {
            key_id: BODY_KEY.to_owned(),
            bytes,
        }
    }

    fn open(&self, tag: Tag, sealed: &Sealed) -> Option<Secret<String>> {
        if sealed.key_id != BODY_KEY {
            return None;
        }
        let hidden = sealed.bytes.strip_prefix(tag.as_bytes().as_slice())?;
        let text = String::from_utf8(hidden.iter().map(|byte| !byte).collect()).ok()?;
        Some(Secret::new(text))
    }
}

/// Keyed digests under keys that a test adds and drops.
#[derive(Debug)]
pub struct TestMacs {
    newest_first: Mutex<Vec<String>>,
}

impl Default for TestMacs {
    fn default() -> Self {
        Self {
            newest_first: Mutex::new(vec!["test-code-key-1".to_owned()]),
        }
    }
}

impl TestMacs {
    /// Adds a key, which makes the digests from now on.
    pub fn rotate(&self) {
        let mut keys = self
            .newest_first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let name = format!("test-code-key-{}", keys.len() + 1);
        keys.insert(0, name);
    }

    /// Drops every key but the newest.
    pub fn forget_old(&self) {
        self.newest_first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .truncate(1);
    }

    fn keys(&self) -> Vec<String> {
        self.newest_first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl Macs for TestMacs {
    fn mac(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Mac {
        let keys = self.keys();
        digest(keys.first().map_or("", String::as_str), purpose, parts)
    }

    fn mac_with(&self, key_id: &str, purpose: MacPurpose, parts: &[&[u8]]) -> Option<Mac> {
        let held = self.keys().iter().any(|key| key == key_id);
        held.then(|| digest(key_id, purpose, parts))
    }

    fn macs(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Vec<Mac> {
        self.keys()
            .iter()
            .map(|key| digest(key, purpose, parts))
            .collect()
    }
}

fn digest(key_id: &str, purpose: MacPurpose, parts: &[&[u8]]) -> Mac {
    let mut bytes = [0; 32];
    if let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(key_id.as_bytes()) {
        hmac.update(format!("{purpose:?}").as_bytes());
        for part in parts {
            hmac.update(&part.len().to_be_bytes());
            hmac.update(part);
        }
        bytes = hmac.finalize().into_bytes().into();
    }
    Mac {
        key_id: key_id.to_owned(),
        bytes,
    }
}
