//! Quotas, counters and verdicts.
//!
//! What may be counted is up to the caller; how often something may happen, and how long a refusal lasts, is decided
//! here. A store keeps one [`Counter`] per [`LimitKey`] and asks [`Rule`] what to make of it.

use std::{net::IpAddr, time::Duration};

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

/// Keeps counters. Contract: `thunderbird_testkit::contract::limit`.
pub trait RateLimiter: Send + Sync {
    /// What [`Self::take`] would say. Nothing is counted.
    fn check(&self, limits: Vec<Limit>, now: Timestamp) -> PortFuture<'_, Verdict>;

    /// Counts one event under every limit and stores `audit` with it, in one commit; if any limit refuses, counts and
    /// stores nothing. Of many at once, no more are allowed than one after the other.
    fn take(&self, limits: Vec<Limit>, now: Timestamp, audit: Vec<AuditEvent>) -> PortFuture<'_, Verdict>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn wait(verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Allowed => 0,
            Verdict::Refused { retry_after } => retry_after.as_secs(),
        }
    }

    #[test]
    fn five_failures_are_free_and_then_the_delay_doubles_up_to_an_hour() {
        let (mut counter, mut now, mut delays) = (None, NOON, Vec::new());
        for _ in 0..14 {
            counter = Some(Rule::LoginCurve.count(counter, now));
            let delay = wait(Rule::LoginCurve.judge(counter, now));
            delays.push(delay);
            now = now.plus(Duration::from_secs(delay));
            assert_eq!(Rule::LoginCurve.judge(counter, now), Verdict::Allowed);
        }
        assert_eq!(
            delays,
            [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
        );
        let far = Counter {
            events: u32::MAX,
            since: now,
            last: now,
        };
        assert_eq!(wait(Rule::LoginCurve.judge(Some(far), now)), 3600);
    }

    #[test]
    fn a_login_identifier_is_forgotten_after_a_quiet_day() {
        let counter = Counter {
            events: 40,
            since: NOON,
            last: NOON,
        };
        let later = NOON.plus(LOGIN_FAILURES_REMEMBERED);
        assert_eq!(Rule::LoginCurve.count(Some(counter), later).events, 1);
        assert_eq!(
            Rule::LoginCurve
                .count(Some(counter), later.minus(Duration::from_secs(1)))
                .events,
            41
        );
    }

    #[test]
    fn a_quota_refuses_until_its_window_closes() {
        let rule = Rule::Quota(Quota {
            events: 2,
            per: Duration::from_mins(10),
        });
        let mut counter = None;
        for second in [0, 100] {
            let now = NOON.plus(Duration::from_secs(second));
            assert_eq!(rule.judge(counter, now), Verdict::Allowed);
            counter = Some(rule.count(counter, now));
        }
        assert_eq!(
            wait(rule.judge(counter, NOON.plus(Duration::from_secs(150)))),
            450
        );
        let next = NOON.plus(Duration::from_mins(10));
        assert_eq!(rule.judge(counter, next), Verdict::Allowed);
        assert_eq!(
            rule.count(counter, next),
            Counter {
                events: 1,
                since: next,
                last: next
            }
        );
    }

    #[test]
    fn a_clock_set_back_by_a_little_forgets_nothing_and_by_a_lot_shuts_nobody_out() {
        let moment = NOON.plus(Duration::from_secs(3));
        let recent = Counter {
            events: 6,
            since: moment,
            last: moment,
        };
        assert_eq!(wait(Rule::LoginCurve.judge(Some(recent), NOON)), 60);
        assert_eq!(
            Rule::LoginCurve.count(Some(recent), NOON),
            Counter { events: 7, ..recent }
        );
        let ahead = NOON.plus(Duration::from_hours(400 * 24));
        let counter = Counter {
            events: 50,
            since: ahead,
            last: ahead,
        };
        assert_eq!(Rule::LoginCurve.judge(Some(counter), NOON), Verdict::Allowed);
        assert_eq!(Rule::LoginCurve.count(Some(counter), NOON).last, NOON);
    }

    #[test]
    fn an_ipv6_customer_is_one_source_and_a_mapped_address_is_its_ipv4() {
        let source = |raw: &str| Source::of(raw.parse().unwrap());
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_eq!(source("::ffff:192.0.2.7"), source("192.0.2.7"));
        assert_ne!(source("192.0.2.7"), source("192.0.2.8"));
    }

    #[test]
    fn the_stricter_verdict_wins() {
        let refused = |seconds| Verdict::Refused {
            retry_after: Duration::from_secs(seconds),
        };
        assert_eq!(Verdict::Allowed.and(refused(3)), refused(3));
        assert_eq!(refused(9).and(refused(3)), refused(9));
        assert_eq!(Verdict::Allowed.and(Verdict::Allowed), Verdict::Allowed);
    }
}
