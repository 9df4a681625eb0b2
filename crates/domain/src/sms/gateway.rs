//! The SMS gateway port: hands a text to a provider, and reads one back.

use std::time::Duration;

pub use super::message_sid::MessageSid;
use super::price::Price;
use crate::{phone_number::PhoneNumber, port::PortFuture, secret::Secret};

/// A text as it is handed to the provider. From which number is the gateway's own knowledge.
#[derive(Debug, Clone)]
pub struct GatewayText {
    /// Who receives it.
    pub to: PhoneNumber,
    /// What it says.
    pub body: Secret<String>,
    /// How long the provider may keep trying: 1 second to [`MAX_VALIDITY`], whole seconds.
    pub validity: Duration,
}

/// Twilio's longest `ValidityPeriod`.
pub const MAX_VALIDITY: Duration = Duration::from_hours(10);

/// How far the provider says it has come with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderStatus {
    /// Taken over, not yet on the network (Twilio's accepted, scheduled, queued, sending).
    Accepted,
    /// With the carrier.
    Sent,
    /// The provider could not send it.
    Failed,
    /// The carrier could not deliver it.
    Undelivered,
    /// The handset has it (Twilio's delivered and read).
    Delivered,
}

impl ProviderStatus {
    /// Whether nothing more is expected after it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Undelivered | Self::Delivered)
    }
}

/// Twilio's code for a number that has opted out.
pub const CODE_OPTED_OUT: u32 = 21_610;

/// What became of handing a text over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The provider has it, and this is its name.
    Accepted {
        /// The provider's name for it.
        sid: MessageSid,
        /// What it costs, when the provider says so already.
        price: Option<Price>,
        /// Billed segments, when the provider says so already.
        segments: Option<u32>,
    },
    /// The provider said yes in words that could not be read: it is sent, nameless, and not to be sent again.
    AcceptedUnreadable,
    /// The provider will never send this text.
    Permanent {
        /// The provider's error code.
        code: Option<u32>,
    },
    /// Certainly not sent; a later attempt may succeed.
    Temporary {
        /// The provider's error code.
        code: Option<u32>,
        /// When the provider asks to be tried again.
        retry_after: Option<Duration>,
    },
    /// Nobody knows: the request was written, no answer came.
    Ambiguous,
}

/// A message as the provider remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The provider's record.
    Found {
        /// How far it has come.
        status: ProviderStatus,
        /// The provider's error code.
        code: Option<u32>,
        /// What it cost, once known.
        price: Option<Price>,
        /// Billed segments, once known.
        segments: Option<u32>,
    },
    /// The provider knows no such message.
    Missing,
    /// The provider could not be asked.
    Unavailable,
}

/// Hands texts to the provider. Every way a provider can misbehave is an answer; a `Fault` means that nothing was
/// attempted. Contract: `thunderbird_testkit::contract::sms_gateway`.
pub trait SmsGateway: Send + Sync {
    /// Hands one text over, once. Never tries again by itself.
    fn send<'a>(&'a self, text: &'a GatewayText) -> PortFuture<'a, Sent>;

    /// Reads a message back, for its state, price and segments.
    fn fetch<'a>(&'a self, sid: &'a MessageSid) -> PortFuture<'a, Fetched>;
}
