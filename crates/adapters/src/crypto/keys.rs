//! The keys themselves, and the text that holds them.

use std::{collections::BTreeSet, fmt, time::Duration};

use pasetors::{
    keys::SymmetricKey,
    paserk::{FormatAsPaserk as _, Id},
    version4::V4,
};
use serde::{Deserialize, Serialize};
use thunderbird_domain::{
    random::Entropy,
    secret::Secret,
    time::Timestamp,
    token::key_ring::{KeyPurpose, KeyRing, RingKey},
};
use zeroize::{Zeroize as _, Zeroizing};

use super::entropy::stop_without_randomness;

/// The only form of the ring's text so far.
const FORM: u32 = 1;

/// What is wrong with a ring's text; it never repeats a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not the JSON that `keys rotate` writes.
    #[error("the key ring is not readable as JSON (line {line}, column {column})")]
    Malformed {
        /// Line of the first mistake.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// Written by a newer release.
    #[error("the key ring is of form {0}, which this release does not know")]
    Form(u32),
    /// A purpose that this release does not know.
    #[error("the key ring has a key for an unknown purpose")]
    Purpose,
    /// Not a PASERK `k4.local` key, or not the one its id names.
    #[error("key {0} of the ring is damaged: it is not the key of that id")]
    Damaged(String),
    /// The same key twice, so two purposes would share it.
    #[error("key {0} stands in the ring twice")]
    Twice(String),
    /// 32 times the same byte.
    #[error("key {0} of the ring is no random key")]
    Constant(String),
    /// No key for one of the purposes.
    #[error("the key ring has no {0} key")]
    Missing(&'static str),
}

/// One key, its purpose and its age.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) about: RingKey,
    pub(super) secret: SymmetricKey<V4>,
}

/// Every key of the ring, for every purpose at least one.
#[derive(Clone)]
pub struct Keys {
    ring: KeyRing,
    keys: Vec<Key>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.ring.keys().iter().map(|key| &key.id))
            .finish()
    }
}

impl Keys {
    /// A new ring: one key for each purpose.
    pub fn draw(entropy: &dyn Entropy, now: Timestamp) -> Self {
        let fresh = KeyPurpose::ALL.map(|purpose| Key::draw(entropy, purpose, now));
        Self::of(fresh.into())
    }

    /// The same ring with a new key for each of `purposes`: the newest of them, even if the clock went back.
    #[must_use]
    pub fn with_new(&self, purposes: &[KeyPurpose], entropy: &dyn Entropy, now: Timestamp) -> Self {
        let newest = self.ring.keys().first();
        let earliest = newest.map_or(now, |key| key.born_at.plus(Duration::from_micros(1)));
        let born_at = now.max(earliest);
        let fresh = purposes
            .iter()
            .map(|purpose| Key::draw(entropy, *purpose, born_at));
        Self::of(self.keys.iter().cloned().chain(fresh).collect())
    }

    /// The same ring without the keys of these ids.
    #[must_use]
    pub fn without(&self, ids: &[&str]) -> Self {
        let kept = self
            .keys
            .iter()
            .filter(|key| !ids.contains(&key.about.id.as_str()));
        Self::of(kept.cloned().collect())
    }

    /// The same ring with the keys of `other` that it lacks.
    #[must_use]
    pub fn united_with(&self, other: &Self) -> Self {
        let more = other.keys.iter().filter(|key| self.find(&key.about.id).is_none());
        Self::of(self.keys.iter().chain(more).cloned().collect())
    }

    /// Ids, purposes and ages.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The newest key of the simulator: 32 bytes, in hex the auth token of its webhooks.
    pub fn simulator(&self) -> Option<Secret<Vec<u8>>> {
        let id = &self.ring.of(KeyPurpose::Simulator).next()?.id;
        Some(Secret::new(self.find(id)?.secret.as_bytes().to_vec()))
    }

    /// Reads the text that [`Keys::to_text`] writes.
    ///
    /// # Errors
    ///
    /// [`KeysError`] when a key is damaged, doubled or missing.
    pub fn from_text(text: &str) -> Result<Self, KeysError> {
        let written: WrittenRing = serde_json::from_str(text).map_err(|error| KeysError::Malformed {
            line: error.line(),
            column: error.column(),
        })?;
        if written.form != FORM {
            return Err(KeysError::Form(written.form));
        }
        let keys = written
            .keys
            .iter()
            .map(Key::read)
            .collect::<Result<Vec<_>, _>>()?;
        let mut seen = BTreeSet::new();
        for key in &keys {
            if !seen.insert(key.about.id.as_str()) {
                return Err(KeysError::Twice(key.about.id.clone()));
            }
        }
        let whole = Self::of(keys);
        let missing = whole.ring.missing().next();
        missing.map_or(Ok(whole), |purpose| Err(KeysError::Missing(purpose.as_str())))
    }

    /// The text of the ring, keys included.
    pub fn to_text(&self) -> Secret<String> {
        let written = WrittenRing {
            form: FORM,
            keys: self.keys.iter().map(Key::write).collect(),
        };
        let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
        text.push('\n');
        Secret::new(text)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.about.id == id)
    }

    pub(super) fn sealing(&self, purpose: KeyPurpose, now: Timestamp) -> Option<&Key> {
        self.find(&self.ring.sealing(purpose, now)?.id)
    }

    fn of(mut keys: Vec<Key>) -> Self {
        let ring = KeyRing::new(keys.iter().map(|key| key.about.clone()).collect());
        keys.sort_by_key(|key| ring.keys().iter().position(|about| *about == key.about));
        Self { ring, keys }
    }
}

impl Key {
    fn draw(entropy: &dyn Entropy, purpose: KeyPurpose, born_at: Timestamp) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        match SymmetricKey::from(bytes.as_ref()) {
            Ok(secret) => Self {
                about: RingKey {
                    id: id_of(&secret),
                    purpose,
                    born_at,
                },
                secret,
            },
            Err(error) => stop_without_randomness(&error),
        }
    }

    fn read(written: &WrittenKey) -> Result<Self, KeysError> {
        let damaged = || KeysError::Damaged(speakable(&written.id));
        let purpose = KeyPurpose::parse(&written.purpose).ok_or(KeysError::Purpose)?;
        let secret = SymmetricKey::<V4>::try_from(written.key.as_str()).map_err(|_| damaged())?;
        if id_of(&secret) != written.id {
            return Err(damaged());
        }
        let first = secret.as_bytes().first();
        if secret.as_bytes().iter().all(|byte| Some(byte) == first) {
            return Err(KeysError::Constant(written.id.clone()));
        }
        let born: jiff::Timestamp = written.born_at.parse().map_err(|_| damaged())?;
        let born_at = Timestamp::from_micros(born.as_microsecond());
        Ok(Self {
            about: RingKey {
                id: written.id.clone(),
                purpose,
                born_at,
            },
            secret,
        })
    }

    fn write(&self) -> WrittenKey {
        let mut key = String::new();
        // Writing to a string never fails.
        let _ = self.secret.fmt(&mut key);
        WrittenKey {
            id: self.about.id.clone(),
            purpose: self.about.purpose.as_str().to_owned(),
            born_at: self.about.born_at.to_string(),
            key,
        }
    }
}

/// An id as it may be told. What has another form may be anything: a key that was pasted into the wrong place.
fn speakable(id: &str) -> String {
    let letters = id.strip_prefix("k4.lid.").unwrap_or_default();
    let is_id = letters.len() == 44
        && letters
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_id { id } else { "without an id" }.to_owned()
}

/// The PASERK id (`k4.lid.…`) of a key.
fn id_of(secret: &SymmetricKey<V4>) -> String {
    let mut id = String::new();
    // Writing to a string never fails.
    let _ = Id::from(secret).fmt(&mut id);
    id
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRing {
    form: u32,
    keys: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    purpose: String,
    born_at: String,
    key: String,
}

impl Drop for WrittenKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::entropy::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    #[test]
    fn a_ring_survives_being_written_and_read() {
        let keys = Keys::draw(&SystemEntropy, NOW).with_new(&KeyPurpose::ROTATED, &SystemEntropy, NOW);
        let read = Keys::from_text(keys.to_text().expose()).unwrap();
        assert_eq!(read.ring(), keys.ring());
        assert_eq!(read.ring().keys().len(), 7);
        for key in &keys.keys {
            assert_eq!(read.find(&key.about.id).unwrap().secret, key.secret);
        }
        assert_eq!(read.simulator().unwrap().expose().len(), 32);
    }

    #[test]
    fn what_is_no_whole_ring_is_refused_and_never_repeated() {
        let keys = Keys::draw(&SystemEntropy, NOW);
        let good = keys.to_text().expose().clone();
        let secret = good
            .split("k4.local.")
            .nth(1)
            .unwrap()
            .get(..43)
            .unwrap()
            .to_owned();
        let code = keys.ring().of(KeyPurpose::Code).next().unwrap().id.clone();
        let zero = "k4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let zero_id = "k4.lid.bqltbNc4JLUAmc9Xtpok-fBuI0dQN5_m3CD9W_nbh559";
        let mut twice: serde_json::Value = serde_json::from_str(&good).unwrap();
        let repeated = twice["keys"][0].clone();
        twice["keys"].as_array_mut().unwrap().push(repeated.clone());
        let spoilt = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut ring: serde_json::Value = serde_json::from_str(&good).unwrap();
            change(&mut ring);
            ring.to_string()
        };
        for text in [
            String::new(),
            good.replace(&secret, &"B".repeat(43)),
            good.replace("\"form\": 1", "\"form\": 2"),
            good.replace("\"code\"", "\"salt\""),
            good.replace("T22:13:20Z", "T25:13:20Z"),
            twice.to_string(),
            keys.without(&[&code]).to_text().expose().clone(),
            spoilt(&|ring| {
                ring["keys"][0]["key"] = zero.into();
                ring["keys"][0]["id"] = zero_id.into();
            }),
            spoilt(&|ring| ring["keys"][0]["key"] = "k4.local.AAAA".into()),
            spoilt(&|ring| ring["note"] = "mine".into()),
        ] {
            let refusal = Keys::from_text(&text).unwrap_err().to_string();
            assert!(!refusal.contains("k4.local"), "{refusal}");
            assert!(!refusal.contains(&secret), "{refusal}");
        }
    }

    #[test]
    fn debug_shows_ids_only() {
        let keys = Keys::draw(&SystemEntropy, NOW);
        assert!(!format!("{keys:?}").contains("k4.local"));
    }
}
