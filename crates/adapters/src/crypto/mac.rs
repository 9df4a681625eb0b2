//! Keyed digests of short secrets: HMAC-SHA-256 under the ring's code keys.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thunderbird_domain::{
    secret::{Mac, MacPurpose, Macs},
    token::key_ring::KeyPurpose,
};

use super::{
    entropy::stop_without_randomness,
    keys::{Key, Keys},
    live_ring::LiveRing,
};

/// Makes keyed digests with the ring in force.
pub struct RingMacs {
    ring: Arc<LiveRing>,
}

impl RingMacs {
    /// Digests on this ring.
    pub fn new(ring: Arc<LiveRing>) -> Self {
        Self { ring }
    }
}

impl Macs for RingMacs {
    fn mac(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Mac {
        let keys = self.ring.keys();
        match keys.sealing(KeyPurpose::Code, self.ring.now()) {
            Some(key) => digest(key, purpose, parts),
            None => stop_without_randomness(&"the key ring has no code key"),
        }
    }

    fn mac_with(&self, key_id: &str, purpose: MacPurpose, parts: &[&[u8]]) -> Option<Mac> {
        let mut keys = self.ring.keys();
        if self.code_key(&keys, key_id).is_none() && self.ring.reread_for_unknown() {
            keys = self.ring.keys();
        }
        Some(digest(self.code_key(&keys, key_id)?, purpose, parts))
    }

    fn macs(&self, purpose: MacPurpose, parts: &[&[u8]]) -> Vec<Mac> {
        let (keys, now) = (self.ring.keys(), self.ring.now());
        let ring = keys.ring();
        ring.of(KeyPurpose::Code)
            .filter(|about| ring.opens(about, now))
            .filter_map(|about| keys.find(&about.id))
            .map(|key| digest(key, purpose, parts))
            .collect()
    }
}

impl RingMacs {
    fn code_key<'k>(&self, keys: &'k Keys, key_id: &str) -> Option<&'k Key> {
        let key = keys.find(key_id)?;
        let held = key.about.purpose == KeyPurpose::Code && keys.ring().opens(&key.about, self.ring.now());
        held.then_some(key)
    }
}

/// What a purpose is called inside the digest. A name never changes, or every stored digest would be void.
const fn label(purpose: MacPurpose) -> &'static [u8] {
    match purpose {
        MacPurpose::PhoneCode => b"phone code",
        MacPurpose::LinkWords => b"link words",
        MacPurpose::ConfirmWord => b"confirm word",
        MacPurpose::LoginIdentifier => b"login identifier",
        MacPurpose::SendingLimit => b"sending limit",
        MacPurpose::StopMails => b"stop mails",
    }
}

fn digest(key: &Key, purpose: MacPurpose, parts: &[&[u8]]) -> Mac {
    let mut hmac = match Hmac::<Sha256>::new_from_slice(key.secret.as_bytes()) {
        Ok(hmac) => hmac,
        Err(error) => stop_without_randomness(&error),
    };
    hmac.update(b"thunderbird mac v1");
    for part in std::iter::once(label(purpose)).chain(parts.iter().copied()) {
        hmac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hmac.update(part);
    }
    Mac {
        key_id: key.about.id.clone(),
        bytes: hmac.finalize().into_bytes().into(),
    }
}
