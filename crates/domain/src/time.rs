//! Instants and the clock port.

use std::{fmt, time::Duration};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The beginning of 1970, UTC.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since 1970 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970 UTC.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(span)))
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(span)))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether this instant and `other` are less than `span` apart, whichever of them is earlier.
    pub fn within(self, span: Duration, other: Self) -> bool {
        self.since(other) < span && other.since(self) < span
    }

    /// The same instant with the fraction of its second cut off.
    #[must_use]
    pub fn floor_to_second(self) -> Self {
        Self(self.as_seconds().saturating_mul(1_000_000))
    }

    /// The first whole second that is not before this instant.
    #[must_use]
    pub fn ceil_to_second(self) -> Self {
        let floor = self.floor_to_second();
        if floor == self {
            self
        } else {
            floor.plus(Duration::from_secs(1))
        }
    }
}

fn micros_of(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC with `Z`, as every JSON answer shows it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

/// The present, passed in.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;
}

/// What a clock shows that is not the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Its time, carried on to the present by the time that has passed since it answered.
    pub at: Timestamp,
    /// How long ago it was asked.
    pub age: Duration,
}

/// A second clock, which the machine does not set. It is not asked by this: what it said last is remembered. An answer that
/// contradicts the one before counts only if the next one confirms it. Contract:
/// `thunderbird_testkit::contract::reference_clock`.
pub trait ReferenceClock: Send + Sync {
    /// What it said last; nothing if it has said nothing that can be relied on.
    fn last(&self) -> Option<Reference>;
}
