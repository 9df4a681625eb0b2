//! The states of a message that we send, the same for every channel.

/// The state of a message that we send. A mail never reaches the states that only a carrier of texts reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendState {
    /// Waits for its turn.
    Queued,
    /// Leased to a worker.
    Sending,
    /// The provider has taken the text over.
    Accepted,
    /// The carrier has the text, or a mail server has the mail.
    Sent,
    /// On the handset.
    Delivered,
    /// The carrier could not deliver it.
    Undelivered,
    /// The service stopped trying, without a further report of the provider.
    Ended(Ended),
    /// Answered in the webhook itself: counted, not tracked.
    Replied,
}

/// A final state that is reached without the provider's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ended {
    /// The provider refuses it permanently, or its words cannot be read any more.
    Failed,
    /// Its life was over before it could be sent.
    Expired,
    /// The recipient has opted out, or their region may not be texted.
    Withheld,
    /// The last of the attempts with an unknown result that a message may have.
    Dead,
    /// A one-time code whose sending result is unknown (timeout). One-time codes are never sent again.
    Unknown,
}

impl SendState {
    /// Every state a message can have.
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Undelivered,
        Self::Ended(Ended::Failed),
        Self::Ended(Ended::Expired),
        Self::Ended(Ended::Withheld),
        Self::Ended(Ended::Dead),
        Self::Ended(Ended::Unknown),
        Self::Replied,
    ];

    /// The word for it, as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Ended(Ended::Failed) => "failed",
            Self::Ended(Ended::Expired) => "expired",
            Self::Ended(Ended::Withheld) => "withheld",
            Self::Ended(Ended::Dead) => "dead",
            Self::Ended(Ended::Unknown) => "unknown",
            Self::Replied => "replied",
        }
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// True if the message is not ended yet and a worker will handle it.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }

    /// True if the message counts as a *failure*: we do not try again although it may not have arrived, and the
    /// recipient has not forbidden it. This is the only definition of a failure; lists and figures use it.
    pub const fn is_given_up(self) -> bool {
        matches!(
            self,
            Self::Undelivered | Self::Ended(Ended::Failed | Ended::Expired | Ended::Dead | Ended::Unknown)
        )
    }

    /// Every state for which [`is_given_up`](Self::is_given_up) is true, for the conditions of a query.
    pub fn given_up() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|state| state.is_given_up())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_back_from_its_word() {
        for state in SendState::ALL {
            assert_eq!(SendState::parse(state.as_str()), Some(state));
        }
        assert_eq!(SendState::parse("lost"), None);
    }

    #[test]
    fn a_failure_is_neither_pending_nor_withheld_nor_on_its_way() {
        let words: Vec<_> = SendState::given_up().map(SendState::as_str).collect();
        assert_eq!(words, ["undelivered", "failed", "expired", "dead", "unknown"]);
    }
}
