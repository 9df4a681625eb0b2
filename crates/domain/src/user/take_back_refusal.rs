//! Why a check-in cannot be taken back.

/// Why nothing was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TakeBackRefusal {
    /// The hiker has never checked in.
    #[error("There is no check-in to take back.")]
    NoCheckIn,
    /// The last check-in has been taken back before.
    #[error("The last check-in has been taken back already.")]
    Already,
    /// It is too old.
    #[error("A check-in can be taken back within 30 minutes.")]
    TooLate,
    /// A newer check-in exists.
    #[error("Only the last check-in can be taken back.")]
    NotLast,
}
