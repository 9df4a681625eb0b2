//! Who sends for us, Twilio or a mail server, and whether they took what they were handed last.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Somebody outside on whom sending depends. Nobody is asked for a health report: what counts is what was last handed over.
#[derive(Debug, Clone, Default)]
pub struct Partner {
    configured: &'static str,
    is_failing: Arc<AtomicBool>,
}

impl Partner {
    /// A partner that is called `configured` as long as nothing is wrong: `ok`, `simulator` or `off`.
    pub fn new(configured: &'static str) -> Self {
        Self {
            configured,
            is_failing: Arc::default(),
        }
    }

    /// Remembers whether the last thing handed over was taken, or refused for good; either is an answer.
    pub fn answered(&self, answered: bool) {
        self.is_failing.store(!answered, Ordering::Relaxed);
    }

    /// One word for reports; `degraded` when the last thing handed over has to be tried again.
    pub fn state(&self) -> &'static str {
        if self.is_failing.load(Ordering::Relaxed) {
            "degraded"
        } else {
            self.configured
        }
    }

    /// Whether sending works, as far as is known.
    pub fn is_well(&self) -> bool {
        !self.is_failing.load(Ordering::Relaxed)
    }
}
