//! Promises as the console shows them.

use super::messages::MessageLine;
use crate::{
    deadline::{RowSums, Watched},
    id::DeadlineId,
    outbox::state::SendState,
    phone_number::PhoneNumber,
    time::Timestamp,
    voice::{CallStatus, Key},
};

/// The open promises.
#[derive(Debug)]
pub struct WatchList {
    /// Promises in alarm first, then the others; each part in the order of the promised times.
    pub promises: Vec<Watched>,
    /// Promises that cannot be read. The watch cannot keep them.
    pub unreadable: Vec<DeadlineId>,
    /// Whether there are more open promises than these.
    pub has_more: bool,
}

/// The newest text of a contact since the first alert to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAnswer {
    /// The contact's number.
    pub phone: PhoneNumber,
    /// When it came (UTC).
    pub at: Timestamp,
    /// The command that it was read as; `None` for OK, thanks and every other prose.
    pub command: Option<String>,
}

/// A call to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    /// The contact's number.
    pub phone: PhoneNumber,
    /// How far the outbox has come with it.
    pub state: SendState,
    /// How far the provider says it has come.
    pub status: Option<CallStatus>,
    /// The newest key that was pressed.
    pub key: Option<Key>,
    /// The provider's newest error code.
    pub code: Option<u32>,
    /// Since when it is so (UTC).
    pub at: Timestamp,
}

/// A mail to a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLine {
    /// The contact's number, as it is stored.
    pub phone: String,
    /// The address, as it is stored.
    pub email: String,
    /// Whether it ends the alarm.
    pub ends_alarm: bool,
    /// How far the outbox has come with it. One that was sent was taken over by a mail server; nothing more is known.
    pub state: SendState,
    /// The mail server's newest code.
    pub code: Option<u32>,
    /// Since when it is so (UTC).
    pub at: Timestamp,
}

/// What has become of everything that the alarm has queued for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSums {
    /// The contact's number, as it is stored.
    pub phone: String,
    /// How many rows came to which end.
    pub sums: RowSums,
}

/// Everything about one promise.
#[derive(Debug)]
pub struct PromisePage {
    /// The promise with its stages and its alarm, and the hiker who made it.
    pub watched: Watched,
    /// What alerted contacts have texted since, the newest text of each: it is no claim, and says that they have read.
    pub answers: Vec<ContactAnswer>,
    /// The calls about it, oldest first.
    pub calls: Vec<CallLine>,
    /// The mails to contacts about it, oldest first, with those that end the alarm.
    pub mails: Vec<MailLine>,
    /// The sums of its alarm by contact; empty without an alarm.
    pub sums: Vec<ContactSums>,
    /// The newest texts about it, newest first. The texts that end an alarm are not among them.
    pub texts: Vec<MessageLine>,
}
