//! A hiker on the SMS side: onboarding, position, check-ins, contacts.

/// A hiker's id, given by the store and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(i64);

impl UserId {
    /// An id that the store gave.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}
