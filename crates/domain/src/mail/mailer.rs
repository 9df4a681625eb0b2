//! The port that hands a mail to a mail server.

use crate::{email::Email, port::PortFuture, random::Tag, secret::Secret};

/// A mail as it leaves.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Becomes its Message-ID, the same at every attempt, so that a mailbox can tell a repetition.
    pub tag: Tag,
    /// Who receives it.
    pub to: Email,
    /// Its subject line.
    pub subject: String,
    /// Its plain text.
    pub body: Secret<String>,
    /// The link that stops mails to this recipient by one request (RFC 8058); only mails to contacts have one.
    pub stop: Option<Secret<String>>,
}

/// What became of handing a mail over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// The server has taken it over.
    Accepted,
    /// The server refuses this mail for good (a 5xx reply, RFC 5321 section 4.2.1).
    Permanent {
        /// The reply's code.
        code: Option<u16>,
    },
    /// Certainly not taken over; a later attempt may succeed.
    Temporary {
        /// The reply's code, if there was a reply.
        code: Option<u16>,
    },
    /// Nobody knows: the whole mail was written, no answer came.
    Ambiguous,
}

/// Hands mails to a server. Every way a server can misbehave is an answer; a `Fault` means that nothing was attempted.
pub trait Mailer: Send + Sync {
    /// Hands one mail over, once. Never tries again by itself.
    fn send<'a>(&'a self, letter: &'a Letter) -> PortFuture<'a, Handed>;
}
