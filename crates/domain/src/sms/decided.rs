//! A decision with what becomes of the text.

use super::{decision::Decision, inbound::TextOutcome};

/// A decision, and what it is remembered as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// What it is remembered as.
    pub outcome: TextOutcome,
}

impl Decided {
    /// A decision that is answered and counts towards the sender's hour.
    pub(super) fn answered(decision: Decision) -> Self {
        Self {
            decision,
            outcome: TextOutcome::Answered,
        }
    }

    /// A decision of which limits know nothing, answered or not.
    pub(super) fn exempt(decision: Decision) -> Self {
        let outcome = if decision.reply.is_some() {
            TextOutcome::Exempt
        } else {
            TextOutcome::Silent
        };
        Self { decision, outcome }
    }

    /// A decision without an answer.
    pub(super) fn silent(decision: Decision) -> Self {
        Self {
            decision,
            outcome: TextOutcome::Silent,
        }
    }
}
