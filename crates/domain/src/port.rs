//! The grammar of every port: how an answer travels, what failure looks like, how a change is stored.

use std::{error::Error, fmt, future::Future, pin::Pin};

/// A port's answer: boxed, so that ports are objects, and `Send`, so that a worker can spawn it.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Whether asking again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The cause is expected to pass: a full queue, a busy file, a full disk.
    Later,
    /// The same request would fail the same way.
    Never,
}

/// Something outside the domain failed. A refusal is never a `Fault`.
pub struct Fault {
    port: &'static str,
    retry: Retry,
    source: Box<dyn Error + Send + Sync>,
}

impl Fault {
    /// A failure that may pass by itself.
    pub fn passing(port: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            port,
            retry: Retry::Later,
            source: source.into(),
        }
    }

    /// A failure that repeats until its cause is fixed.
    pub fn lasting(port: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            port,
            retry: Retry::Never,
            source: source.into(),
        }
    }

    /// The port that failed, for the log.
    pub fn port(&self) -> &'static str {
        self.port
    }

    /// Whether asking again may help.
    pub fn retry(&self) -> Retry {
        self.retry
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({}: {})", self.port, self.source)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed", self.port)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// How often a use case decides again when another writer was first, before it gives up with a retryable fault.
pub const STALE_ATTEMPTS: u32 = 5;

/// The fault of a use case that met another writer [`STALE_ATTEMPTS`] times.
pub fn contended(port: &'static str) -> Fault {
    Fault::passing(port, "another writer was first five times in a row")
}

/// Runs `attempt`, which reads, decides and commits, until its commit is stored: at most [`STALE_ATTEMPTS`] times.
///
/// # Errors
///
/// The error of an attempt, or the fault of [`contended`] if every attempt was stale.
pub async fn until_stored<T, E, F>(port: &'static str, mut attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: From<Fault>,
    F: Future<Output = Result<Commit<T>, E>>,
{
    for _ in 0..STALE_ATTEMPTS {
        if let Commit::Stored(stored) = attempt().await? {
            return Ok(stored);
        }
    }
    Err(contended(port).into())
}

/// Which state of an aggregate a change was computed from: a counter on the aggregate's root row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// There is no such aggregate yet; a unique violation is then [`Commit::Stale`].
    Absent,
    /// The counter that was read.
    At(i64),
}

impl Revision {
    /// The counter that the stored row carries after this change.
    pub fn next(self) -> i64 {
        match self {
            Self::Absent => 1,
            Self::At(counter) => counter.saturating_add(1),
        }
    }
}

/// A new state and the revision it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T> {
    /// The revision that the decision was made on.
    pub replaces: Revision,
    /// What shall stand there afterwards.
    pub state: T,
}

/// What became of a change.
#[must_use = "a stale change was not stored"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit<S = ()> {
    /// Stored durably, with what the store gave (ids).
    Stored(S),
    /// Another writer was first; nothing was stored.
    Stale,
}

impl<S> Commit<S> {
    /// The same outcome, with what was stored turned into something else.
    pub fn map<T>(self, turn: impl FnOnce(S) -> T) -> Commit<T> {
        match self {
            Self::Stored(stored) => Commit::Stored(turn(stored)),
            Self::Stale => Commit::Stale,
        }
    }
}
