//! Mails in the outbox: what their rows carry.

use crate::{
    email::Email,
    id::MailId,
    outbox::{
        message::{LeasedMessage, Payload},
        state::SendState,
    },
    outgoing::{Class, OutgoingMail},
};

/// A mail as the outbox sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPayload {
    /// Who receives it.
    pub to: Email,
    /// Its subject line.
    pub subject: String,
    /// Whether it is a mail to a contact about an alarm, which says why it is sent and how to stop it.
    pub is_to_contact: bool,
}

impl Payload for MailPayload {
    type Id = MailId;
    type Queued = OutgoingMail;
    type Receipt = ();

    const TAKEN_OVER: SendState = SendState::Sent;
}

/// The classes of mails, the most urgent first: what tells of an alarm, and everything else.
pub const MAIL_CLASSES: &[Class] = &[Class::Alarm, MAIL_CLASS];

/// The class of every mail that tells of no alarm.
pub const MAIL_CLASS: Class = Class::Notice;

/// A mail that its holder alone may send now, once.
pub type LeasedMail = LeasedMessage<MailPayload>;
