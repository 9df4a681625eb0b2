//! Rows that a thread keeps for as long as the database file stands still.
//!
//! Whether it does is read from the header of the WAL index (`<database>-shm`), which every commit of every process
//! rewrites before anybody can see what it committed: <https://sqlite.org/walformat.html>, section 2.1. It is what
//! `PRAGMA data_version` looks at, at the price of one system call instead of a statement. So a kept row is never an
//! old one: nothing has to be told about a write, and a command line next to the service is noticed like the service.

use std::{
    collections::HashMap,
    fs::File,
    hash::Hash,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use thunderbird_domain::account::{Account, SessionStatus};

/// The first copy of the header; SQLite writes it last.
const HEADER: usize = 48;
/// The header's byte that is 0 until the index was initialised.
const INITIALISED: usize = 12;
/// Rows of a kind that a thread keeps.
const ROWS: usize = 1_024;

/// The state of a database file. Two that are equal have no commit between them.
type Version = [u8; HEADER];

/// The header of a database's WAL index.
struct WalIndex(File);

impl WalIndex {
    fn open(database: &Path) -> io::Result<Self> {
        // SQLite puts the index next to the file itself, wherever a link to it lies.
        let mut path = database.canonicalize()?.into_os_string();
        path.push("-shm");
        File::open(PathBuf::from(path)).map(Self)
    }

    fn version(&self) -> Option<Version> {
        let mut header = [0; HEADER];
        self.0.read_exact_at(&mut header, 0).ok()?;
        header
            .get(INITIALISED)
            .is_some_and(|flag| *flag != 0)
            .then_some(header)
    }
}

/// The rows of one kind.
pub(super) type RowsById<K, V> = HashMap<K, Option<V>>;

/// Selects the cached rows of one kind.
pub(super) type CachedTable<K, V> = fn(&mut CachedRows) -> &mut RowsById<K, V>;

/// A thread's kept rows. Without a WAL index it keeps none.
#[derive(Default)]
pub(super) struct RowCache {
    index: Option<WalIndex>,
    version: Option<Version>,
    rows: CachedRows,
}

/// Everything that is kept, by id.
#[derive(Default)]
pub(super) struct CachedRows {
    accounts: RowsById<i64, Account>,
    session_statuses: RowsById<i64, SessionStatus>,
}

impl CachedRows {
    pub(super) fn accounts(&mut self) -> &mut RowsById<i64, Account> {
        &mut self.accounts
    }

    pub(super) fn session_statuses(&mut self) -> &mut RowsById<i64, SessionStatus> {
        &mut self.session_statuses
    }
}

impl RowCache {
    /// Keeps rows of this database, which is open.
    pub(super) fn of(database: &Path) -> Self {
        Self {
            index: WalIndex::open(database).ok(),
            ..Self::default()
        }
    }

    /// The kept row, or what `query` finds, which is kept. The version is read before the row: a commit in between
    /// makes the row newer than its version says, and it is then read once more than needed.
    pub(super) fn get<K: Eq + Hash, V: Clone, E>(
        &mut self,
        kind: CachedTable<K, V>,
        key: K,
        query: impl FnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E> {
        let Some(version) = self.index.as_ref().and_then(WalIndex::version) else {
            return query();
        };
        if self.version != Some(version) {
            self.rows = CachedRows::default();
            self.version = Some(version);
        }
        let rows = kind(&mut self.rows);
        if let Some(row) = rows.get(&key) {
            return Ok(row.clone());
        }
        let row = query()?;
        if rows.len() >= ROWS {
            rows.clear();
        }
        rows.insert(key, row.clone());
        Ok(row)
    }
}
