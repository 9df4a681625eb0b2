//! The database as the other store files see it: [`Store::transact`] writes, [`Store::read`], [`Store::read_here`] and
//! [`Store::read_cached`] read. The one place that knows about threads, transactions and settings.

use std::{
    cell::RefCell,
    fmt,
    hash::Hash,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    thread::{self, JoinHandle},
};

use diesel::{QueryResult, SqliteConnection};
use thunderbird_domain::port::{Fault, PortFuture};
use tokio::sync::{Semaphore, oneshot};

use crate::contained::contained;

use super::{
    Abort, ForecastHours, Keys,
    checkpoint::{CheckpointRequest, Checkpointer},
    error::OpenError,
    job::Job,
    path::Place,
    pragma::{self, Role},
    queue::{NotQueued, Queue},
    row_cache::{CachedTable, RowCache},
    stats::{StoreStatistics, WriterStats},
    writer::{Write, Writer},
};

/// Connections for reads whose cost is not known.
const READERS: usize = 4;

/// Every storage port, on one SQLite file. Cheap to clone; the last clone closes the file.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    id: u64,
    path: PathBuf,
    place: Place,
    jobs: Arc<Queue>,
    stats: Arc<WriterStats>,
    readers: Mutex<Vec<SqliteConnection>>,
    reading: Semaphore,
    forecast_hours: Arc<ForecastHours>,
    stop_checkpoints: Option<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

static NEXT_STORE: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// This thread's way to read without leaving it.
    static READER: RefCell<Option<Reader>> = const { RefCell::new(None) };
}

/// A thread's read-only connection, the rows it keeps, and the store they belong to.
struct Reader {
    store: u64,
    connection: SqliteConnection,
    kept: RowCache,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.0.path.display())
    }
}

impl Store {
    /// Opens a database whose schema is current ([`super::migrate`]) and starts its threads.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the file cannot be opened with every setting in force.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let stats = Arc::new(WriterStats::default());
        let request = Arc::new(CheckpointRequest::default());
        let writer = Writer {
            path: path.to_owned(),
            connection: Some(pragma::open(path, Role::Writer)?),
            stats: Arc::clone(&stats),
            request: Arc::clone(&request),
        };
        let checkpointer = Checkpointer {
            path: path.to_owned(),
            connection: pragma::open(path, Role::Checkpointer)?,
            stats: Arc::clone(&stats),
            request,
        };
        let jobs = Arc::new(Queue::default());
        let work = Arc::clone(&jobs);
        let (stop_checkpoints, stopped) = channel();
        let writing = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.work(&work))?;
        let checkpointing = thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || checkpointer.work(&stopped))?;
        Ok(Self(Arc::new(Inner {
            id: NEXT_STORE.fetch_add(1, Ordering::Relaxed),
            path: path.to_owned(),
            place: Place::of(path)?,
            jobs,
            stats,
            readers: Mutex::new(Vec::new()),
            reading: Semaphore::new(READERS),
            forecast_hours: Arc::default(),
            stop_checkpoints: Some(stop_checkpoints),
            threads: vec![writing, checkpointing],
        })))
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Which file it was when it was opened.
    pub(super) fn opened_at(&self) -> Place {
        self.0.place
    }

    /// Hours of this database's forecasts that were read lately.
    pub(crate) fn forecast_hours(&self) -> Arc<ForecastHours> {
        Arc::clone(&self.0.forecast_hours)
    }

    /// What the writer has done so far.
    pub fn statistics(&self) -> StoreStatistics {
        self.0.stats.read()
    }

    /// Runs `work` in the next group commit; the answer comes when it is on disk.
    ///
    /// `work` sees what earlier jobs of the batch wrote, must touch at most 1,000 rows, and must open no transaction. It
    /// may run more than once: what an earlier run did is rolled back first. `keys` name what it decides about.
    /// `Err(Abort::Undo(answer))` stores nothing and answers all the same. Dropping the future cancels nothing.
    pub(crate) fn transact<T, F>(&self, port: &'static str, _keys: Keys, work: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnMut(&mut SqliteConnection) -> Result<T, Abort<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Write {
            port,
            work,
            outcome: None,
            reply,
        });
        let queued = self.enqueue(port, job);
        Box::pin(async move {
            queued?;
            answer
                .await
                .unwrap_or_else(|_| Err(Fault::lasting(port, "the writer has stopped")))
        })
    }

    fn enqueue(&self, port: &'static str, job: Box<dyn Job>) -> Result<(), Fault> {
        self.0.stats.waiting.fetch_add(1, Ordering::Relaxed);
        self.0.jobs.push(port, job).map_err(|refused| {
            self.0.stats.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                NotQueued::Full => Fault::passing(port, "1,024 writes are waiting already"),
                NotQueued::Stopped => Fault::lasting(port, "the writer has stopped"),
            }
        })
    }

    /// Runs an indexed point read on the calling thread, over the thread's own read-only connection.
    pub(crate) fn read_here<'a, T, F>(&self, port: &'static str, query: F) -> PortFuture<'a, T>
    where
        T: Send + 'a,
        F: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'a,
    {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.with_reader(port, |reader| query(&mut reader.connection)) })
    }

    /// Runs an indexed point read for one row as [`Self::read_here`] does, unless the thread kept the row and the
    /// database has not changed since.
    pub(super) fn read_cached<'a, K, V, F>(
        &self,
        port: &'static str,
        (kind, key): (CachedTable<K, V>, K),
        query: F,
    ) -> PortFuture<'a, Option<V>>
    where
        K: Eq + Hash + Send + 'a,
        V: Clone + Send + 'a,
        F: FnOnce(&mut SqliteConnection) -> QueryResult<Option<V>> + Send + 'a,
    {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            inner.with_reader(port, |Reader { connection, kept, .. }| {
                kept.get(kind, key, || query(connection))
            })
        })
    }

    /// Runs a read of unknown cost on a blocking thread, over one of a few connections.
    pub(crate) fn read<T, F>(&self, port: &'static str, query: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let _permit = inner
                .reading
                .acquire()
                .await
                .map_err(|error| Fault::lasting(port, error))?;
            let pool = Arc::clone(&inner);
            let reading = tokio::task::spawn_blocking(move || {
                let kept = pool.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut connection = match kept {
                    Some(connection) => connection,
                    None => {
                        pragma::open(&pool.path, Role::Reader).map_err(|error| Fault::passing(port, error))?
                    }
                };
                let found = contained(|| query(&mut connection))
                    .map_err(|_| Fault::lasting(port, "a read panicked"))?
                    .map_err(|error| Fault::passing(port, error));
                pool.readers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(connection);
                found
            });
            reading.await.map_err(|error| Fault::lasting(port, error))?
        })
    }

    /// As [`Self::read`], for a read that must see every event of the audit log: here each is in it when it is committed.
    pub(crate) fn read_log<T, F>(&self, port: &'static str, query: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    {
        self.read(port, query)
    }
}

impl Inner {
    fn with_reader<T>(
        &self,
        port: &'static str,
        query: impl FnOnce(&mut Reader) -> QueryResult<T>,
    ) -> Result<T, Fault> {
        READER.with_borrow_mut(|slot| {
            if slot.as_ref().is_none_or(|reader| reader.store != self.id) {
                let opened = pragma::open(&self.path, Role::Reader);
                *slot = Some(Reader {
                    store: self.id,
                    connection: opened.map_err(|error| Fault::passing(port, error))?,
                    kept: RowCache::of(&self.path),
                });
            }
            let Some(reader) = slot else {
                return Err(Fault::lasting(port, "no reader"));
            };
            query(reader).map_err(|error| Fault::passing(port, error))
        })
    }
}

impl Drop for Inner {
    /// Ends the writer when its queue is empty, then moves the whole log into the file.
    fn drop(&mut self) {
        self.jobs.close();
        let mut threads = std::mem::take(&mut self.threads).into_iter();
        if let Some(writing) = threads.next() {
            drop(writing.join());
        }
        drop(self.stop_checkpoints.take());
        if let Some(checkpointing) = threads.next() {
            drop(checkpointing.join());
        }
    }
}
