//! The ids of the ring's keys, in memory.

use std::collections::{BTreeMap, BTreeSet};

use thunderbird_domain::{
    audit::AuditEvent,
    outgoing::{Outgoing, Words},
    port::PortFuture,
    time::Timestamp,
    token::{
        key_memory::{KeyMemory, RingChange},
        key_ring::RingKey,
    },
};

use super::MemoryStore;

/// Every id ever seen, and whether it was dropped.
pub(crate) type State = BTreeMap<String, bool>;

impl KeyMemory for MemoryStore {
    fn remembered(&self) -> PortFuture<'_, Vec<String>> {
        Box::pin(async {
            let state = self.lock();
            let held = state.keys.iter().filter(|(_, dropped)| !**dropped);
            Ok(held.map(|(id, _)| id.clone()).collect())
        })
    }

    fn remember(&self, change: RingChange) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let mut state = self.lock();
            for key in change.seen {
                state.keys.entry(key.id).or_insert(false);
            }
            for id in change.dropped {
                state.keys.entry(id).and_modify(|dropped| *dropped = true);
            }
            state.audit.extend(change.audit);
            Ok(())
        })
    }

    fn named(&self) -> PortFuture<'_, BTreeSet<String>> {
        Box::pin(async {
            let state = self.lock();
            let words = state.outgoing.iter().filter_map(words_of);
            let sealed = words.filter_map(|words| match words {
                Words::Sealed { sealed, .. } => Some(sealed.key_id.clone()),
                Words::Plain(_) => None,
            });
            Ok(sealed.collect())
        })
    }

    fn replace(&self, ring: Vec<RingKey>, audit: AuditEvent) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let mut state = self.lock();
            state.keys = ring.into_iter().map(|key| (key.id, false)).collect();
            state.audit.push(audit);
            Ok(())
        })
    }

    /// Nothing lives by the ring's keys in here but what is queued.
    fn void(&self, _at: Timestamp) -> PortFuture<'_, bool> {
        Box::pin(async {
            let mut state = self.lock();
            let before = state.outgoing.len();
            state
                .outgoing
                .retain(|outgoing| !matches!(words_of(outgoing), Some(Words::Sealed { .. })));
            Ok(state.outgoing.len() < before)
        })
    }
}

/// The words of a text or a mail; a page never carries a secret.
fn words_of(outgoing: &Outgoing) -> Option<&Words> {
    match outgoing {
        Outgoing::Text(text) | Outgoing::Newest(text) => Some(&text.words),
        Outgoing::Mail(mail) => Some(&mail.words),
        Outgoing::Page(_) => None,
    }
}
