//! Settlements: what becomes of a leased message.

use super::{
    message::{LeasedMessage, Payload},
    state::Ended,
};
use crate::{opt_out::OptOutChange, random::Tag, time::Timestamp};

/// What becomes of a leased message; `R` is what the provider reports when it takes the message over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome<R> {
    /// The provider has taken it over.
    Accepted(R),
    /// It waits for another attempt.
    Again {
        /// Not before this instant.
        at: Timestamp,
        /// Whether the result of this attempt is unknown.
        ambiguous: bool,
        /// The provider's error code.
        code: Option<u32>,
    },
    /// It ends here.
    Ended {
        /// Its final state.
        state: Ended,
        /// The provider's error code.
        code: Option<u32>,
        /// Whether the result of this attempt is unknown.
        ambiguous: bool,
    },
}

impl<R> SendOutcome<R> {
    /// An end that is known without asking the provider.
    pub const fn ended(state: Ended) -> Self {
        Self::Ended {
            state,
            code: None,
            ambiguous: false,
        }
    }

    /// Whether the provider answered: `None` if it was not asked.
    pub const fn provider_answered(&self) -> Option<bool> {
        match self {
            Self::Accepted(_) | Self::Ended { code: Some(_), .. } => Some(true),
            Self::Again { .. } => Some(false),
            Self::Ended { code: None, .. } => None,
        }
    }
}

/// The end of a lease of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement<P: Payload> {
    /// Row id of the message.
    pub id: P::Id,
    /// The lease under which it was sent.
    pub lease: Tag,
    /// When the attempt ended.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: SendOutcome<P::Receipt>,
    /// What this says about the recipient's wish.
    pub opt_out: Option<OptOutChange>,
}

impl<P: Payload> Settlement<P> {
    /// Ends the lease of `message`.
    pub fn of(message: &LeasedMessage<P>, outcome: SendOutcome<P::Receipt>, at: Timestamp) -> Self {
        Self {
            id: message.id,
            lease: message.lease,
            at,
            outcome,
            opt_out: None,
        }
    }
}
