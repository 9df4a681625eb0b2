//! Opening connections: each setting is made by itself, read back and compared.

use std::path::Path;

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    dsl::sql,
    sql_types::{BigInt, Text},
};

use super::error::OpenError;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The one that writes.
    Writer,
    /// Moves the write-ahead log into the file, next to the writer.
    Checkpointer,
    /// Opened to read only.
    Reader,
}

/// 3.7.0 to 3.51.2 can corrupt a database when the write-ahead log is reset (fixed in 3.51.3).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Opens `path` for `role`, with every setting asserted.
pub(super) fn open(path: &Path, role: Role) -> Result<SqliteConnection, OpenError> {
    let mut connection = SqliteConnection::establish(&uri(path, role)).map_err(OpenError::Connect)?;
    assert_version(&mut connection)?;
    let busy_timeout = if role == Role::Reader { 50 } else { 5_000 };
    set(&mut connection, "busy_timeout", busy_timeout)?;
    if role == Role::Reader {
        set(&mut connection, "query_only", 1)?;
    } else {
        set_wal(&mut connection)?;
        set(&mut connection, "synchronous", 2)?;
        set(&mut connection, "foreign_keys", 1)?;
        // What was deleted on request is overwritten, not only forgotten: it is in no copy of the file made later.
        set(&mut connection, "secure_delete", 1)?;
        // What a savepoint would restore is kept in memory: on disk it costs a write for each page that a job touches.
        set(&mut connection, "temp_store", 2)?;
        set(&mut connection, "wal_autocheckpoint", 0)?;
        // Never shortened while texts wait for it; see `checkpoint`.
        set(&mut connection, "journal_size_limit", -1)?;
    }
    set(&mut connection, "trusted_schema", 0)?;
    set(&mut connection, "cell_size_check", 1)?;
    set(
        &mut connection,
        "cache_size",
        if role == Role::Writer { -16_000 } else { -4_000 },
    )?;
    Ok(connection)
}

/// A `file:` URI, so that readers can be opened read-only.
pub(super) fn uri(path: &Path, role: Role) -> String {
    let mut escaped = String::from("file:");
    for letter in path.to_string_lossy().chars() {
        match letter {
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            '%' => escaped.push_str("%25"),
            other => escaped.push(other),
        }
    }
    escaped.push_str(if role == Role::Reader {
        "?mode=ro"
    } else {
        "?mode=rwc"
    });
    escaped
}

fn assert_version(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found: String = sql::<Text>("SELECT sqlite_version()").get_result(connection)?;
    let mut parts = found.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    );
    if version < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite(found));
    }
    Ok(())
}

fn set_wal(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found: String = sql::<Text>("PRAGMA journal_mode=WAL").get_result(connection)?;
    if found == "wal" {
        Ok(())
    } else {
        Err(OpenError::Setting("journal_mode", found))
    }
}

fn set(connection: &mut SqliteConnection, name: &'static str, value: i64) -> Result<(), OpenError> {
    connection.batch_execute(&format!("PRAGMA {name}={value}"))?;
    let found: i64 = sql::<BigInt>(&format!("PRAGMA {name}")).get_result(connection)?;
    if found == value {
        Ok(())
    } else {
        Err(OpenError::Setting(name, found.to_string()))
    }
}
