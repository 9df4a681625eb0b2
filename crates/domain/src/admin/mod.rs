//! What an operator may see and do.

/// An administrator's id, given by the store and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdminId(i64);

impl AdminId {
    /// An id that the store gave.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}
