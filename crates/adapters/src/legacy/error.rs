//! Why an adoption ended early. The source is then as it was, or settled and whole.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::refusal::Refusal;
use crate::store::migrate::MigrateError;

/// Why an adoption ended early.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The file is not one that can be taken over, or not now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another command of this version works on the file.
    #[error("{0} is in use by another thunderbird: stop it first")]
    Locked(PathBuf),
    /// The operating system refused something; a full disk, mostly.
    #[error("{doing} {path}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite refused something; a full disk, mostly.
    #[error("SQLite: {0}")]
    Sqlite(#[from] diesel::result::Error),
    /// A connection could not be made.
    #[error("SQLite: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// The new file's schema could not be made.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The rows of the new file are not those of the old one. Nothing was swapped.
    #[error("not every row of {table} is accounted for ({finding}); nothing was changed. Please report this")]
    Unaccounted {
        /// The legacy table.
        table: String,
        /// What does not add up.
        finding: String,
    },
}

impl AdoptError {
    /// For `map_err` after an operation on `path`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
