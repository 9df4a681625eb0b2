//! Counters in memory.

use std::collections::BTreeMap;

use thunderbird_domain::{
    audit::AuditEvent,
    limit::{Counter, Limit, LimitKey, RateLimiter, Verdict},
    port::PortFuture,
    time::Timestamp,
};

use super::MemoryStore;

/// A counter a key.
#[derive(Default)]
pub(crate) struct State(BTreeMap<LimitKey, Counter>);

impl State {
    /// What all limits say together.
    pub(crate) fn judge(&self, limits: &[Limit], now: Timestamp) -> Verdict {
        let verdicts = limits
            .iter()
            .map(|limit| limit.rule.judge(self.0.get(&limit.key).copied(), now));
        verdicts.fold(Verdict::Allowed, Verdict::and)
    }

    /// Counts one event under every limit.
    pub(crate) fn count(&mut self, limits: &[Limit], now: Timestamp) {
        for limit in limits {
            let counter = limit.rule.count(self.0.get(&limit.key).copied(), now);
            self.0.insert(limit.key.clone(), counter);
        }
    }

    /// Forgets a counter.
    pub(crate) fn clear(&mut self, key: &LimitKey) {
        self.0.remove(key);
    }
}

impl RateLimiter for MemoryStore {
    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict> {
        let verdict = self.lock().limits.judge(&limits, now);
        Box::pin(async move { Ok(verdict) })
    }

    fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict> {
        let mut state = self.lock();
        let verdict = state.limits.judge(&limits, now);
        if verdict == Verdict::Allowed {
            state.limits.count(&limits, now);
            state.audit.extend(audit);
        }
        Box::pin(async move { Ok(verdict) })
    }
}
