//! Whether Twilio or the mail server accepted what was sent last.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A service outside that sending depends on. A health report never calls it: the result of the last send counts.
#[derive(Debug, Clone, Default)]
pub struct UpstreamHealth {
    configured: &'static str,
    is_failing: Arc<AtomicBool>,
}

impl UpstreamHealth {
    /// Reports `configured` (`ok`, `simulator` or `off`) until a send fails.
    pub fn new(configured: &'static str) -> Self {
        Self {
            configured,
            is_failing: Arc::default(),
        }
    }

    /// Records the last send. An acceptance and a final refusal are both answers; a failure that must be retried is none.
    pub fn answered(&self, answered: bool) {
        self.is_failing.store(!answered, Ordering::Relaxed);
    }

    /// One word for reports: `degraded` if the last send has to be retried.
    pub fn state(&self) -> &'static str {
        if self.is_failing.load(Ordering::Relaxed) {
            "degraded"
        } else {
            self.configured
        }
    }

    /// False if the last send has to be retried.
    pub fn is_well(&self) -> bool {
        !self.is_failing.load(Ordering::Relaxed)
    }
}
