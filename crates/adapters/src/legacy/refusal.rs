//! The reasons for which a file is not taken over.

use std::{io, path::PathBuf};

/// The reason why a file is not taken over. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such file.
    #[error("{0} does not exist")]
    Missing(PathBuf),
    /// A directory, a device, a socket.
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    /// Its name cannot be handed to SQLite.
    #[error("{0} has a name that is not UTF-8; rename it first")]
    Name(PathBuf),
    /// The operating system does not let us read it.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else than a SQLite database.
    #[error("{0} is not an SQLite database")]
    NotSqlite(PathBuf),
    /// SQLite's own check found damage.
    #[error("{path} is damaged ({finding}); recover it first, for example with sqlite3's .recover")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first finding.
        finding: String,
    },
    /// Its text is not stored as UTF-8.
    #[error("{0} stores its text as UTF-16, which the Python version never did")]
    Encoding(PathBuf),
    /// A crash left a rollback journal that only its owner may play back.
    #[error(
        "{0}-journal is left from a crash. Start the Python service once and stop it again, so that it rolls the \
         unfinished change back, or run: sqlite3 '{0}' 'SELECT count(*) FROM users'"
    )]
    HotJournal(PathBuf),
    /// Somebody is writing.
    #[error("{0} is in use: stop the Python service first")]
    InUse(PathBuf),
    /// A database, but not one of the Python version.
    #[error("{path} is not a database of the Python version: {lacks}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        lacks: String,
    },
    /// A revision this version has never heard of.
    #[error("{path} has the Alembic revision {revision}, which this version does not know")]
    Revision {
        /// The file.
        path: PathBuf,
        /// The unknown revision, or several at once.
        revision: String,
    },
}
