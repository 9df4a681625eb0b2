//! Why the engine cannot work on a file.

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite could not open the file.
    #[error("the database cannot be opened: {0}")]
    Connect(#[source] diesel::ConnectionError),
    /// A statement failed while the connection was set up.
    #[error("the database cannot be set up: {0}")]
    Setup(#[from] diesel::result::Error),
    /// A setting did not take.
    #[error("the database refuses the setting {0}: it stays at {1}")]
    Setting(&'static str, String),
    /// The SQLite library has the WAL-reset bug.
    #[error("SQLite {0} can corrupt a database; 3.51.3 or newer is needed")]
    OldSqlite(String),
    /// A thread could not be started.
    #[error("a database thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}
