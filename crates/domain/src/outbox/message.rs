//! A message of any channel, as a worker and as an observer see it.

use std::fmt;

use super::state::SendState;
use crate::{
    outgoing::{Class, Words},
    random::Tag,
    time::Timestamp,
};

/// What differs between the messages of two channels. Everything else is the same machine.
pub trait Payload: fmt::Debug + Clone + PartialEq + Eq + Send + Sync + 'static {
    /// Row id, given by the store in the order of queueing.
    type Id: fmt::Debug + Copy + PartialEq + Eq + PartialOrd + Ord + Send + Sync;

    /// What a decision queues.
    type Queued: fmt::Debug + Clone + Send;

    /// What is known once the provider has taken the message over.
    type Receipt: fmt::Debug + Clone + PartialEq + Eq + Send + Sync;

    /// State of a message that the provider has taken over.
    const TAKEN_OVER: SendState;
}

/// A message that the holder of its lease alone may send now, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedMessage<P: Payload> {
    /// Row id of the message.
    pub id: P::Id,
    /// Names the row towards the sealer and the provider.
    pub tag: Tag,
    /// The lease that holds it.
    pub lease: Tag,
    /// Recipient, and what else its channel needs.
    pub payload: P,
    /// How urgent it is.
    pub class: Class,
    /// What it says; `None` after it was erased.
    pub words: Option<Words>,
    /// Not to be sent at or after this instant.
    pub expires_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// How many of its attempts had an unknown result.
    pub ambiguous: u32,
}

/// What is known of a queued message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress<P: Payload> {
    /// Row id of the message.
    pub id: P::Id,
    /// Its present state.
    pub state: SendState,
    /// What is known since the provider took it over.
    pub receipt: Option<P::Receipt>,
    /// The provider's newest error code.
    pub code: Option<u32>,
    /// How often it was claimed.
    pub attempts: u32,
    /// How many of its attempts had an unknown result.
    pub ambiguous: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// Whether its words are still kept.
    pub has_words: bool,
}
