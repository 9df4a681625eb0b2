//! Access tokens, without cryptography.

pub mod claims;
pub mod key_memory;
pub mod key_ring;
pub mod sealer;

/// A web session's id, given by the store and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(i64);

impl SessionId {
    /// An id that the store gave.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}
