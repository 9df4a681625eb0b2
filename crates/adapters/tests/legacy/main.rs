//! Adopting files of the Python version: every shape, hostile rows, refusals, kills.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]
#![expect(clippy::print_stdout, reason = "what was measured is said")]

mod kept;
mod kills;
mod memory;
mod refusals;
mod rows;
mod shapes;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_types::Text,
};
use jiff::tz::TimeZone;
use tempfile::TempDir;
use thunderbird_adapters::{
    catalogue::FileCatalogue,
    legacy::{
        AdoptError,
        adopt::{self, Ended, Stage, Watch},
        plan::Rules,
        report::Report,
        swap::Step,
    },
};
use thunderbird_domain::{phone_number::Region, time::Timestamp};
use thunderbird_testkit::legacy::Shape;

/// A legacy file in a folder of its own.
struct Legacy {
    folder: TempDir,
}

impl Legacy {
    fn of(sql: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let legacy = Self { folder };
        let mut conn = legacy.connect();
        // Python's SQLite does not enforce foreign keys, so files hold orphans.
        conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
        conn.batch_execute(sql).unwrap();
        legacy
    }

    fn gentle(shape: Shape) -> Self {
        Self::of(&(shape.schema() + &shape.gentle_rows()))
    }

    fn hostile(shape: Shape) -> Self {
        Self::of(&(shape.schema() + &shape.hostile_rows()))
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("thunderbird.db")
    }

    fn connect(&self) -> SqliteConnection {
        open(&self.path())
    }

    fn adopt(&self) -> Result<Report, AdoptError> {
        match adopt::adopt(&self.path(), &rules(), &mut Unwatched)? {
            Ended::Adopted(report) => Ok(*report),
            Ended::NothingToDo => panic!("there was something to do"),
        }
    }

    fn check(&self) -> Result<Report, AdoptError> {
        match adopt::check(&self.path(), &rules(), &mut Unwatched)? {
            Ended::Adopted(report) => Ok(*report),
            Ended::NothingToDo => panic!("there was something to do"),
        }
    }

    /// Every file of the folder with its bytes, but for an empty `-shm` and the lock.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    fs::read(entry.path()).unwrap(),
                )
            })
            .filter(|(name, _)| !["-shm", ".lock"].iter().any(|suffix| name.ends_with(suffix)))
            .collect()
    }

    fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

fn rules() -> Rules {
    Rules {
        region: Region::parse("AU").unwrap(),
        routes: Arc::new(FileCatalogue::load(None).unwrap()),
        zone: TimeZone::get("Australia/Hobart").unwrap(),
        adopted_at: Timestamp::from_micros(1_795_074_000_000_000),
    }
}

struct Unwatched;

impl Watch for Unwatched {
    fn progress(&mut self, _: Stage, _: u64, _: u64) {}
    fn reached(&mut self, _: Step) {}
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Rows of a query whose one column is called `line`.
fn lines(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let found: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    found.into_iter().map(|row| row.line).collect()
}

/// Every table of a database with the text of its rows, for comparing databases.
fn contents(conn: &mut SqliteConnection) -> BTreeMap<String, Vec<String>> {
    let tables = lines(
        conn,
        "SELECT name AS line FROM sqlite_schema WHERE type = 'table'",
    );
    tables
        .into_iter()
        .map(|table| {
            let columns = lines(
                conn,
                &format!(
                    "SELECT 'quote(\"' || replace(name, '\"', '\"\"') || '\")' AS line
                     FROM pragma_table_info('{}') WHERE name NOT IN ('tag', 'hash', 'run_on')",
                    table.replace('\'', "''")
                ),
            );
            let query = format!(
                "SELECT {} AS line FROM \"{}\" ORDER BY 1",
                columns.join(" || ',' || "),
                table.replace('"', "\"\"")
            );
            let rows = lines(conn, &query);
            (table, rows)
        })
        .collect()
}
