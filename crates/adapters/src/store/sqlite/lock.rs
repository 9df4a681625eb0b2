//! The advisory lock next to a database: one `serve`, `adopt`, `migrate` or restore at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use super::path::sibling;

/// Held for as long as it lives; the operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServiceLock {
    _file: File,
}

impl ServiceLock {
    /// Takes the lock on `<database>.lock`, or `None` when another process holds it. The lock lies next to the file
    /// itself, not next to a link to it: SQLite follows links, and two names must not be two locks.
    ///
    /// # Errors
    ///
    /// What the operating system says about the lock file.
    pub fn take(database: &Path) -> io::Result<Option<Self>> {
        let database = fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(sibling(&database, ".lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
