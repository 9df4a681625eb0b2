//! The last webhook whose signature was refused, and the address that it was signed for: `doctor` asks for it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use thunderbird_domain::time::Timestamp;

/// At most this often is it worked out, so that strangers cannot make us work.
const EVERY: Duration = Duration::from_secs(1);

/// What is remembered of one; nothing of its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefusedWebhook {
    /// When it came (RFC 3339).
    pub at: String,
    /// The public URL under which one of our tokens would have signed it; `None` when there is none that is likely.
    pub signed_for: Option<String>,
}

/// The last one; one that tells an address is not forgotten for one that tells nothing.
#[derive(Default)]
pub struct RefusedWebhooks(Mutex<Option<(Timestamp, RefusedWebhook)>>);

impl RefusedWebhooks {
    /// Remembers one that came at `now`; `signed_for` is asked at most once a second.
    pub fn note(&self, now: Timestamp, signed_for: impl FnOnce() -> Option<String>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|(at, _)| now.since(*at) < EVERY) {
            return;
        }
        let signed_for = signed_for();
        if let Some(url) = &signed_for {
            tracing::warn!(
                event = "webhook.other_url",
                url,
                "a webhook was signed for another THUNDERBIRD_PUBLIC_URL"
            );
        }
        let told = last
            .as_ref()
            .is_some_and(|(_, webhook)| webhook.signed_for.is_some());
        if told && signed_for.is_none() {
            return;
        }
        let at = now.floor_to_second().to_string();
        *last = Some((now, RefusedWebhook { at, signed_for }));
    }

    /// The last one, if there was one since the start.
    pub fn last(&self) -> Option<RefusedWebhook> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|(_, webhook)| webhook.clone())
    }
}
