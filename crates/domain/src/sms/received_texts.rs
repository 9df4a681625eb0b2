//! The port of the provider's own list of the texts that it has received for us.

use super::inbound::InboundMessage;
use crate::{port::PortFuture, time::Timestamp};

/// A text of the provider's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedText {
    /// The text, as a webhook would have brought it. The list does not say what the carrier made of it.
    pub message: InboundMessage,
    /// When the provider received it.
    pub texted_at: Timestamp,
}

/// What the provider has received for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The provider's answer.
    Texts {
        /// The texts, in any order.
        texts: Vec<ReceivedText>,
        /// How many entries could not be read as texts to us.
        unreadable: usize,
        /// Whether these are all; `false` if there are more than anybody reads at once.
        is_whole: bool,
    },
    /// The provider could not be asked, or its answer broke off.
    Unavailable,
}

impl Listing {
    /// The list of a provider that has received nothing.
    pub const fn empty() -> Self {
        Self::Texts {
            texts: Vec::new(),
            unreadable: 0,
            is_whole: true,
        }
    }
}

/// Reads what the provider has received for our numbers. Every way a provider can misbehave is an answer; a `Fault`
/// means that nothing was asked. Contract: `thunderbird_testkit::contract::received_texts`.
pub trait ReceivedTexts: Send + Sync {
    /// The texts that came in at `since` or later, whether or not a webhook has brought them.
    fn since(&self, since: Timestamp) -> PortFuture<'_, Listing>;
}
