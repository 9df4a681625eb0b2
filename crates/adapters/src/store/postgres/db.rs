//! The database as the statement files see it: [`Store::transact`] writes, [`Store::read`], [`Store::read_here`] and
//! [`Store::read_cached`] read. No actix worker ever waits for the server: threads do, and answer through a channel.

use std::{fmt, sync::Arc, thread};

use diesel::{QueryResult, result::DatabaseErrorKind};
use thunderbird_domain::port::{Fault, PortFuture};
use tokio::sync::oneshot;

use crate::contained::contained;

use super::{
    Abort, Connection, ForecastHours, Keys,
    address::Address,
    connect::{self, Role},
    error::OpenError,
    keeper::Keeper,
    pool::{Pool, Task},
    row_cache::CachedTable,
    seal,
    worker::Worker,
    write::write,
};

/// Connections for jobs, for point reads, and for reads of unknown cost.
const WRITERS: usize = 8;
const POINT_READERS: usize = 8;
const SLOW_READERS: usize = 2;

/// Every storage port, on one PostgreSQL database. Cheap to clone; the last clone ends the threads.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    address: Address,
    // Dropped in this order: the keeper writes.
    _keeper: Keeper,
    writers: Pool,
    point_readers: Pool,
    slow_readers: Pool,
    forecast_hours: Arc<ForecastHours>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.0.address)
    }
}

impl Store {
    /// Looks at a database whose schema is current ([`super::migrate`]) and starts the threads.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the server does not keep what the store promises, or cannot be reached.
    pub fn open(address: &Address) -> Result<Self, OpenError> {
        on_a_thread(|| {
            let (mut connection, _driver) = connect::open(address, Role::Writer)?;
            connect::inspect(&mut connection)
        })?;
        let writers = Pool::start("writer", WRITERS, address, Role::Writer)?;
        Ok(Self(Arc::new(Inner {
            address: address.clone(),
            _keeper: Keeper::start(address)?,
            writers,
            point_readers: Pool::start("reader", POINT_READERS, address, Role::PointReader)?,
            slow_readers: Pool::start("slow", SLOW_READERS, address, Role::SlowReader)?,
            forecast_hours: Arc::default(),
        })))
    }

    /// Hours of this database's forecasts that were read lately.
    pub(crate) fn forecast_hours(&self) -> Arc<ForecastHours> {
        Arc::clone(&self.0.forecast_hours)
    }

    /// Runs `work` in a transaction of its own, which holds `keys`; the answer comes when it is flushed.
    ///
    /// `work` may run more than once: what an earlier run did is rolled back first. `Err(Abort::Undo(answer))` stores
    /// nothing and answers all the same. Dropping the future cancels nothing.
    pub(crate) fn transact<T, F>(&self, port: &'static str, keys: Keys, mut work: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnMut(&mut Connection) -> Result<T, Abort<T>> + Send + 'static,
    {
        answered(port, &self.0.writers, move |worker| {
            write(worker, port, &keys, &mut work)
        })
    }

    /// Runs a point read that an index answers.
    pub(crate) fn read_here<T, F>(&self, port: &'static str, query: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        answered(port, &self.0.point_readers, move |worker| {
            read(worker, port, query)
        })
    }

    /// As [`Self::read_here`]: another process may have changed the row, so no row is kept.
    pub(crate) fn read_cached<K, V, F>(
        &self,
        port: &'static str,
        _row: (CachedTable<K, V>, K),
        query: F,
    ) -> PortFuture<'static, Option<V>>
    where
        V: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<Option<V>> + Send + 'static,
    {
        self.read_here(port, query)
    }

    /// Runs a read of unknown cost, on one of a few connections, for half a minute at most.
    pub(crate) fn read<T, F>(&self, port: &'static str, query: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        answered(port, &self.0.slow_readers, move |worker| {
            read(worker, port, query)
        })
    }

    /// As [`Self::read`], for a read that must see every event of the audit log that was committed before.
    pub(crate) fn read_log<T, F>(&self, port: &'static str, query: F) -> PortFuture<'static, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
    {
        let store = self.clone();
        Box::pin(async move {
            while store
                .transact(port, seal::keys(), |connection| Ok(seal::some(connection)?))
                .await?
            {}
            store.read(port, query).await
        })
    }
}

/// Hands `job` to a thread of the pool at once; the future waits for the answer only.
fn answered<T, F>(port: &'static str, pool: &Pool, job: F) -> PortFuture<'static, T>
where
    T: Send + 'static,
    F: FnOnce(&mut Worker) -> Result<T, Fault> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let task: Task = Box::new(move |worker| {
        // A client that went away does not undo what was committed for it.
        drop(reply.send(job(worker)));
    });
    let queued = pool.enqueue(port, task);
    Box::pin(async move {
        queued?;
        answer
            .await
            .unwrap_or_else(|_| Err(Fault::lasting(port, "the store's thread has stopped")))
    })
}

fn read<T>(
    worker: &mut Worker,
    port: &'static str,
    query: impl FnOnce(&mut Connection) -> QueryResult<T>,
) -> Result<T, Fault> {
    let connection = worker.connection().map_err(|error| Fault::passing(port, error))?;
    match contained(|| query(connection)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => {
            let sent = !matches!(
                error,
                diesel::result::Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _)
            );
            if !sent || !worker.is_alive() {
                worker.give_up();
            }
            Err(Fault::passing(port, error))
        }
        Err(_) => {
            worker.give_up();
            Err(Fault::lasting(port, "a read panicked"))
        }
    }
}

/// Runs `work` on a thread of its own: Diesel's calls wait, and may not wait where the caller is.
pub(super) fn on_a_thread<T: Send, E: Send + From<std::io::Error>>(
    work: impl FnOnce() -> Result<T, E> + Send,
) -> Result<T, E> {
    thread::scope(|scope| {
        let running = thread::Builder::new().spawn_scoped(scope, work)?;
        running
            .join()
            .unwrap_or_else(|_| Err(std::io::Error::other("the thread panicked").into()))
    })
}
