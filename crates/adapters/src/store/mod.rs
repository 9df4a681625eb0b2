//! Every storage port, on SQLite.

mod account;
mod admin;
pub(crate) mod audit;
pub mod backup;
mod checkpoint;
#[cfg(test)]
mod checkpoint_tests;
pub(crate) mod column;
mod console_actions;
mod console_reader;
pub(crate) mod conversation;
mod db;
pub mod health;
mod idempotency;
mod inbound;
mod key_memory;
pub(crate) mod limit;
mod lock;
mod mail;
mod mail_token;
mod message_log;
pub mod migrate;
pub(crate) mod opt_out;
mod outbox;
pub(crate) mod outgoing;
pub(crate) mod phone;
mod pragma;
mod privacy;
mod route;
pub(crate) mod schema;
mod session;
pub mod survey;
mod unchanged;
pub(crate) mod user;
mod writer;
#[cfg(test)]
mod writer_tests;

pub use audit::AuditVerdict;
pub(crate) use db::Abort;
pub use db::{OpenError, Store, StoreStatistics};
pub use lock::ServiceLock;
