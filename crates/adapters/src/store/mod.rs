//! Every storage port, once per engine.
//!
//! `statements/` holds each port's statements. An engine (`sqlite/`, `postgres/`) takes those files in as its own modules
//! and gives them, under `super::`:
//!
//! - `Connection`, and `Store` with `transact` for writes and `read`, `read_here`, `read_cached` and `read_log` for reads;
//! - `Keys`, made of [`keys::Key`]s: what a write decides about; and `row_cache`, if the engine keeps rows;
//! - `ForecastHours`, and `Store::forecast_hours` for those of its database;
//! - `dialect`: what only its database says in that way;
//! - `audit_append`: each engine appends to the audit log in its own way.

mod abort;
mod forecast_hours;
mod held;
mod keys;
pub mod postgres;
pub(crate) mod schema;
pub(crate) mod sqlite;

pub(crate) use abort::Abort;
pub(crate) use keys::Unkeyed;
pub(crate) use sqlite::Keys;
pub use sqlite::{
    AuditVerdict, OpenError, ServiceLock, Store, StoreStatistics, backup, declared, health, migrate, survey,
};
