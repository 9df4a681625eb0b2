//! Answers kept for their keys, in memory.

use std::collections::BTreeMap;

use thunderbird_domain::{
    idempotency::{
        ABANDONED_AFTER, Claim, IdempotencyStore, KEPT, KeptAnswer, KeyedRequest, Owner, RequestDigest,
    },
    port::PortFuture,
    time::Timestamp,
};

use super::MemoryStore;

type Key = (Owner, &'static str, String);

/// Keys in use.
#[derive(Default)]
pub(crate) struct State(BTreeMap<Key, Kept>);

struct Kept {
    digest: RequestDigest,
    answer: Option<KeptAnswer>,
    at: Timestamp,
}

impl Kept {
    fn is_over(&self, now: Timestamp) -> bool {
        let life = if self.answer.is_some() {
            KEPT
        } else {
            ABANDONED_AFTER
        };
        self.at.plus(life) <= now
    }
}

fn key(request: &KeyedRequest) -> Key {
    (request.owner, request.route, request.key.as_str().to_owned())
}

impl IdempotencyStore for MemoryStore {
    fn claim(&self, request: KeyedRequest, at: Timestamp) -> PortFuture<'_, Claim> {
        let mut state = self.lock();
        let kept = state
            .idempotency
            .0
            .get(&key(&request))
            .filter(|kept| !kept.is_over(at));
        let claim = match kept {
            Some(kept) if kept.digest != request.digest => Claim::Reused,
            Some(Kept {
                answer: Some(answer), ..
            }) => Claim::Answered(answer.clone()),
            Some(_) => Claim::InProgress,
            None => {
                let digest = request.digest;
                let fresh = Kept {
                    digest,
                    answer: None,
                    at,
                };
                state.idempotency.0.insert(key(&request), fresh);
                Claim::Fresh
            }
        };
        Box::pin(async move { Ok(claim) })
    }

    fn settle(&self, request: KeyedRequest, answer: Option<KeptAnswer>) -> PortFuture<'_, ()> {
        let mut state = self.lock();
        match answer {
            Some(answer) => {
                if let Some(kept) = state.idempotency.0.get_mut(&key(&request)) {
                    kept.answer = Some(answer);
                }
            }
            None => drop(state.idempotency.0.remove(&key(&request))),
        }
        Box::pin(async { Ok(()) })
    }

    fn forget(&self, at: Timestamp) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let before = state.idempotency.0.len();
        state.idempotency.0.retain(|_, kept| !kept.is_over(at));
        let forgotten = before - state.idempotency.0.len();
        Box::pin(async move { Ok(forgotten) })
    }
}
