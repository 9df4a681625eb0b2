//! The one writer: a thread that owns the only writing connection and commits in groups.
//!
//! It takes every job that is waiting, runs each in a savepoint of one `BEGIN IMMEDIATE` transaction, commits once
//! with `synchronous=FULL`, and only then releases the answers: every answer is durable at a fraction of an fsync.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use diesel::{
    SqliteConnection,
    connection::SimpleConnection as _,
    result::{DatabaseErrorKind, Error},
};
use thunderbird_domain::port::Fault;
use tokio::sync::oneshot;

use super::pragma::{self, Role};

/// A batch closes at this many jobs or [`BATCH_TIME`] of work.
const BATCH_JOBS: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(20);

/// Why a job's work is undone. Its savepoint alone is rolled back.
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

/// What the writer has done since it started.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) waiting: AtomicU64,
    pub(super) jobs: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) failed_batches: AtomicU64,
    pub(super) commit_micros: AtomicU64,
    pub(super) last_batch: AtomicU64,
}

/// How a job left the transaction.
pub(super) enum JobEnd {
    /// Its savepoint was released or rolled back; the batch goes on.
    Done,
    /// The whole transaction is in doubt.
    BatchOver,
}

/// A job as the writer sees it.
pub(super) trait Job: Send {
    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd;
    /// Releases the answer; `committed` is false when the batch was lost.
    fn answer(self: Box<Self>, committed: bool);
}

/// A closure with the place its answer goes to.
pub(super) struct Write<T, F> {
    pub(super) port: &'static str,
    pub(super) work: Option<F>,
    pub(super) outcome: Option<Result<T, Fault>>,
    pub(super) reply: oneshot::Sender<Result<T, Fault>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: FnOnce(&mut SqliteConnection) -> Result<T, Abort<T>> + Send,
{
    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd {
        let Some(work) = self.work.take() else {
            return JobEnd::Done;
        };
        if connection.batch_execute("SAVEPOINT job").is_err() {
            return JobEnd::BatchOver;
        }
        let (outcome, end) = match catch_unwind(AssertUnwindSafe(|| work(connection))) {
            Ok(Ok(answer)) => (Ok(answer), "RELEASE job"),
            Ok(Err(Abort::Undo(answer))) => (Ok(answer), "ROLLBACK TO job; RELEASE job"),
            Ok(Err(Abort::Failed(error))) if ends_batch(&error) => {
                self.outcome = Some(Err(Fault::passing(self.port, error)));
                return JobEnd::BatchOver;
            }
            Ok(Err(Abort::Failed(error))) => (
                Err(Fault::lasting(self.port, error)),
                "ROLLBACK TO job; RELEASE job",
            ),
            Err(panic) => (
                Err(Fault::lasting(self.port, panic_message(panic.as_ref()))),
                "ROLLBACK TO job; RELEASE job",
            ),
        };
        self.outcome = Some(outcome);
        if connection.batch_execute(end).is_err() {
            JobEnd::BatchOver
        } else {
            JobEnd::Done
        }
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

/// The writer thread's state.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) connection: Option<SqliteConnection>,
    pub(super) tally: Arc<Tally>,
}

impl Writer {
    /// Works until every sender is gone.
    pub(super) fn work(mut self, jobs: &Receiver<Box<dyn Job>>) {
        loop {
            match jobs.recv_timeout(Duration::from_hours(1)) {
                Ok(first) => self.batch(first, jobs),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long work takes, not what time it is"
    )]
    fn batch(&mut self, first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>) {
        let began = Instant::now();
        let mut batch = Vec::with_capacity(16);
        let mut sound = self.begin();
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            if sound && let Some(connection) = self.connection.as_mut() {
                sound = matches!(job.run(connection), JobEnd::Done);
            }
            batch.push(job);
            if batch.len() < BATCH_JOBS && began.elapsed() < BATCH_TIME {
                next = jobs.try_recv().ok();
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
        self.tally.waiting.fetch_sub(jobs, Ordering::Relaxed);
        self.tally.last_batch.store(jobs, Ordering::Relaxed);
        if committed {
            self.tally.jobs.fetch_add(jobs, Ordering::Relaxed);
            self.tally.batches.fetch_add(1, Ordering::Relaxed);
            let micros = u64::try_from(commit.as_micros()).unwrap_or(u64::MAX);
            self.tally.commit_micros.fetch_add(micros, Ordering::Relaxed);
        } else {
            self.tally.failed_batches.fetch_add(1, Ordering::Relaxed);
        }
    }
}
