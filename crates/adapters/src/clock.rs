//! The real clock.

use std::time::SystemTime;

use thunderbird_domain::time::{Clock, Timestamp};

/// The operating system's clock, in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let micros = since_1970.map_or(0, |span| i64::try_from(span.as_micros()).unwrap_or(i64::MAX));
        Timestamp::from_micros(micros)
    }
}
