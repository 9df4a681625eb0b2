//! The PostgreSQL engine, for a service that runs as several processes.
//!
//! The statement files are modules of each engine (`#[path]`), so that `super::Connection` in them is the connection of
//! the engine that takes them in. Here that is a synchronous connection of Diesel over a driver in Rust: no libpq.
//!
//! There are many writers. A write first takes a lock on everything that it decides about ([`Keys`]), then looks, then
//! writes, in one transaction at READ COMMITTED: for each aggregate that is the order that SQLite's one writer gives all.

#![expect(
    clippy::duplicate_mod,
    reason = "each engine takes the statement files in as its own modules; decision 25"
)]

mod address;
mod audit_append;
mod connect;
mod db;
mod dialect;
mod error;
mod fold;
mod health;
mod keeper;
mod keys;
pub mod migrate;
mod pool;
#[cfg(test)]
mod race_tests;
mod row_cache;
mod runtime;
mod seal;
mod worker;
mod write;
#[cfg(test)]
mod write_tests;

#[path = "../statements/account/account.rs"]
mod account;
#[path = "../statements/admin/admin.rs"]
mod admin;
#[path = "../statements/admin/actions.rs"]
mod admin_actions;
#[path = "../statements/admin/reader/mod.rs"]
mod admin_reader;
#[path = "../statements/audit.rs"]
mod audit;
#[path = "../statements/audit_entry.rs"]
mod audit_entry;
#[path = "../statements/user/check_in.rs"]
mod check_in;
#[path = "../statements/sms/claim.rs"]
mod claim;
#[path = "../statements/column.rs"]
mod column;
#[path = "../statements/user/contact_email.rs"]
mod contact_email;
#[path = "../statements/mail/contact.rs"]
mod contact_mail;
#[path = "../statements/user/contact_of.rs"]
mod contact_of;
#[path = "../statements/user/conversation.rs"]
mod conversation;
#[path = "../statements/deadline/mod.rs"]
mod deadline;
#[path = "../statements/account/device.rs"]
mod device;
#[path = "../statements/due.rs"]
mod due;
#[path = "../statements/account/existence.rs"]
mod existence;
#[path = "../statements/figures.rs"]
mod figures;
#[path = "../statements/forecast/mod.rs"]
mod forecast;
#[path = "../statements/idempotency.rs"]
mod idempotency;
#[path = "../statements/sms/inbound.rs"]
mod inbound;
#[path = "../statements/token/key_memory.rs"]
mod key_memory;
#[path = "../statements/limit.rs"]
mod limit;
#[path = "../statements/mail/mail.rs"]
mod mail;
#[path = "../statements/mail/queue.rs"]
mod mail_queue;
#[path = "../statements/account/mail_token.rs"]
mod mail_token;
#[path = "../statements/user/message_log.rs"]
mod message_log;
#[path = "../statements/sms/opt_out.rs"]
mod opt_out;
#[path = "../statements/sms/outbox/mod.rs"]
mod outbox;
#[path = "../statements/outgoing.rs"]
mod outgoing;
#[path = "../statements/pager/mod.rs"]
mod pager;
#[path = "../statements/phone/mod.rs"]
mod phone;
#[path = "../statements/privacy/mod.rs"]
mod privacy;
#[path = "../statements/user/reach.rs"]
mod reach;
#[path = "../statements/sms/reception.rs"]
mod reception;
#[path = "../statements/user/route.rs"]
mod route;
#[path = "../statements/sms/sender_state.rs"]
mod sender_state;
#[path = "../statements/account/session/mod.rs"]
mod session;
#[path = "../statements/sms/settle.rs"]
mod settle;
#[path = "../statements/user/user.rs"]
mod user;
#[path = "../statements/voice/mod.rs"]
mod voice;
#[path = "../statements/word_columns.rs"]
mod word_columns;

use super::{Abort, held::Held, schema};

pub use address::{Address, AddressError};
pub use audit::AuditVerdict;
pub use db::Store;
pub use error::OpenError;
pub(crate) use keys::{Key, Keys, Unkeyed};

/// What the statement files work on.
pub(crate) type Connection = diesel_async::async_connection_wrapper::AsyncConnectionWrapper<
    diesel_async::AsyncPgConnection,
    runtime::OwnRuntime,
>;
