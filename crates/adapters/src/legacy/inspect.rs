//! Says what a database file is, by what it contains, and changes nothing in doing so.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use diesel::{Connection as _, RunQueryDsl as _, sqlite::SqliteConnection};

use super::{
    cell::Cell,
    inspection::find,
    shape::recognise,
    sql::{amount, quoted, rows, single},
};
pub use super::{
    inspection::{Column, Found, Inspection, Table},
    refusal::Refusal,
};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Says what `path` is.
///
/// Reads through a read-only connection; afterwards the file, its `-wal` and its `-journal` are byte for byte what
/// they were. Beside a file in WAL mode that has neither, SQLite leaves an empty `-wal` and a `-shm`.
///
/// # Errors
///
/// [`Refusal`] for everything that cannot be taken over as it is.
pub fn inspect(path: &Path) -> Result<Found, Refusal> {
    let path = regular_file(path)?;
    check_header(&path)?;
    let mut conn = open_read_only(&path)?;
    let damaged = |error: diesel::result::Error| Refusal::Damaged {
        path: path.clone(),
        finding: error.to_string(),
    };
    let journal = journal_has_content(&path);
    match single(&mut conn, "SELECT count(*) FROM sqlite_schema") {
        Ok(_) if journal => return Err(Refusal::InUse(path)),
        Ok(_) => {}
        Err(_) if journal => return Err(Refusal::HotJournal(path)),
        Err(error) if is_busy(&error) => return Err(Refusal::InUse(path)),
        Err(error) => return Err(damaged(error)),
    }
    check_integrity(&mut conn, &path)?;
    look(&mut conn, &path)
}

/// Says what an open database is.
///
/// # Errors
///
/// [`Refusal`] for everything that cannot be taken over as it is.
pub(super) fn look(conn: &mut SqliteConnection, path: &Path) -> Result<Found, Refusal> {
    let tables = tables(conn).map_err(|error| Refusal::Damaged {
        path: path.to_owned(),
        finding: error.to_string(),
    })?;
    if find(&tables, "__diesel_schema_migrations").is_some() {
        return Ok(Found::Managed);
    }
    recognise(conn, path.to_owned(), tables).map(|inspection| Found::Legacy(Box::new(inspection)))
}

fn regular_file(path: &Path) -> Result<PathBuf, Refusal> {
    let path = fs::canonicalize(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Refusal::Missing(path.to_owned()),
        _ => unreadable(path, source),
    })?;
    if !path.is_file() {
        return Err(Refusal::NotAFile(path));
    }
    if path.to_str().is_none() {
        return Err(Refusal::Name(path));
    }
    Ok(path)
}

fn unreadable(path: &Path, source: io::Error) -> Refusal {
    Refusal::Unreadable {
        path: path.to_owned(),
        source,
    }
}

fn check_header(path: &Path) -> Result<(), Refusal> {
    let mut header = [0; 16];
    let mut file = File::open(path).map_err(|source| unreadable(path, source))?;
    match file.read_exact(&mut header) {
        Ok(()) if &header == MAGIC => Ok(()),
        Ok(()) => Err(Refusal::NotSqlite(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(Refusal::NotSqlite(path.to_owned()))
        }
        Err(error) => Err(unreadable(path, error)),
    }
}

/// SQLite calls a journal hot when its first byte is not zero; a truncated or zeroed one is finished.
fn journal_has_content(path: &Path) -> bool {
    let mut first = [0];
    File::open(beside(path, "-journal"))
        .and_then(|mut journal| journal.read_exact(&mut first))
        .is_ok_and(|()| first != [0])
}

/// The file of the same name with `suffix` behind it.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A `file:` address of `path` with SQLite's open mode.
pub(super) fn address(path: &Path, mode: &str) -> String {
    let path = path.to_string_lossy();
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?mode={mode}")
}

fn open_read_only(path: &Path) -> Result<SqliteConnection, Refusal> {
    let failed = |error: String| Refusal::Damaged {
        path: path.to_owned(),
        finding: error,
    };
    let mut conn =
        SqliteConnection::establish(&address(path, "ro")).map_err(|error| failed(error.to_string()))?;
    for pragma in ["PRAGMA busy_timeout=5000", "PRAGMA trusted_schema=OFF"] {
        diesel::sql_query(pragma)
            .execute(&mut conn)
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(conn)
}

/// Opens a file that [`inspect`] has accepted, read-only.
///
/// # Errors
///
/// [`Refusal::Damaged`] when it changed meanwhile.
pub fn reader(inspection: &Inspection) -> Result<SqliteConnection, Refusal> {
    open_read_only(&inspection.path)
}

/// Whether SQLite reports that somebody else holds the file.
pub(super) fn is_busy(error: &diesel::result::Error) -> bool {
    let text = error.to_string();
    text.contains("database is locked") || text.contains("database table is locked")
}

fn check_integrity(conn: &mut SqliteConnection, path: &Path) -> Result<(), Refusal> {
    let damaged = |finding: String| Refusal::Damaged {
        path: path.to_owned(),
        finding,
    };
    match single(conn, "PRAGMA encoding") {
        Ok(Cell::Text(encoding)) if encoding == "UTF-8" => {}
        Ok(_) => return Err(Refusal::Encoding(path.to_owned())),
        Err(error) => return Err(damaged(error.to_string())),
    }
    match single(conn, "PRAGMA integrity_check(1)") {
        Ok(Cell::Text(verdict)) if verdict == "ok" => Ok(()),
        Ok(finding) => Err(damaged(finding.shown())),
        Err(error) if is_busy(&error) => Err(Refusal::InUse(path.to_owned())),
        Err(error) => Err(damaged(error.to_string())),
    }
}

fn tables(conn: &mut SqliteConnection) -> diesel::QueryResult<Vec<Table>> {
    let named = rows(
        conn,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )?;
    let mut tables = Vec::with_capacity(named.len());
    for name in named.iter().filter_map(|row| row.first()?.text()) {
        tables.push(Table {
            name: name.to_owned(),
            columns: columns(conn, name)?,
            rows: count(conn, name)?,
        });
    }
    Ok(tables)
}

fn count(conn: &mut SqliteConnection, table: &str) -> diesel::QueryResult<u64> {
    amount(conn, &format!("SELECT count(*) FROM {}", quoted(table)))
}

fn columns(conn: &mut SqliteConnection, table: &str) -> diesel::QueryResult<Vec<Column>> {
    let described = rows(conn, &format!("PRAGMA table_xinfo({})", quoted(table)))?;
    Ok(described
        .iter()
        .filter_map(|row| match row.as_slice() {
            [
                _,
                Cell::Text(name),
                Cell::Text(declared),
                Cell::Integer(not_null),
                _,
                _,
                Cell::Integer(hidden),
            ] if *hidden != 1 => Some(Column {
                name: name.clone(),
                declared: declared.clone(),
                not_null: *not_null != 0,
            }),
            _ => None,
        })
        .collect())
}
