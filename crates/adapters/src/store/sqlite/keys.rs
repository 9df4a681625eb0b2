//! SQLite has one writer, so no write needs a lock.

pub(crate) use crate::store::keys::{Key, Unkeyed};

/// The aggregates that a write decides about, dropped unread: nothing is computed from them.
pub(crate) struct Keys;

impl Keys {
    /// The write decides about these.
    pub(crate) fn on<'a>(_keys: impl IntoIterator<Item = Key<'a>>) -> Self {
        Self
    }

    /// The write needs none, for this reason.
    pub(crate) fn none(_reason: Unkeyed) -> Self {
        Self
    }
}
