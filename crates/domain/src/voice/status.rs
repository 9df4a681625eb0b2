//! How far a call has come.

use crate::outbox::state::{Ended, SendState};

/// How far the provider says a call has come, in the order in which it can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallStatus {
    /// It is being placed.
    Initiated,
    /// The phone rings.
    Ringing,
    /// It was picked up, by a person or by a machine.
    Answered,
    /// It was picked up, and is over.
    Completed,
    /// The line was busy, or the call was rejected.
    Busy,
    /// The phone rang, and was not picked up.
    NoAnswer,
    /// The call was cancelled at the provider.
    Canceled,
    /// It could not be placed: in most cases there is no phone of this number.
    Failed,
}

crate::word::word_enum!(CallStatus {
    Initiated => "initiated",
    Ringing => "ringing",
    Answered => "answered",
    Completed => "completed",
    Busy => "busy",
    NoAnswer => "no_answer",
    Canceled => "canceled",
    Failed => "failed",
});

impl CallStatus {
    /// Whether nothing more is expected after it.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Busy | Self::NoAnswer | Self::Canceled | Self::Failed
        )
    }

    /// Whether this report is news to one who has heard `known`: reports come late, repeated and in any order.
    pub fn follows(self, known: Option<Self>) -> bool {
        known.is_none_or(|known| !known.is_final() && self > known)
    }

    /// The state of the call as the outbox names it. What was picked up is delivered.
    pub const fn state(self) -> SendState {
        match self {
            Self::Initiated => SendState::Accepted,
            Self::Ringing => SendState::Sent,
            Self::Answered | Self::Completed => SendState::Delivered,
            Self::Busy | Self::NoAnswer | Self::Canceled => SendState::Undelivered,
            Self::Failed => SendState::Ended(Ended::Failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_never_lead_backwards_and_an_end_stands() {
        assert!(CallStatus::Ringing.follows(None));
        assert!(CallStatus::Busy.follows(Some(CallStatus::Ringing)));
        assert!(!CallStatus::Ringing.follows(Some(CallStatus::Ringing)));
        assert!(!CallStatus::Initiated.follows(Some(CallStatus::Answered)));
        for end in CallStatus::ALL.into_iter().filter(|status| status.is_final()) {
            assert!(end.follows(Some(CallStatus::Initiated)));
            for later in CallStatus::ALL {
                assert!(!later.follows(Some(end)), "{end:?} {later:?}");
            }
        }
    }
}
