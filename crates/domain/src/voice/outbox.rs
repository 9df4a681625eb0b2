//! Calls in the outbox: what their rows carry.

use super::call_sid::CallSid;
use crate::{
    id::CallId,
    outbox::{
        message::{LeasedMessage, Payload},
        state::SendState,
    },
    outgoing::{Class, OutgoingCall},
    phone_number::PhoneNumber,
};

/// A call as the outbox places it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPayload {
    /// Whose phone rings.
    pub to: PhoneNumber,
}

/// What is known of a call once the provider has taken it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallReceipt {
    /// The provider's name for it, unless its answer could not be read.
    pub sid: Option<CallSid>,
}

impl Payload for CallPayload {
    type Id = CallId;
    type Queued = OutgoingCall;
    type Receipt = CallReceipt;

    const TAKEN_OVER: SendState = SendState::Accepted;
}

/// The class of every call.
pub const CALL_CLASS: Class = Class::Alarm;

/// A call that its holder alone may place now, once.
pub type LeasedCall = LeasedMessage<CallPayload>;
