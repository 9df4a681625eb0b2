//! A clock that moves on command.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use thunderbird_domain::time::{Clock, Timestamp};

/// Stands still until it is moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct StoppedClock(Arc<AtomicI64>);

impl StoppedClock {
    /// Stopped at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_micros())))
    }

    /// Moves forward.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(
            i64::try_from(span.as_micros()).expect("a span of a test"),
            Ordering::SeqCst,
        );
    }

    /// Jumps to `instant`, which may lie behind.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.as_micros(), Ordering::SeqCst);
    }
}

impl Default for StoppedClock {
    /// Stopped at 2026-11-19T07:40:00Z: 6:40 pm in Hobart, daylight saving time.
    fn default() -> Self {
        Self::at(Timestamp::from_micros(1_795_074_000_000_000))
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
