//! The port that places calls.

use std::time::Duration;

use super::call_sid::CallSid;
use crate::{phone_number::PhoneNumber, port::PortFuture};

/// A call as it is handed to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOrder {
    /// Whose phone rings.
    pub to: PhoneNumber,
    /// The number of ours that it shows.
    pub from: PhoneNumber,
    /// Where the provider asks what to say when the phone is picked up, and what a key means.
    pub script: String,
    /// Where the provider reports how far the call has come.
    pub reports: String,
}

/// What became of placing a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// The provider has it, and this is its name.
    Accepted(CallSid),
    /// The provider said yes in words that could not be read: the phone rings, and the call is not to be placed again.
    AcceptedUnreadable,
    /// The provider will never place this call.
    Refused {
        /// The provider's error code.
        code: Option<u32>,
    },
    /// Certainly not placed; a later attempt may succeed.
    Temporary {
        /// The provider's error code.
        code: Option<u32>,
        /// When the provider asks to be tried again.
        retry_after: Option<Duration>,
    },
    /// Unknown: the request was written, and no answer came.
    Ambiguous,
}

/// Places calls. Every way a provider can misbehave is an answer; a `Fault` means that nothing was attempted. Contract:
/// `thunderbird_testkit::contract::caller`.
pub trait Caller: Send + Sync {
    /// Places one call, once. Never tries again by itself.
    fn place<'a>(&'a self, order: &'a CallOrder) -> PortFuture<'a, Placed>;
}
