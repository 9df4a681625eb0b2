//! Texts and mails that carry a secret, sealed at rest: v4.local under the ring's body keys.

use std::sync::Arc;

use pasetors::{
    Local,
    token::UntrustedToken,
    version4::{LocalToken, V4},
};
use thunderbird_domain::{
    random::Tag,
    secret::{BodySealer, Sealed, Secret},
    token::key_ring::KeyPurpose,
};

use super::{entropy::stop_without_randomness, keys::Key, live_ring::LiveRing};

/// Bound into every sealed body, with its row's tag, without being stored.
const PURPOSE: &[u8] = b"thunderbird sealed body v1";
/// Stands before every body, because an empty one cannot be sealed.
const MARK: char = '=';

/// Seals bodies with the ring in force.
pub struct RingSealer {
    ring: Arc<LiveRing>,
}

impl RingSealer {
    /// A sealer on this ring.
    pub fn new(ring: Arc<LiveRing>) -> Self {
        Self { ring }
    }
}

impl BodySealer for RingSealer {
    fn seal(&self, tag: Tag, text: &str) -> Sealed {
        let keys = self.ring.keys();
        let marked = Secret::new(format!("{MARK}{text}"));
        let sealed = keys
            .sealing(KeyPurpose::Body, self.ring.now())
            .ok_or(pasetors::errors::Error::Key)
            .and_then(|key| encrypt(key, tag, marked.expose()));
        match sealed {
            Ok(sealed) => sealed,
            Err(error) => stop_without_randomness(&error),
        }
    }

    fn open(&self, tag: Tag, sealed: &Sealed) -> Option<Secret<String>> {
        let mut keys = self.ring.keys();
        if keys.find(&sealed.key_id).is_none() && self.ring.reread_for_unknown() {
            keys = self.ring.keys();
        }
        let key = keys
            .find(&sealed.key_id)
            .filter(|key| key.about.purpose == KeyPurpose::Body)?;
        let text = std::str::from_utf8(&sealed.bytes).ok()?;
        let untrusted = UntrustedToken::<Local, V4>::try_from(text).ok()?;
        let opened = LocalToken::decrypt(&key.secret, &untrusted, None, Some(&bound_to(tag))).ok()?;
        let body = opened.payload().strip_prefix(MARK)?;
        Some(Secret::new(body.to_owned()))
    }
}

fn encrypt(key: &Key, tag: Tag, marked: &str) -> Result<Sealed, pasetors::errors::Error> {
    let token = LocalToken::encrypt(&key.secret, marked.as_bytes(), None, Some(&bound_to(tag)))?;
    Ok(Sealed {
        key_id: key.about.id.clone(),
        bytes: token.into_bytes(),
    })
}

fn bound_to(tag: Tag) -> Vec<u8> {
    [PURPOSE, tag.as_bytes()].concat()
}
