//! The `Date` of the fake's answers.

use std::time::SystemTime;

/// What the fake's clock shows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dates {
    /// The machine's time and this many seconds.
    Ahead(i64),
    /// Answers have no date.
    Missing,
}

impl Default for Dates {
    fn default() -> Self {
        Self::Ahead(0)
    }
}

impl Dates {
    /// The date of an answer (RFC 9110, section 5.6.7).
    #[expect(
        clippy::disallowed_methods,
        reason = "the service under test has the real clock"
    )]
    pub(super) fn written(self) -> Option<String> {
        let Self::Ahead(seconds) = self else {
            return None;
        };
        let now = jiff::Timestamp::try_from(SystemTime::now()).ok()?;
        let shown = now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
        Some(shown.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    }
}
