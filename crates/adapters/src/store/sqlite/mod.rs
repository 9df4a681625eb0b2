//! The SQLite engine.
//!
//! The statement files are modules of each engine (`#[path]`), so that `super::Connection` in them is the connection
//! of the engine that takes them in. rustls shares files between its two cryptography providers in the same way.

mod audit_append;
pub mod backup;
mod checkpoint;
#[cfg(test)]
mod checkpoint_tests;
mod db;
pub mod declared;
mod dialect;
mod error;
pub mod health;
mod job;
mod keys;
mod lock;
pub mod migrate;
mod path;
mod pragma;
mod queue;
mod row_cache;
mod stats;
pub mod survey;
mod writer;
#[cfg(test)]
mod writer_tests;

#[path = "../statements/account/account.rs"]
mod account;
#[path = "../statements/admin/admin.rs"]
mod admin;
#[path = "../statements/admin/actions.rs"]
mod admin_actions;
#[path = "../statements/admin/reader/mod.rs"]
mod admin_reader;
#[path = "../statements/audit.rs"]
pub(crate) mod audit;
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

pub use audit::AuditVerdict;
pub use db::Store;
pub use error::OpenError;
pub(crate) use keys::{Key, Keys, Unkeyed};
pub use lock::ServiceLock;
pub use stats::StoreStatistics;

/// What the statement files work on.
pub(crate) type Connection = diesel::SqliteConnection;
