//! A web account: e-mail, password, sessions.

mod common_passwords;
pub mod password;

/// A web account's id, given by the store and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(i64);

impl AccountId {
    /// An id that the store gave.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}
