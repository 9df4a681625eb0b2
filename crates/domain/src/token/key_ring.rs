//! Which key seals, which still opens, and when one may be dropped.
//!
//! The rules know ids and ages only; the keys themselves stay in the adapter.

use std::time::Duration;

use crate::time::Timestamp;

/// How long a new key waits before it seals, so that every process has read it by then.
pub const SETTLING: Duration = Duration::from_secs(30);
/// How long a token key opens after it stopped sealing: the longest access token and a minute.
pub const TOKEN_GRACE: Duration = Duration::from_mins(61);
/// How long a code key is kept after it stopped being the newest: the longest code and an hour.
pub const CODE_GRACE: Duration = Duration::from_hours(25);

/// What a key is for. A key serves one purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPurpose {
    /// Seals access tokens.
    Token,
    /// Keyed digests of codes and words.
    Code,
    /// Texts and mails that carry a secret, sealed at rest.
    Body,
    /// The simulator's webhook signature and its routes.
    Simulator,
}

crate::word::word_enum!(KeyPurpose {
    Token => "token",
    Code => "code",
    Body => "body",
    Simulator => "simulator",
});

impl KeyPurpose {
    /// The purposes that rotation renews. The simulator's key guards nothing that grows old.
    pub const ROTATED: [Self; 3] = [Self::Token, Self::Code, Self::Body];
}

/// A key of the ring, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingKey {
    /// The key's PASERK id.
    pub id: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// When it was added to the ring.
    pub born_at: Timestamp,
}

/// The ids and ages of all keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRing {
    keys: Vec<RingKey>,
}

impl KeyRing {
    /// A ring of these keys.
    pub fn new(mut keys: Vec<RingKey>) -> Self {
        keys.sort_by(|left, right| {
            right
                .born_at
                .cmp(&left.born_at)
                .then_with(|| left.id.cmp(&right.id))
        });
        Self { keys }
    }

    /// All keys, newest first.
    pub fn keys(&self) -> &[RingKey] {
        &self.keys
    }

    /// The keys of one purpose, newest first.
    pub fn of(&self, purpose: KeyPurpose) -> impl Iterator<Item = &RingKey> {
        self.keys.iter().filter(move |key| key.purpose == purpose)
    }

    /// The purposes without any key. A ring with one of them is not complete.
    pub fn missing(&self) -> impl Iterator<Item = KeyPurpose> {
        KeyPurpose::ALL
            .into_iter()
            .filter(|purpose| self.of(*purpose).next().is_none())
    }

    /// The key that seals at `now`: the newest that has settled; the oldest while none has.
    pub fn sealing(&self, purpose: KeyPurpose, now: Timestamp) -> Option<&RingKey> {
        self.of(purpose)
            .find(|key| settled_at(key) <= now)
            .or_else(|| self.of(purpose).last())
    }

    /// Whether a key still opens what it sealed. A key that is about to seal opens already.
    pub fn opens(&self, key: &RingKey, now: Timestamp) -> bool {
        let Some(successor) = self.successor(key) else {
            return true;
        };
        match key.purpose {
            KeyPurpose::Token => now < settled_at(successor).plus(TOKEN_GRACE),
            KeyPurpose::Code => now < successor.born_at.plus(CODE_GRACE),
            KeyPurpose::Body => true,
            KeyPurpose::Simulator => false,
        }
    }

    /// The ids that may leave the ring at `now`; `named` says whether a sealed value in the store still names a key.
    pub fn dropped(&self, now: Timestamp, named: impl Fn(&str) -> bool) -> Vec<&str> {
        let gone = |key: &&RingKey| match key.purpose {
            KeyPurpose::Body => self.is_replaced(key, now) && !named(&key.id),
            _ => !self.opens(key, now),
        };
        self.keys.iter().filter(gone).map(|key| key.id.as_str()).collect()
    }

    /// A body key may be in use by a process that has not read its successor yet, so it is given a minute more.
    fn is_replaced(&self, key: &RingKey, now: Timestamp) -> bool {
        self.successor(key)
            .is_some_and(|successor| settled_at(successor).plus(SETTLING).plus(SETTLING) <= now)
    }

    /// The next newer key of the same purpose.
    fn successor(&self, key: &RingKey) -> Option<&RingKey> {
        self.of(key.purpose).take_while(|newer| newer.id != key.id).last()
    }
}

fn settled_at(key: &RingKey) -> Timestamp {
    key.born_at.plus(SETTLING)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn key(id: &str, purpose: KeyPurpose, born_at: Timestamp) -> RingKey {
        RingKey {
            id: id.to_owned(),
            purpose,
            born_at,
        }
    }

    fn rotated(purpose: KeyPurpose) -> KeyRing {
        KeyRing::new(vec![key("old", purpose, START), key("new", purpose, after(1000))])
    }

    fn sealing(ring: &KeyRing, purpose: KeyPurpose, now: Timestamp) -> &str {
        &ring.sealing(purpose, now).unwrap().id
    }

    fn opens(ring: &KeyRing, id: &str, now: Timestamp) -> bool {
        let key = ring.keys().iter().find(|key| key.id == id).unwrap();
        ring.opens(key, now)
    }

    #[test]
    fn the_first_key_of_a_ring_seals_at_once() {
        let ring = KeyRing::new(vec![key("only", KeyPurpose::Token, START)]);
        assert_eq!(sealing(&ring, KeyPurpose::Token, START), "only");
        assert!(ring.sealing(KeyPurpose::Body, START).is_none());
        assert_eq!(
            ring.missing().collect::<Vec<_>>(),
            [KeyPurpose::Code, KeyPurpose::Body, KeyPurpose::Simulator]
        );
    }

    #[test]
    fn a_new_key_opens_at_once_and_seals_thirty_seconds_later() {
        let ring = rotated(KeyPurpose::Token);
        assert!(opens(&ring, "new", after(1000)));
        assert_eq!(sealing(&ring, KeyPurpose::Token, after(1029)), "old");
        assert_eq!(sealing(&ring, KeyPurpose::Token, after(1030)), "new");
    }

    #[test]
    fn a_token_key_opens_for_61_minutes_after_it_stopped_sealing() {
        let ring = rotated(KeyPurpose::Token);
        let end = 1030 + 61 * 60;
        assert!(opens(&ring, "old", after(end - 1)));
        assert!(ring.dropped(after(end - 1), |_| true).is_empty());
        assert!(!opens(&ring, "old", after(end)));
        assert_eq!(ring.dropped(after(end), |_| true), ["old"]);
    }

    #[test]
    fn a_code_key_is_kept_for_25_hours_after_it_stopped_being_the_newest() {
        let ring = rotated(KeyPurpose::Code);
        let end = 1000 + 25 * 3600;
        assert!(opens(&ring, "old", after(end - 1)));
        assert!(!opens(&ring, "old", after(end)));
    }

    #[test]
    fn a_body_key_stays_while_a_sealed_value_names_it() {
        let ring = rotated(KeyPurpose::Body);
        let years = after(100_000_000);
        assert!(opens(&ring, "old", years));
        assert!(ring.dropped(years, |id| id == "old").is_empty());
        assert_eq!(ring.dropped(years, |_| false), ["old"]);
        assert!(ring.dropped(after(1031), |_| false).is_empty());
    }

    #[test]
    fn each_old_key_is_measured_by_its_own_successor() {
        let ring = KeyRing::new(vec![
            key("first", KeyPurpose::Token, START),
            key("second", KeyPurpose::Token, after(1000)),
            key("third", KeyPurpose::Token, after(2000)),
        ]);
        let first_ends = after(1030 + 61 * 60);
        assert_eq!(ring.dropped(first_ends, |_| false), ["first"]);
        assert!(opens(&ring, "second", first_ends));
    }

    #[test]
    fn a_key_from_the_future_waits_for_its_time() {
        let ring = KeyRing::new(vec![
            key("now", KeyPurpose::Token, START),
            key("later", KeyPurpose::Token, after(86_400)),
        ]);
        assert_eq!(sealing(&ring, KeyPurpose::Token, after(60)), "now");
        assert!(opens(&ring, "now", after(60)));
    }
}
