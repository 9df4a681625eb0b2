//! Whole copies of a database, while others read and write it.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use diesel::{
    ExpressionMethods as _, QueryDsl as _, QueryResult, QueryableByName, RunQueryDsl as _,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
    update,
};
use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    time::Timestamp,
};

use super::{
    audit,
    migrate::MigrateError,
    path::sibling,
    pragma::{self, Role},
    schema::deadlines,
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

/// A file that is no database to restore from.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It cannot be looked at.
    #[error(transparent)]
    Unreadable(#[from] MigrateError),
    /// It is damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// Rows in it point at rows that are not there.
    #[error("rows of {0} point at rows that are not there")]
    Dangling(String),
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// Reads every page of a database that no process writes to, and returns the ids of the keys it lives by.
///
/// # Errors
///
/// [`CheckError`] with the first thing that is wrong.
pub fn check(path: &Path) -> Result<Vec<String>, CheckError> {
    let mut connection = pragma::open(path, Role::Reader).map_err(MigrateError::from)?;
    let mut all = |query: &str| -> Result<Vec<String>, CheckError> {
        let rows: Vec<Found> = sql_query(query)
            .load(&mut connection)
            .map_err(MigrateError::from)?;
        Ok(rows.into_iter().filter_map(|row| row.value).collect())
    };
    let state = all("SELECT integrity_check AS value FROM pragma_integrity_check")?;
    if state != ["ok"] {
        return Err(CheckError::Damaged(state.join("; ")));
    }
    if let Some(table) = all("SELECT DISTINCT \"table\" AS value FROM pragma_foreign_key_check")?.pop() {
        return Err(CheckError::Dangling(table));
    }
    all("SELECT key_id AS value FROM key_ring_ids WHERE dropped_at IS NULL")
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Writes into a database that no other process has open that it was restored, and so for each promise that is watched in
/// it: its hiker is asked again before a contact is alerted. A backup from before there was a place for it keeps silent.
///
/// # Errors
///
/// When it cannot be written.
pub fn note_restored(path: &Path, now: Timestamp) -> Result<(), MigrateError> {
    let mut connection = pragma::open(path, Role::Writer)?;
    let event = AuditEvent::new(now, Actor::System, "database.restored", Subject::Service);
    connection.immediate_transaction(|connection| {
        audit::append(connection, &[event], None)?;
        let query = "SELECT count(*) AS value FROM pragma_table_info('deadlines') WHERE name = 'restored_at'";
        if sql_query(query).get_result::<Count>(connection)?.value > 0 {
            update(deadlines::table.filter(deadlines::closed_at.is_null()))
                .set(deadlines::restored_at.eq(now.as_micros()))
                .execute(connection)?;
        }
        QueryResult::Ok(())
    })?;
    connection.batch_execute("PRAGMA journal_mode=DELETE")?;
    Ok(())
}

/// Moves everything a database has into its one file, so that this file alone is the database. No other process has it open.
///
/// # Errors
///
/// When it cannot be read, or somebody else does.
pub fn settle(path: &Path) -> Result<(), MigrateError> {
    let mut connection = pragma::open(path, Role::Writer)?;
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")?;
    Ok(())
}

/// A copy next to the database, named after `why` and the time.
///
/// # Errors
///
/// As [`copy`].
pub fn aside(database: &Path, why: &str, now: Timestamp) -> Result<PathBuf, MigrateError> {
    let time = now.floor_to_second().to_string().replace([':', '-'], "");
    let path = sibling(database, &format!(".{why}-{time}"));
    copy(database, &path)?;
    Ok(path)
}
