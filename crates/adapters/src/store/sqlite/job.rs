//! A job of the writer, as the queue and the writer see it.

use diesel::SqliteConnection;

/// How a job left the transaction.
pub(super) enum JobEnd {
    /// Its savepoint was released or rolled back; the batch goes on.
    Done,
    /// The whole transaction is in doubt.
    BatchOver,
}

/// What a job that ran without a savepoint did.
pub(super) enum Bare {
    /// Its work stays.
    Stored,
    /// Its work must be rolled back; its answer is known.
    Undone,
    /// The whole transaction is in doubt.
    InDoubt,
}

/// A job as the writer sees it. It may run again after its work was rolled back.
pub(super) trait Job: Send {
    /// Runs it inside a savepoint.
    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd;
    /// Runs it without one.
    fn run_bare(&mut self, connection: &mut SqliteConnection) -> Bare;
    /// Releases the answer; `committed` is false if the batch was lost.
    fn answer(self: Box<Self>, committed: bool);
}
