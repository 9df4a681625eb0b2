//! What the store counts for the overview.

use super::messages::MessageState;
use crate::time::Timestamp;

/// Texts of one hour and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// When the hour began.
    pub hour: Timestamp,
    /// State that the texts are in now.
    pub state: MessageState,
    /// Number of texts.
    pub messages: u64,
    /// Number of their segments.
    pub segments: u64,
    /// Segments whose price Twilio has not reported yet.
    pub unpriced_segments: u64,
}

/// What was paid in one hour, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// When the hour began.
    pub hour: Timestamp,
    /// ISO 4217.
    pub currency: String,
    /// Micro-units of the currency.
    pub micros: i64,
}

/// What the store counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Hourly counts since the asked instant, oldest first.
    pub buckets: Vec<Bucket>,
    /// Hourly costs since the asked instant, oldest first.
    pub costs: Vec<Cost>,
    /// When the oldest text that is still to be sent was queued.
    pub oldest_unsent: Option<Timestamp>,
    /// Texts in the state `dead`.
    pub dead: u64,
    /// Mails that count as a failure; see [`crate::outbox::state::SendState::is_given_up`].
    pub failed_mails: u64,
    /// Number of hikers that were ever registered.
    pub users: u64,
    /// Number of accounts that were ever registered.
    pub accounts: u64,
}

impl Figures {
    /// Texts since an instant that `counts` selects by their state.
    pub fn texts(&self, since: Timestamp, counts: impl Fn(MessageState) -> bool) -> u64 {
        self.sum(
            since,
            |bucket| {
                if counts(bucket.state) { bucket.messages } else { 0 }
            },
        )
    }

    /// Texts since an instant that count as a failure; see [`MessageState::is_given_up`].
    pub fn failures(&self, since: Timestamp) -> u64 {
        self.texts(since, MessageState::is_given_up)
    }

    /// The sum over the hours since an instant.
    pub fn sum(&self, since: Timestamp, of: impl Fn(&Bucket) -> u64) -> u64 {
        let recent = self.buckets.iter().filter(|bucket| bucket.hour >= since);
        recent.map(of).sum()
    }
}
