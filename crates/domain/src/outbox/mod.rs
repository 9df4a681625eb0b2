//! The outbox: how a queued message is sent, whatever carries it. Texts and mails use the same rules.

pub mod state;
