//! How fast one source, and one account, may write. Counted in memory before anything else happens, so that a flood
//! costs no write of its own; what must be remembered for longer is counted in the store.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use thunderbird_domain::{
    account::AccountId,
    limit::{Counter, Quota, Rule, Source, Verdict},
    refusals,
    time::Timestamp,
};

/// Counters that are kept at most. Who has so many sources is not stopped by counting them.
const KEPT: usize = 100_000;

/// The paces of a service.
#[derive(Debug)]
pub struct Paces {
    /// Writes of a source: the address, of IPv6 the /64 network.
    pub sources: Pace<Source>,
    /// Writes of an account, wherever they come from.
    pub accounts: Pace<AccountId>,
}

impl Paces {
    /// Each source and each account may write so often in a minute.
    pub fn new(writes_per_minute: u32) -> Self {
        Self {
            sources: Pace::new(writes_per_minute),
            accounts: Pace::new(writes_per_minute),
        }
    }
}

/// Counts events of many, each by itself, in windows of a minute.
#[derive(Debug)]
pub struct Pace<K> {
    rule: Rule,
    counters: Mutex<HashMap<K, Counter>>,
}

impl<K: Eq + Hash> Pace<K> {
    fn new(events: u32) -> Self {
        Self {
            rule: Rule::Quota(Quota {
                events,
                per: Duration::from_mins(1),
            }),
            counters: Mutex::default(),
        }
    }

    /// Counts one event more of `who`, and judges it.
    pub fn take(&self, who: K, now: Timestamp) -> Verdict {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= KEPT {
            counters.retain(|_, counter| now < self.rule.forget_at(*counter));
            if counters.len() >= KEPT {
                counters.clear();
            }
        }
        let before = counters.get(&who).copied();
        let verdict = self.rule.judge(before, now);
        match verdict {
            Verdict::Allowed => drop(counters.insert(who, self.rule.count(before, now))),
            Verdict::Refused { .. } => refusals::count("writes.source"),
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_pace_of_their_own_and_a_new_one_each_minute() {
        let pace = Pace::new(2);
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        assert_eq!(pace.take("ada", at(10)), Verdict::Allowed);
        assert_eq!(pace.take("ada", at(20)), Verdict::Allowed);
        let refused = Verdict::Refused {
            retry_after: Duration::from_secs(40),
        };
        assert_eq!(pace.take("ada", at(30)), refused);
        assert_eq!(pace.take("kim", at(30)), Verdict::Allowed);
        assert_eq!(pace.take("ada", at(70)), Verdict::Allowed);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let pace = Pace::new(1);
        for number in 0..=KEPT {
            assert_eq!(pace.take(number, Timestamp::EPOCH), Verdict::Allowed);
        }
        assert!(pace.counters.lock().unwrap().len() <= KEPT);
    }
}
