//! Says what a database file is, by what it contains, and changes nothing in doing so.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use diesel::{Connection as _, RunQueryDsl as _, sqlite::SqliteConnection};

use super::{
    cell::Cell,
    shape::{Shape, recognise},
    sql::{quoted, rows, single},
};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why a file is not taken over. Nothing was changed.
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

/// A column of a legacy table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name as declared.
    pub name: String,
    /// Its type as declared; SQLite stores anything in it anyway.
    pub declared: String,
    /// Whether NULL is forbidden.
    pub not_null: bool,
}

/// A legacy table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name as declared.
    pub name: String,
    /// Its columns in order, generated ones included.
    pub columns: Vec<Column>,
    /// How many rows it has.
    pub rows: u64,
}

impl Table {
    /// The column of this name; SQLite compares names without ASCII case.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn lacks<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.column(name).is_none())
    }
}

/// A database of the Python version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The file, links resolved.
    pub path: PathBuf,
    /// Which generation it is.
    pub shape: Shape,
    /// The Alembic revision it says it has.
    pub revision: Option<String>,
    /// Every table that holds rows, `sqlite_sequence` included; virtual tables hold none.
    pub tables: Vec<Table>,
}

impl Inspection {
    /// How many rows there are, in all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        find(&self.tables, name)
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A database of the Python version.
    Legacy(Box<Inspection>),
    /// A database of this version: nothing to do.
    Managed,
}

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
    let counted = single(conn, &format!("SELECT count(*) FROM {}", quoted(table)))?;
    Ok(counted
        .integer()
        .and_then(|rows| u64::try_from(rows).ok())
        .unwrap_or(0))
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

pub(super) fn find<'a>(tables: &'a [Table], name: &str) -> Option<&'a Table> {
    tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
}
