//! The one writer: a thread that owns the only writing connection and commits in groups.
//!
//! It takes every job that is waiting, runs them in one `BEGIN IMMEDIATE` transaction, commits once with
//! `synchronous=FULL`, and only then releases the answers: every answer is durable at a fraction of an fsync.
//!
//! A savepoint costs a copy of every page that the job touches, and a job nearly always succeeds. So a batch runs
//! without savepoints, and if one of its jobs must be undone, the transaction is rolled back and the jobs run again,
//! each in a savepoint. If no job of the batch has stored anything yet, the rollback alone is enough.

use std::{
    any::Any,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use diesel::{
    SqliteConnection,
    connection::SimpleConnection as _,
    result::{DatabaseErrorKind, Error},
};
use thunderbird_domain::port::Fault;
use tokio::sync::oneshot;

use crate::contained::contained;

use super::{
    Abort,
    checkpoint::CheckpointRequest,
    job::{Bare, Job, JobEnd},
    pragma::{self, Role},
    queue::Queue,
    stats::WriterStats,
};

/// A batch closes at this many jobs or [`BATCH_TIME`] of work.
const BATCH_JOBS: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(20);

/// A job's work with the place its answer goes to.
pub(super) struct Write<T, F> {
    pub(super) port: &'static str,
    pub(super) work: F,
    pub(super) outcome: Option<Result<T, Fault>>,
    pub(super) reply: oneshot::Sender<Result<T, Fault>>,
}

impl<T, F> Write<T, F>
where
    F: FnMut(&mut SqliteConnection) -> Result<T, Abort<T>>,
{
    /// Runs the work once and keeps its outcome.
    fn attempt(&mut self, connection: &mut SqliteConnection) -> Bare {
        let (outcome, end) = match contained(|| (self.work)(connection)) {
            Ok(Ok(answer)) => (Ok(answer), Bare::Stored),
            Ok(Err(Abort::Undo(answer))) => (Ok(answer), Bare::Undone),
            Ok(Err(Abort::Failed(error))) if ends_batch(&error) => {
                (Err(Fault::passing(self.port, error)), Bare::InDoubt)
            }
            Ok(Err(Abort::Failed(error))) => (Err(Fault::lasting(self.port, error)), Bare::Undone),
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                (Err(Fault::lasting(self.port, message)), Bare::Undone)
            }
        };
        self.outcome = Some(outcome);
        end
    }
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: FnMut(&mut SqliteConnection) -> Result<T, Abort<T>> + Send,
{
    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd {
        if connection.batch_execute("SAVEPOINT job").is_err() {
            return JobEnd::BatchOver;
        }
        let end = match self.attempt(connection) {
            Bare::Stored => "RELEASE job",
            Bare::Undone => "ROLLBACK TO job; RELEASE job",
            Bare::InDoubt => return JobEnd::BatchOver,
        };
        if connection.batch_execute(end).is_err() {
            JobEnd::BatchOver
        } else {
            JobEnd::Done
        }
    }

    fn run_bare(&mut self, connection: &mut SqliteConnection) -> Bare {
        self.attempt(connection)
    }

    fn answer(self: Box<Self>, committed: bool) {
        let outcome = match self.outcome {
            Some(outcome) if committed => outcome,
            Some(Err(fault)) => Err(fault),
            _ => Err(Fault::passing(
                self.port,
                "the batch this write was part of could not be committed",
            )),
        };
        // A client that went away does not undo what was committed for it.
        drop(self.reply.send(outcome));
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a write job panicked".to_owned())
}

/// SQLITE_FULL, I/O errors and a busy or read-only file end or endanger the whole transaction; constraints and values
/// that cannot be read concern one job.
fn ends_batch(error: &Error) -> bool {
    match error {
        Error::DatabaseError(kind, _) => !matches!(
            kind,
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
        ),
        Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => true,
        _ => false,
    }
}

/// How the jobs of a batch run.
#[derive(Clone, Copy)]
enum Run {
    /// All without a savepoint.
    Bare {
        /// Whether the transaction holds the work of a job.
        stored: bool,
    },
    /// Each in a savepoint of its own.
    InSavepoints,
}

/// However the writer ends, no caller waits for it any longer.
struct StopAtEnd<'a>(&'a Queue);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// The writer thread's state.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) connection: Option<SqliteConnection>,
    pub(super) stats: Arc<WriterStats>,
    pub(super) request: Arc<CheckpointRequest>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn work(mut self, jobs: &Queue) {
        let _stop = StopAtEnd(jobs);
        while let Some(first) = jobs.wait() {
            self.batch(first, jobs);
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long work takes, not what time it is"
    )]
    fn batch(&mut self, first: Box<dyn Job>, jobs: &Queue) {
        let began = Instant::now();
        let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(16);
        let mut sound = self.begin();
        let mut run = Run::Bare { stored: false };
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            sound = sound && self.run(&mut run, &mut batch, job.as_mut());
            batch.push(job);
            if batch.len() < BATCH_JOBS && began.elapsed() < BATCH_TIME {
                next = jobs.next();
            }
        }
        let worked = Instant::now();
        let committed = sound && self.commit();
        if !committed {
            self.reopen();
        }
        self.count(batch.len(), committed, worked.elapsed());
        for job in batch {
            job.answer(committed);
        }
        if let Some(connection) = &mut self.connection {
            self.request.serve(connection);
        }
    }

    /// Runs one more job after those of `batch`. False if the transaction is lost.
    fn run(&mut self, run: &mut Run, batch: &mut [Box<dyn Job>], job: &mut dyn Job) -> bool {
        let Run::Bare { stored } = *run else {
            return self.run_in_savepoint(job);
        };
        let end = self.connection.as_mut().map(|open| job.run_bare(open));
        match end {
            Some(Bare::Stored) => {
                *run = Run::Bare { stored: true };
                true
            }
            Some(Bare::Undone) if !stored => self.restart(),
            Some(Bare::Undone | Bare::InDoubt) => {
                *run = Run::InSavepoints;
                self.restart()
                    && batch
                        .iter_mut()
                        .all(|earlier| self.run_in_savepoint(earlier.as_mut()))
                    && self.run_in_savepoint(job)
            }
            None => false,
        }
    }

    fn run_in_savepoint(&mut self, job: &mut dyn Job) -> bool {
        let connection = self.connection.as_mut();
        connection.is_some_and(|open| matches!(job.run(open), JobEnd::Done))
    }

    /// Rolls everything back and begins again.
    fn restart(&mut self) -> bool {
        let rolled_back = self
            .connection
            .as_mut()
            .is_some_and(|open| open.batch_execute("ROLLBACK").is_ok());
        if !rolled_back {
            // SQLite has rolled back by itself, or cannot: a new connection knows nothing of the old transaction.
            self.reopen();
        }
        self.begin()
    }

    fn begin(&mut self) -> bool {
        if self.connection.is_none() {
            self.reopen();
        }
        let Some(connection) = self.connection.as_mut() else {
            return false;
        };
        let begun = connection.batch_execute("BEGIN IMMEDIATE");
        if let Err(error) = &begun {
            tracing::error!(event = "store.begin_failed", %error, "the database cannot be written to");
        }
        begun.is_ok()
    }

    fn commit(&mut self) -> bool {
        let Some(connection) = self.connection.as_mut() else {
            return false;
        };
        let committed = connection.batch_execute("COMMIT");
        if let Err(error) = &committed {
            tracing::error!(event = "store.commit_failed", %error, "a batch could not be committed");
        }
        committed.is_ok()
    }

    fn reopen(&mut self) {
        if let Some(mut broken) = self.connection.take() {
            // SQLITE_FULL has rolled back by itself, then this fails; closing the connection does the rest.
            drop(broken.batch_execute("ROLLBACK"));
        }
        match pragma::open(&self.path, Role::Writer) {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => {
                tracing::error!(event = "store.reopen_failed", %error, "the database cannot be opened");
            }
        }
    }

    fn count(&self, jobs: usize, committed: bool, commit: Duration) {
        let jobs = u64::try_from(jobs).unwrap_or(u64::MAX);
        self.stats.waiting.fetch_sub(jobs, Ordering::Relaxed);
        self.stats.last_batch.store(jobs, Ordering::Relaxed);
        if committed {
            self.stats.jobs.fetch_add(jobs, Ordering::Relaxed);
            self.stats.batches.fetch_add(1, Ordering::Relaxed);
            let micros = u64::try_from(commit.as_micros()).unwrap_or(u64::MAX);
            self.stats.commit_micros.fetch_add(micros, Ordering::Relaxed);
        } else {
            self.stats.failed_batches.fetch_add(1, Ordering::Relaxed);
        }
    }
}
