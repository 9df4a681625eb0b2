//! Counters in memory.

use thunderbird_domain::{
    audit::AuditEvent,
    limit::{Counted, Limit, LimitKey, RateLimiter, Verdict},
    port::PortFuture,
    refusals,
    time::Timestamp,
};

use super::MemoryStore;

/// A counter a key.
#[derive(Default)]
pub(crate) struct State(Counted);

impl State {
    /// What all limits say together.
    pub(crate) fn judge(&self, limits: &[Limit], now: Timestamp) -> Verdict {
        self.0.judge(limits, now)
    }

    /// The same; each limit that refuses is counted for the metrics, as the other stores do.
    fn judge_and_note(&self, limits: &[Limit], now: Timestamp) -> Verdict {
        for limit in limits {
            if self.judge(std::slice::from_ref(limit), now) != Verdict::Allowed {
                refusals::count(limit.key.scope());
            }
        }
        self.judge(limits, now)
    }

    /// Counts one event under every limit.
    pub(crate) fn count(&mut self, limits: &[Limit], now: Timestamp) {
        self.0.count(limits, now);
    }

    /// Whether one event under each limit in turn is allowed.
    pub(crate) fn has_room(&self, limits: &[Limit], now: Timestamp) -> bool {
        let mut counted = self.0.clone();
        limits.chunks(1).all(|one| {
            let verdict = counted.judge(one, now);
            counted.count(one, now);
            verdict == Verdict::Allowed
        })
    }

    /// Forgets a counter.
    pub(crate) fn clear(&mut self, key: &LimitKey) {
        self.0.clear(key);
    }
}

impl RateLimiter for MemoryStore {
    fn counted(&self, keys: Vec<LimitKey>) -> PortFuture<'_, Counted> {
        let counted = self.lock().limits.0.of(&keys);
        Box::pin(async move { Ok(counted) })
    }

    fn give_back(&self, limits: Vec<Limit>, at: Timestamp) -> PortFuture<'_, ()> {
        self.lock().limits.0.give_back(&limits, at);
        Box::pin(async { Ok(()) })
    }

    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict> {
        let verdict = self.lock().limits.judge_and_note(&limits, now);
        Box::pin(async move { Ok(verdict) })
    }

    fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict> {
        let mut state = self.lock();
        let verdict = state.limits.judge_and_note(&limits, now);
        if verdict == Verdict::Allowed {
            state.limits.count(&limits, now);
            state.audit.extend(audit);
        }
        Box::pin(async move { Ok(verdict) })
    }
}
