//! How a write ends without being stored.

use diesel::result::Error;

/// Why a job's work is undone. What other jobs of the same commit did stays.
#[derive(Debug)]
pub enum Abort<T> {
    /// A decision: nothing of the job is stored, and this is its answer.
    Undo(T),
    /// A statement failed.
    Failed(Error),
}

impl<T> From<Error> for Abort<T> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
