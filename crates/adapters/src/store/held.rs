//! Rows that a write keeps others from changing until it ends.
//!
//! Hikers are held before texts, and in ascending order, so that no two writes wait for each other. A claim finds texts
//! first, so it waits for no hiker.
//!
//! A key is for what a write decides about. A row is held where a write meets another that has a different key, and where
//! an answer from an earlier write is repeated: a row that is held makes the commit wait until the earlier write is safe.

/// What is held. SQLite has one writer and holds nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Held<'a> {
    /// One text by its id.
    Text(i64),
    /// The text that the provider names by this sid.
    TextOf(&'a str),
    /// The text that we queued under this tag.
    Tagged(&'a [u8]),
    /// Texts on behalf of this hiker that wait to be sent, in ascending order. A write that may withhold some of them
    /// holds all of them first.
    QueuedOf(i64),
    /// Texts to this number that wait to be sent, in ascending order.
    QueuedTo(&'a str),
    /// Calls on behalf of this hiker that wait to be placed, in ascending order; before the texts.
    CallsOf(i64),
    /// Calls to this number that wait to be placed, in ascending order; before the texts.
    CallsTo(&'a str),
    /// The mails to this account, in ascending order.
    MailsOf(i64),
    /// The mails to contacts about this promise, in ascending order; after the texts.
    MailsAbout(i64),
    /// The mails to contacts on behalf of this hiker, in ascending order; after the texts.
    MailsFor(i64),
    /// The opt-out of this number that stands.
    OptOut(&'a str),
    /// The hikers on whose behalf these texts are sent.
    HikersOf(&'a [i64]),
    /// The hiker on whose behalf the text is sent that the provider names by this sid.
    HikerOf(&'a str),
    /// The record that a text with this sid came in.
    InboundSid(&'a str),
    /// A client's idempotency key: owner, route, key.
    Request(&'a str, &'a str, &'a str),
}
