//! The outbox: how a queued message is sent, whatever carries it.
//!
//! Texts and mails use the same machine; calls and pages can. A *channel* is what differs: a [`message::Payload`]
//! (recipient and what the provider reports), an [`port::Outbox`] that stores its rows, and a [`dispatch::Channel`]
//! that hands one message over. States, leases, retries, caps and the order of classes are here, once.

pub mod caps;
pub mod dispatch;
pub mod lease;
pub mod message;
pub mod port;
pub mod retry;
pub mod settle;
pub mod state;
