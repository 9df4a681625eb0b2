//! The one writer: a thread that owns the only writing connection and commits in groups.
//!
//! It takes every job that is waiting, runs each in a savepoint of one `BEGIN IMMEDIATE` transaction, commits once
//! with `synchronous=FULL`, and only then releases the answers: every answer is durable at a fraction of an fsync.
//!
//! A savepoint costs a copy of every page that the job touches. A job that can be run again does without: it nearly
//! always succeeds, and when it does not, the batch is rolled back and run again with savepoints. Once a job ran that
//! cannot be repeated, there is no way back, and every job of the batch has its savepoint.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{
    SqliteConnection,
    connection::SimpleConnection as _,
    result::{DatabaseErrorKind, Error},
};
use thunderbird_domain::port::Fault;
use tokio::sync::oneshot;

use super::{
    checkpoint::LittleLeft,
    pragma::{self, Role},
};

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
    /// Whether it may be run once more after its work was rolled back.
    fn is_repeatable(&self) -> bool;
    /// Runs it inside a savepoint.
    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd;
    /// Runs it without one; false when something of it has to be rolled back.
    fn run_bare(&mut self, connection: &mut SqliteConnection) -> bool;
    /// Releases the answer; `committed` is false when the batch was lost.
    fn answer(self: Box<Self>, committed: bool);
}

/// What a job does: once, or as often as it takes.
pub(super) enum Work<F, R> {
    Once(Option<F>),
    Again(R),
}

/// A job's work with the place its answer goes to.
pub(super) struct Write<T, F, R> {
    pub(super) port: &'static str,
    pub(super) work: Work<F, R>,
    pub(super) outcome: Option<Result<T, Fault>>,
    pub(super) reply: oneshot::Sender<Result<T, Fault>>,
}

impl<T, F, R> Write<T, F, R>
where
    F: FnOnce(&mut SqliteConnection) -> Result<T, Abort<T>>,
    R: FnMut(&mut SqliteConnection) -> Result<T, Abort<T>>,
{
    /// The work itself; `None` when it was done before and cannot be done again.
    fn attempt(&mut self, connection: &mut SqliteConnection) -> Option<thread::Result<Result<T, Abort<T>>>> {
        match &mut self.work {
            Work::Once(work) => {
                let work = work.take()?;
                Some(catch_unwind(AssertUnwindSafe(|| work(connection))))
            }
            Work::Again(work) => Some(catch_unwind(AssertUnwindSafe(|| work(connection)))),
        }
    }
}

impl<T, F, R> Job for Write<T, F, R>
where
    T: Send,
    F: FnOnce(&mut SqliteConnection) -> Result<T, Abort<T>> + Send,
    R: FnMut(&mut SqliteConnection) -> Result<T, Abort<T>> + Send,
{
    fn is_repeatable(&self) -> bool {
        matches!(self.work, Work::Again(_))
    }

    fn run(&mut self, connection: &mut SqliteConnection) -> JobEnd {
        if connection.batch_execute("SAVEPOINT job").is_err() {
            return JobEnd::BatchOver;
        }
        let (outcome, end) = match self.attempt(connection) {
            None => return JobEnd::Done,
            Some(Ok(Ok(answer))) => (Ok(answer), "RELEASE job"),
            Some(Ok(Err(Abort::Undo(answer)))) => (Ok(answer), "ROLLBACK TO job; RELEASE job"),
            Some(Ok(Err(Abort::Failed(error)))) if ends_batch(&error) => {
                self.outcome = Some(Err(Fault::passing(self.port, error)));
                return JobEnd::BatchOver;
            }
            Some(Ok(Err(Abort::Failed(error)))) => (
                Err(Fault::lasting(self.port, error)),
                "ROLLBACK TO job; RELEASE job",
            ),
            Some(Err(panic)) => (
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

    fn run_bare(&mut self, connection: &mut SqliteConnection) -> bool {
        let Some(Ok(Ok(answer))) = self.attempt(connection) else {
            return false;
        };
        self.outcome = Some(Ok(answer));
        true
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
    pub(super) little_left: Arc<LittleLeft>,
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
        let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(16);
        let mut sound = self.begin();
        let mut bare = true;
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            bare &= job.is_repeatable();
            if sound && bare {
                let done = self.connection.as_mut().is_some_and(|open| job.run_bare(open));
                batch.push(job);
                if !done {
                    bare = false;
                    sound = self.run_again(&mut batch);
                }
            } else {
                sound = sound && self.run_one(&mut job);
                batch.push(job);
            }
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
        if let Some(connection) = &mut self.connection {
            self.little_left.move_it(connection);
        }
    }

    fn run_one(&mut self, job: &mut Box<dyn Job>) -> bool {
        let connection = self.connection.as_mut();
        connection.is_some_and(|open| matches!(job.run(open), JobEnd::Done))
    }

    /// Starts the batch over, each of its jobs in a savepoint; all of them are repeatable.
    fn run_again(&mut self, batch: &mut [Box<dyn Job>]) -> bool {
        let rolled_back = self
            .connection
            .as_mut()
            .is_some_and(|open| open.batch_execute("ROLLBACK").is_ok());
        if !rolled_back {
            // SQLite has rolled back by itself, or cannot: a new connection knows nothing of the old transaction.
            self.reopen();
        }
        self.begin() && batch.iter_mut().all(|job| self.run_one(job))
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
