//! Every storage port, once per engine.
//!
//! `statements/` holds each port's statements, written over `super::Connection`. An engine (`sqlite/`) opens and
//! writes to one kind of database, defines that alias, and takes the statement files in as its own modules.

mod abort;
mod keys;
pub(crate) mod schema;
pub(crate) mod sqlite;

pub(crate) use abort::Abort;
pub(crate) use keys::Unkeyed;
pub(crate) use sqlite::Keys;
pub use sqlite::{
    AuditVerdict, OpenError, ServiceLock, Store, StoreStatistics, backup, health, migrate, survey,
};
