//! Texts in the outbox: what their rows carry, and the port for what the provider reports of them later.

pub use super::delivery::Callback;
use super::{
    delivery::Delivery,
    gateway::{MessageSid, ProviderStatus},
    price::Price,
};
use crate::{
    id::MessageId,
    outbox::{
        message::{LeasedMessage, Payload},
        state::{Ended, SendState},
    },
    outgoing::{Class, OutgoingText},
    phone_number::PhoneNumber,
    port::PortFuture,
    time::Timestamp,
};

impl From<ProviderStatus> for SendState {
    fn from(status: ProviderStatus) -> Self {
        match status {
            ProviderStatus::Accepted => Self::Accepted,
            ProviderStatus::Sent => Self::Sent,
            ProviderStatus::Failed => Self::Ended(Ended::Failed),
            ProviderStatus::Undelivered => Self::Undelivered,
            ProviderStatus::Delivered => Self::Delivered,
        }
    }
}

/// A text as the outbox sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPayload {
    /// Who receives it.
    pub to: PhoneNumber,
}

/// What is known of a text once the provider has taken it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextReceipt {
    /// The provider's name for it, unless its answer could not be read.
    pub sid: Option<MessageSid>,
    /// Billed segments.
    pub segments: u32,
    /// What it costs, an estimate until it is read back.
    pub price: Price,
}

impl Payload for TextPayload {
    type Id = MessageId;
    type Queued = OutgoingText;
    type Receipt = TextReceipt;

    const TAKEN_OVER: SendState = SendState::Accepted;
}

/// A text that its holder alone may send now, once.
pub type LeasedText = LeasedMessage<TextPayload>;

/// What a callback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackResult {
    /// It is part of the text's state now.
    Applied,
    /// The same was said before: nothing changed.
    Repeated,
    /// The sid is not known yet: kept, and applied when it is.
    Kept,
}

/// A text whose price or delivery is to be read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Which text.
    pub id: MessageId,
    /// How urgent it is.
    pub class: Class,
    /// The provider's name for it.
    pub sid: MessageSid,
    /// How often it was read already since its last state.
    pub readings: u32,
    /// How far it has come.
    pub delivery: Delivery,
}

/// What reading a text back told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which text.
    pub id: MessageId,
    /// When it was read.
    pub at: Timestamp,
    /// The provider's word on its delivery, if it gave one.
    pub delivery: Option<Delivery>,
    /// What it cost, if known.
    pub price: Option<Price>,
    /// Billed segments, if known.
    pub segments: Option<u32>,
    /// When to read it again.
    pub again_at: Option<Timestamp>,
}

/// Stores what the provider reports of texts after it took them over. Contract:
/// `thunderbird_testkit::contract::outbox`.
pub trait DeliveryReports: Send + Sync {
    /// Takes a callback: once per (sid, status, code), in any order, also before the sid is known; it is applied when
    /// the text is settled. A callback that belongs to no text is swept after a day. A code that means an opt-out
    /// records one for the recipient.
    fn hear(&self, callback: Callback) -> PortFuture<'_, CallbackResult>;

    /// Texts that are due for reading back, at most `limit`: an alarm ten minutes after it was taken over, any other text after
    /// an hour, and both ten minutes after their end.
    fn unread(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Vec<Unread>>;

    /// Stores what reading back told, all readings or none; delivery never goes backwards.
    fn record(&self, readings: Vec<Reading>) -> PortFuture<'_, ()>;
}
