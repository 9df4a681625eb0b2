//! What the database remembers about the ring it belongs to.

use std::collections::BTreeSet;

use crate::{audit::AuditEvent, port::PortFuture, time::Timestamp};

use super::key_ring::{KeyRing, RingKey};

/// What a start finds: the ring next to the database and what the database remembers of rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingFound {
    /// Neither: a new database. A ring is drawn.
    Nothing,
    /// A ring that belongs to this database, or that a new database takes over.
    Fitting,
    /// The database knows keys, but there is no ring.
    Missing,
    /// The ring shares no key with what the database knows.
    Foreign,
}

impl RingFound {
    /// Judges a ring by the ids that the database remembers and that were not dropped since.
    pub fn judge(remembered: &[String], ring: Option<&KeyRing>) -> Self {
        match (remembered, ring) {
            ([], None) => Self::Nothing,
            (_, None) => Self::Missing,
            ([], Some(_)) => Self::Fitting,
            (known, Some(ring)) => {
                let shared = ring.keys().iter().any(|key| known.contains(&key.id));
                if shared { Self::Fitting } else { Self::Foreign }
            }
        }
    }
}

/// What became of a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingChange {
    /// Keys that are in it; each is remembered once.
    pub seen: Vec<RingKey>,
    /// Ids of keys that have left it.
    pub dropped: Vec<String>,
    /// When the start happens (UTC).
    pub at: Timestamp,
    /// What is written into the audit log.
    pub audit: Vec<AuditEvent>,
}

impl RingChange {
    /// These keys are in the ring.
    pub fn seen(seen: Vec<RingKey>, at: Timestamp) -> Self {
        Self {
            seen,
            dropped: Vec::new(),
            at,
            audit: Vec::new(),
        }
    }

    /// These keys have left the ring.
    pub fn dropped(dropped: Vec<String>, at: Timestamp) -> Self {
        Self {
            seen: Vec::new(),
            dropped,
            at,
            audit: Vec::new(),
        }
    }
}

/// Keeps the ids of the ring's keys, never the keys.
pub trait KeyMemory: Send + Sync {
    /// The ids of every key that was seen and not dropped since.
    fn remembered(&self) -> PortFuture<'_, Vec<String>>;

    /// Remembers what became of the ring, with its lines in the audit log.
    fn remember(&self, change: RingChange) -> PortFuture<'_, ()>;

    /// The ids of every key that a sealed value still names.
    fn named(&self) -> PortFuture<'_, BTreeSet<String>>;

    /// Forgets every ring before and remembers this one, with a line in the audit log.
    fn replace(&self, ring: Vec<RingKey>, audit: AuditEvent) -> PortFuture<'_, ()>;

    /// Voids some of what lives by keys that are gone: sessions, codes, sealed words. True while there may be more.
    fn void(&self, at: Timestamp) -> PortFuture<'_, bool>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::key_ring::KeyPurpose;

    #[test]
    fn a_ring_belongs_to_the_database_that_has_seen_one_of_its_keys() {
        let ring = KeyRing::new(vec![RingKey {
            id: "k4.lid.ours".to_owned(),
            purpose: KeyPurpose::Token,
            born_at: Timestamp::EPOCH,
        }]);
        let known = |id: &str| vec![id.to_owned(), "k4.lid.older".to_owned()];
        assert_eq!(RingFound::judge(&[], None), RingFound::Nothing);
        assert_eq!(RingFound::judge(&[], Some(&ring)), RingFound::Fitting);
        assert_eq!(RingFound::judge(&known("k4.lid.ours"), None), RingFound::Missing);
        assert_eq!(
            RingFound::judge(&known("k4.lid.ours"), Some(&ring)),
            RingFound::Fitting
        );
        assert_eq!(
            RingFound::judge(&known("k4.lid.theirs"), Some(&ring)),
            RingFound::Foreign
        );
    }
}
