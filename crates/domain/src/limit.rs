//! Quotas, counters and verdicts.
//!
//! What may be counted is up to the caller; how often something may happen, and how long a refusal lasts, is decided
//! here. A store keeps one [`Counter`] per [`LimitKey`] and asks [`Rule`] what to make of it.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use crate::{audit::AuditEvent, port::PortFuture, secret::Mac, time::Timestamp};

/// Failures of one login identifier that cost nothing but the attempt.
pub const FREE_LOGIN_FAILURES: u32 = 5;
/// How long the last free failure closes a login identifier; every further one doubles it.
pub const FIRST_LOGIN_DELAY: Duration = Duration::from_secs(30);
/// The longest that one failure closes a login identifier.
pub const LONGEST_LOGIN_DELAY: Duration = Duration::from_hours(1);
/// After this long without a failure, a login identifier starts again from zero. Guessing at the longest delay is
/// faster than waiting for it, so it gives an attacker nothing, and counters do not pile up.
pub const LOGIN_FAILURES_REMEMBERED: Duration = Duration::from_hours(24);

/// A counter that lies further ahead than this was written while the clock was wrong.
const CLOCK_ERROR: Duration = Duration::from_hours(24);

/// What is counted: a scope, and who or what within it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey {
    scope: &'static str,
    subject: Vec<u8>,
}

impl LimitKey {
    /// A counter of its own for `subject` within `scope`. A subject that is personal data is given as its keyed digest.
    pub fn new(scope: &'static str, subject: impl Into<Vec<u8>>) -> Self {
        Self {
            scope,
            subject: subject.into(),
        }
    }

    /// A login identifier as submitted, whether an account has it or not.
    pub fn login_identifier(identifier: &Mac) -> Self {
        Self::new("login.identifier", identifier.bytes)
    }

    /// Failed logins from one source.
    pub fn login_source(source: Source) -> Self {
        Self::new("login.source", source.as_bytes())
    }

    /// Registrations from one source.
    pub fn registration_source(source: Source) -> Self {
        Self::new("registration.source", source.as_bytes())
    }

    /// Password resets asked for one address, whether an account has it or not.
    pub fn reset_address(address: &Mac) -> Self {
        Self::new("reset.address", address.bytes)
    }

    /// What is counted, for the store and for metrics.
    pub fn scope(&self) -> &'static str {
        self.scope
    }

    /// Who or what within the scope.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }
}

impl std::fmt::Debug for LimitKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LimitKey({}, ***)", self.scope)
    }
}

/// Where a request comes from, as far as limits care: one IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// An IPv4 address, also when written as IPv4-mapped IPv6.
    V4([u8; 4]),
    /// The first 64 bits of an IPv6 address.
    V6([u8; 8]),
}

impl Source {
    /// The source that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let network = v6.to_bits() >> 64;
                Self::V6(u64::try_from(network).unwrap_or_default().to_be_bytes())
            }
        }
    }

    /// The bytes that tell this source from others.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }
}

/// So many events in so long a window; the window opens with its first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Events that a window takes.
    pub events: u32,
    /// How long a window stays open.
    pub per: Duration,
}

/// How a counter is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A number of events per window.
    Quota(Quota),
    /// Failed logins of one identifier: [`FREE_LOGIN_FAILURES`], then a delay that doubles from [`FIRST_LOGIN_DELAY`]
    /// to [`LONGEST_LOGIN_DELAY`].
    LoginCurve,
}

/// What a store keeps for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Events counted.
    pub events: u32,
    /// When the first of them happened.
    pub since: Timestamp,
    /// When the last of them happened.
    pub last: Timestamp,
}

/// What a rule says about one event more.
#[must_use = "a refused event must not happen"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may happen.
    Allowed,
    /// It may not.
    Refused {
        /// How long to wait before asking again; never zero.
        retry_after: Duration,
    },
}

impl Verdict {
    /// Nothing if the event may happen.
    ///
    /// # Errors
    ///
    /// What `throttled` makes of the time to wait.
    pub fn or_throttled<E>(self, throttled: impl FnOnce(Duration) -> E) -> Result<(), E> {
        match self {
            Self::Allowed => Ok(()),
            Self::Refused { retry_after } => Err(throttled(retry_after)),
        }
    }

    /// The stricter of two verdicts.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused { retry_after: one }, Self::Refused { retry_after: two }) => Self::Refused {
                retry_after: one.max(two),
            },
            (Self::Allowed, verdict) | (verdict, Self::Allowed) => verdict,
        }
    }

    fn within(start: Timestamp, span: Duration, now: Timestamp) -> Self {
        let end = start.plus(span);
        if end <= now {
            Self::Allowed
        } else {
            Self::Refused {
                retry_after: end.since(now).min(span),
            }
        }
    }
}

impl Rule {
    /// Whether one event more may happen now. No refusal is longer than the rule's own span, and a counter from over a
    /// day ahead counts for nothing, so a clock that was wrong for a while does not lock anyone out for long.
    pub fn judge(self, counter: Option<Counter>, now: Timestamp) -> Verdict {
        let Some(counter) = self.current(counter, now) else {
            return Verdict::Allowed;
        };
        match self {
            Self::Quota(quota) if counter.events < quota.events => Verdict::Allowed,
            Self::Quota(quota) => Verdict::within(counter.since, quota.per, now),
            Self::LoginCurve => Verdict::within(counter.last, login_delay(counter.events), now),
        }
    }

    /// The counter after one event more.
    #[must_use]
    pub fn count(self, counter: Option<Counter>, now: Timestamp) -> Counter {
        match self.current(counter, now) {
            Some(counter) => Counter {
                events: counter.events.saturating_add(1),
                last: counter.last.max(now),
                ..counter
            },
            None => Counter {
                events: 1,
                since: now,
                last: now,
            },
        }
    }

    /// The counter without an event that was counted at `at` and does not count after all. Everything else that was counted
    /// stands, before it and after it. When the event before it was is not kept: it counts as the latest instant whose
    /// delay was over at `at`, or the event could not have been counted.
    #[must_use]
    pub fn give_back(self, counter: Counter, at: Timestamp) -> Counter {
        if at < counter.since {
            return counter;
        }
        let events = counter.events.saturating_sub(1);
        let last = match self {
            Self::LoginCurve if counter.last <= at => at.minus(login_delay(events)).max(counter.since),
            Self::LoginCurve | Self::Quota(_) => counter.last,
        };
        Counter {
            events,
            last,
            ..counter
        }
    }

    /// From when on the counter may be forgotten.
    pub fn forget_at(self, counter: Counter) -> Timestamp {
        match self {
            Self::Quota(quota) => counter.since.plus(quota.per),
            Self::LoginCurve => counter.last.plus(LOGIN_FAILURES_REMEMBERED),
        }
    }

    fn current(self, counter: Option<Counter>, now: Timestamp) -> Option<Counter> {
        let plausible = now.plus(CLOCK_ERROR);
        counter.filter(|counter| counter.last <= plausible && now < self.forget_at(*counter))
    }
}

fn login_delay(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(FREE_LOGIN_FAILURES) else {
        return Duration::ZERO;
    };
    FIRST_LOGIN_DELAY
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(LONGEST_LOGIN_DELAY)
}

/// A key and the rule it is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub key: LimitKey,
    /// How it is judged.
    pub rule: Rule,
}

/// What was counted under some keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted(BTreeMap<LimitKey, Counter>);

impl Counted {
    /// What all limits say together.
    pub fn judge(&self, limits: &[Limit], now: Timestamp) -> Verdict {
        let verdict = |limit: &Limit| limit.rule.judge(self.0.get(&limit.key).copied(), now);
        limits.iter().map(verdict).fold(Verdict::Allowed, Verdict::and)
    }

    /// Counts one event under every limit.
    pub fn count(&mut self, limits: &[Limit], now: Timestamp) {
        for Limit { key, rule } in limits {
            let counter = rule.count(self.0.get(key).copied(), now);
            self.put(key.clone(), counter);
        }
    }

    /// Keeps a counter in place of what stood there.
    pub fn put(&mut self, key: LimitKey, counter: Counter) {
        self.0.insert(key, counter);
    }

    /// Takes one event back under every limit, which was counted at `at`.
    pub fn give_back(&mut self, limits: &[Limit], at: Timestamp) {
        for Limit { key, rule } in limits {
            if let Some(counter) = self.0.get(key).copied() {
                self.put(key.clone(), rule.give_back(counter, at));
            }
        }
    }

    /// Forgets a counter.
    pub fn clear(&mut self, key: &LimitKey) {
        self.0.remove(key);
    }

    /// What was counted under these keys alone.
    #[must_use]
    pub fn of(&self, keys: &[LimitKey]) -> Self {
        let known = |key: &LimitKey| Some((key.clone(), *self.0.get(key)?));
        Self(keys.iter().filter_map(known).collect())
    }
}

/// Keeps counters. Contract: `thunderbird_testkit::contract::limit`.
pub trait RateLimiter: Send + Sync {
    /// What was counted under these keys, for a decision that judges by itself and whose commit counts.
    fn counted(&self, keys: Vec<LimitKey>) -> PortFuture<'_, Counted>;

    /// What [`Self::take`] would say. Nothing is counted.
    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict>;

    /// Counts one event under every limit and stores `audit` with it, in one commit; if any limit refuses, counts and
    /// stores nothing. Of many at once, no more are allowed than one after the other.
    fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict>;

    /// Takes back one event under every limit: what was counted at `at`, before it was judged, does not count after all.
    fn give_back(&self, limits: Vec<Limit>, at: Timestamp) -> PortFuture<'_, ()>;
}

#[cfg(test)]
#[path = "limit_tests.rs"]
mod tests;
