//! Whole copies of a database, while others read and write it.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use diesel::{RunQueryDsl as _, sql_query, sql_types::Text};
use thunderbird_domain::time::Timestamp;

use super::{
    migrate::{MigrateError, beside},
    pragma::{self, Role},
};

/// Writes a consistent copy of `database` to `copy`, which must not exist, and waits until it is on disk.
///
/// # Errors
///
/// When either file refuses; an unfinished copy is removed.
pub fn copy(database: &Path, copy: &Path) -> Result<(), MigrateError> {
    // SQLite would write into an empty file that is there already.
    if copy.exists() {
        return Err(MigrateError::Io(std::io::ErrorKind::AlreadyExists.into()));
    }
    let written = write(database, copy);
    if written.is_err() {
        drop(std::fs::remove_file(copy));
    }
    written
}

fn write(database: &Path, copy: &Path) -> Result<(), MigrateError> {
    let mut connection = pragma::open(database, Role::Writer)?;
    sql_query("VACUUM INTO ?")
        .bind::<Text, _>(copy.to_string_lossy())
        .execute(&mut connection)?;
    std::fs::set_permissions(copy, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    File::open(copy)?.sync_all()?;
    let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

/// A copy beside the database, named after `why` and the time.
///
/// # Errors
///
/// As [`copy`].
pub fn aside(database: &Path, why: &str, now: Timestamp) -> Result<PathBuf, MigrateError> {
    let time = now.floor_to_second().to_string().replace([':', '-'], "");
    let path = beside(database, &format!(".{why}-{time}"));
    copy(database, &path)?;
    Ok(path)
}
