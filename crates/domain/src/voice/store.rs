//! The port that keeps what is known of calls once they are placed.

use super::{call_sid::CallSid, status::CallStatus};
use crate::{
    deadline::Watched, outbox::state::SendState, phone_number::PhoneNumber, port::PortFuture, random::Tag,
    time::Timestamp,
};

/// A key that a contact can press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The contact deals with the alarm.
    Acting,
    /// Once more from the beginning.
    Again,
    /// No more calls to this number.
    NoCalls,
}

crate::word::word_enum!(Key {
    Acting => "1",
    Again => "2",
    NoCalls => "9",
});

/// A call as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCall {
    /// Names the call.
    pub tag: Tag,
    /// Whose phone rings.
    pub to: PhoneNumber,
    /// How far the outbox has come with it.
    pub state: SendState,
    /// How far the provider says it has come.
    pub status: Option<CallStatus>,
    /// The provider's name for it, if it is known.
    pub sid: Option<CallSid>,
    /// How often it was claimed.
    pub attempts: u32,
    /// How many of its attempts had an unknown result.
    pub ambiguous: u32,
    /// What is said; `None` after it was erased.
    pub words: Option<String>,
    /// The newest key that was pressed.
    pub key: Option<Key>,
    /// The promise or the call for help that it is about, with its hiker.
    pub watched: Option<Watched>,
}

impl StoredCall {
    /// Whether a call of the provider, to this number, can be this one: an attempt was made, and the provider has not
    /// named another sid. Of a call with an attempt whose result is unknown there can be two.
    pub fn can_be(&self, sid: &CallSid, to: &PhoneNumber) -> bool {
        let is_named = match &self.sid {
            Some(known) => known == sid || self.ambiguous > 0,
            None => true,
        };
        self.attempts > 0 && self.to == *to && is_named
    }
}

/// How far the provider says a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallReport {
    /// Names the call.
    pub tag: Tag,
    /// The provider's name for it.
    pub sid: CallSid,
    /// Whose phone it is about.
    pub to: PhoneNumber,
    /// How far it has come.
    pub status: CallStatus,
    /// The provider's error code.
    pub code: Option<u32>,
    /// When we heard.
    pub at: Timestamp,
}

/// What a report did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallHeard {
    /// It is part of the call's state now.
    Applied,
    /// A later or the same one was heard before, or it is about the other call of an attempt with an unknown result:
    /// nothing changed.
    Known,
    /// No call can be meant: nothing changed.
    Unknown,
}

/// Keeps what is known of calls once they are placed. Contract: `thunderbird_testkit::contract::calls`.
///
/// Calls are queued with the alert that they are about. A waiting call that was not tried yet is due three minutes after
/// the text of that alert was taken over. A call is withheld in the commit that closes its alarm or in which a contact
/// begins to deal with it, and in the claiming commit if the number has opted out, wants no calls, has texted us since the
/// call was queued, or is no contact of the hiker any more.
pub trait Calls: Send + Sync {
    /// The call with this tag, with the promise that it is about.
    fn call(&self, tag: Tag) -> PortFuture<'_, Option<StoredCall>>;

    /// Takes a report, in any order and as often as it comes; a call never goes backwards. The first sid that is heard of
    /// a call whose sid is unknown is its own from then on, and a call that waits for another attempt is not placed again,
    /// because the report shows that it was placed. What no stored call [can be](StoredCall::can_be) changes nothing.
    fn report(&self, report: CallReport) -> PortFuture<'_, CallHeard>;

    /// Notes that a key was pressed. [`Key::NoCalls`] also notes that the number wants no calls: one that waits is withheld
    /// when it would be claimed. Texts are not affected.
    fn press(&self, tag: Tag, key: Key, at: Timestamp) -> PortFuture<'_, ()>;

    /// Whether this number wants no calls. READY from the number ends that.
    fn wants_no_calls(&self, phone: &PhoneNumber) -> PortFuture<'_, bool>;
}
