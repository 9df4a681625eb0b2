//! No row is kept: a revoked session must be out at once, and another process may have revoked it.

use std::marker::PhantomData;

use thunderbird_domain::account::{Account, SessionStatus};

/// Names a kind of rows.
pub(crate) type CachedTable<K, V> = fn() -> PhantomData<(K, V)>;

/// The kinds of rows that another engine keeps.
pub(crate) struct CachedRows;

impl CachedRows {
    pub(super) fn accounts() -> PhantomData<(i64, Account)> {
        PhantomData
    }

    pub(super) fn session_statuses() -> PhantomData<(i64, SessionStatus)> {
        PhantomData
    }
}
