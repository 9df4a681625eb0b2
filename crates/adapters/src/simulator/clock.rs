//! The simulator's clock: the present, until a developer moves it ahead.

use std::sync::atomic::{AtomicI64, Ordering};

use thunderbird_domain::time::{Clock, Timestamp};

use crate::clock::SystemClock;

/// Shows the time of the operating system and what it was moved ahead by. After a restart it shows the present again.
#[derive(Debug, Default)]
pub struct SimulatorClock {
    ahead: AtomicI64,
}

impl SimulatorClock {
    /// Moves the clock to `instant`. It only goes forward: returns false, and moves nothing, if the instant has passed.
    pub fn move_to(&self, instant: Timestamp) -> bool {
        let now = SystemClock.now().as_micros();
        let ahead = instant.as_micros().saturating_sub(now);
        let moved = self
            .ahead
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |before| {
                (ahead > before).then_some(ahead)
            });
        moved.is_ok()
    }
}

impl Clock for SimulatorClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_micros();
        Timestamp::from_micros(now.saturating_add(self.ahead.load(Ordering::SeqCst)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_moves_forward_only() {
        let clock = SimulatorClock::default();
        let later = clock.now().plus(Duration::from_hours(26));
        assert!(clock.move_to(later));
        assert!(clock.now() >= later);
        assert!(!clock.move_to(later.minus(Duration::from_hours(1))));
        assert!(clock.now() >= later);
    }
}
