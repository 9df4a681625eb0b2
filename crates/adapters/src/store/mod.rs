//! Every storage port, once per engine.
//!
//! `statements/` holds each port's statements. An engine (`sqlite/`) takes those files in as its own modules and gives
//! them, under `super::`:
//!
//! - `Connection`, and `Store` with `transact` for writes and `read`, `read_here` and `read_cached` for reads;
//! - `Keys`, made of [`keys::Key`]s: what a write decides about; and `row_cache`, if the engine keeps rows;
//! - `dialect`: what only its database says in that way;
//! - `claim`, `settle` and `audit_append`: statements that each engine writes in its own way.

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
