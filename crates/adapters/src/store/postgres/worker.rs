//! A thread's connection: made when it is needed, given up when it is lost or old.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

use super::{
    Connection,
    address::Address,
    connect::{self, Role},
    error::OpenError,
    runtime,
};

/// A connection this old is made again: the plans that it keeps are of tables that have grown since.
const LIFE: Duration = Duration::from_hours(24);

/// A connection that was idle for longer is asked whether the server has closed it.
const FRESH: Duration = Duration::from_millis(500);

/// What a thread works on.
pub(super) struct Worker {
    address: Address,
    role: Role,
    open: Option<Open>,
}

struct Open {
    connection: Connection,
    /// Moves the connection's bytes; ends when the connection does.
    driver: JoinHandle<()>,
    opened: Instant,
    used: Instant,
}

impl Worker {
    /// A worker that is not connected yet.
    pub(super) fn new(address: Address, role: Role) -> Self {
        Self {
            address,
            role,
            open: None,
        }
    }

    /// The connection, which lives as far as this side can know.
    #[expect(
        clippy::disallowed_methods,
        reason = "measures how old a connection is, not what time it is"
    )]
    pub(super) fn connection(&mut self) -> Result<&mut Connection, OpenError> {
        let now = Instant::now();
        let kept = self.open.take().filter(|open| {
            now.duration_since(open.opened) < LIFE
                && (now.duration_since(open.used) < FRESH || open.is_alive().unwrap_or(false))
        });
        let mut open = match kept {
            Some(open) => open,
            None => self.renew(now)?,
        };
        open.used = now;
        Ok(&mut self.open.insert(open).connection)
    }

    fn renew(&self, now: Instant) -> Result<Open, OpenError> {
        let (connection, driver) = connect::open(&self.address, self.role)?;
        Ok(Open {
            connection,
            driver,
            opened: now,
            used: now,
        })
    }

    /// Whether the server has not closed the connection.
    pub(super) fn is_alive(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| open.is_alive().unwrap_or(false))
    }

    /// The connection of the transaction that is under way.
    pub(super) fn open_connection(&mut self) -> Option<&mut Connection> {
        self.open.as_mut().map(|open| &mut open.connection)
    }

    /// Closes the connection; the next job has a new one.
    pub(super) fn give_up(&mut self) {
        self.open = None;
    }
}

impl Open {
    /// Lets the driver read what has come; it ends when the server has closed the connection.
    fn is_alive(&self) -> io::Result<bool> {
        let runtime = runtime::of_this_thread()?;
        runtime.block_on(async {
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        });
        Ok(!self.driver.is_finished())
    }
}
