//! What a database file is, and bringing its schema up to date. Tables come from nowhere but migrations.

use std::{
    collections::BTreeSet,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    migration::{Migration, MigrationSource as _, MigrationVersion},
    sql_query,
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{
    error::OpenError,
    path::sibling,
    pragma::{self, Role},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// What lies at the database's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing, and no leftovers next to it: a database may be made.
    Nothing,
    /// Ours. Lists the versions still to be applied, oldest first.
    Managed {
        /// Migrations to run.
        pending: Vec<String>,
    },
    /// Ours, but from a newer binary: these versions are not known here.
    Newer {
        /// What this binary does not know.
        unknown: Vec<String>,
    },
    /// A database of the Python version: `thunderbird adopt` takes it over.
    Legacy,
    /// An adoption was interrupted: `thunderbird adopt` finishes it.
    HalfAdopted,
    /// An SQLite database that is not Thunderbird's.
    Foreign,
    /// Something else than an SQLite database.
    NotADatabase(String),
    /// No database, but files that belong to one.
    Leftovers(Vec<PathBuf>),
}

/// Why a schema could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file could not be read.
    #[error("the database file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A statement failed.
    #[error("the schema cannot be read: {0}")]
    Query(#[from] diesel::result::Error),
    /// A migration failed; it was rolled back.
    #[error("a migration failed: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// After the migrations some references lead nowhere.
    #[error("{0} references lead nowhere: restore a backup before anything is written")]
    Dangling(i64),
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Looks at what lies at `path`; changes nothing.
///
/// # Errors
///
/// [`MigrateError`] when the file is there but cannot be looked at.
pub fn inspect(path: &Path) -> Result<Found, MigrateError> {
    let half_adopted = sibling(path, ".adopting").exists();
    if half_adopted && !path.exists() {
        return Ok(Found::HalfAdopted);
    }
    if !path.exists() {
        let leftovers = leftovers(path)?;
        return Ok(if leftovers.is_empty() {
            Found::Nothing
        } else {
            Found::Leftovers(leftovers)
        });
    }
    if let Some(reason) = not_a_database(path)? {
        return Ok(Found::NotADatabase(reason));
    }
    let mut connection =
        SqliteConnection::establish(&pragma::uri(path, Role::Reader)).map_err(OpenError::Connect)?;
    let tables = names(
        &mut connection,
        "SELECT name AS value FROM sqlite_schema WHERE type = 'table'",
    )?;
    if tables.is_empty() {
        return Ok(Found::Managed {
            pending: known_versions()?,
        });
    }
    if !tables.contains("__diesel_schema_migrations") {
        let legacy = tables.contains("users") && tables.contains("message_log");
        return Ok(match (legacy, half_adopted) {
            (true, true) => Found::HalfAdopted,
            (true, false) => Found::Legacy,
            (false, _) => Found::Foreign,
        });
    }
    let applied = names(
        &mut connection,
        "SELECT version AS value FROM __diesel_schema_migrations",
    )?;
    let known = known_versions()?;
    let unknown: Vec<_> = applied
        .iter()
        .filter(|version| !known.contains(version))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Ok(if tables.contains("audit_log") {
            Found::Newer { unknown }
        } else {
            Found::Foreign
        });
    }
    Ok(Found::Managed {
        pending: known
            .into_iter()
            .filter(|version| !applied.contains(version))
            .collect(),
    })
}

fn leftovers(path: &Path) -> Result<Vec<PathBuf>, MigrateError> {
    let mut found: Vec<_> = ["-wal", "-journal", ".restoring"]
        .iter()
        .map(|suffix| sibling(path, suffix))
        .filter(|file| file.exists())
        .collect();
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Ok(found);
    };
    if folder.exists() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with(&format!("{name}.legacy-"))
            {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// Why the file cannot be an SQLite database; an empty file can.
fn not_a_database(path: &Path) -> Result<Option<String>, MigrateError> {
    if path.is_dir() {
        return Ok(Some("it is a directory".to_owned()));
    }
    let mut head = Vec::with_capacity(16);
    File::open(path)?.take(16).read_to_end(&mut head)?;
    let sound = head.is_empty() || head == b"SQLite format 3\0";
    Ok((!sound).then(|| "it does not begin like an SQLite database".to_owned()))
}

fn names(connection: &mut SqliteConnection, query: &str) -> Result<BTreeSet<String>, MigrateError> {
    let rows: Vec<Name> = sql_query(query).load(connection)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

fn embedded() -> Result<Vec<Box<dyn Migration<Sqlite>>>, MigrateError> {
    MIGRATIONS.migrations().map_err(MigrateError::Migration)
}

/// Every version this binary knows, oldest first.
pub(super) fn known_versions() -> Result<Vec<String>, MigrateError> {
    let mut versions: Vec<_> = embedded()?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    versions.sort();
    Ok(versions)
}

/// Applies every pending migration, making the file when it is not there. Returns the versions applied.
///
/// The caller has looked with [`inspect`] and holds the service's lock.
///
/// # Errors
///
/// [`MigrateError`]; the migration that failed has changed nothing.
pub fn up(path: &Path) -> Result<Vec<String>, MigrateError> {
    let mut connection = pragma::open(path, Role::Writer)?;
    let applied = connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(MigrateError::Migration)?;
    let versions: Vec<_> = applied.iter().map(MigrationVersion::to_string).collect();
    if !versions.is_empty() {
        check_references(&mut connection)?;
    }
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(versions)
}

fn check_references(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    let dangling =
        diesel::dsl::sql::<diesel::sql_types::BigInt>("SELECT count(*) FROM pragma_foreign_key_check")
            .get_result(connection)?;
    match dangling {
        0 => Ok(()),
        dangling => Err(MigrateError::Dangling(dangling)),
    }
}

/// Applies every migration to a new database that only this connection sees.
pub(crate) fn up_on(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(MigrateError::Migration)?;
    Ok(())
}

/// Applies to a new database what `file` says was applied to it.
pub(super) fn repeat(file: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<(), MigrateError> {
    let managed = names(
        file,
        "SELECT name AS value FROM sqlite_schema WHERE type = 'table' AND name = '__diesel_schema_migrations'",
    )?;
    if managed.is_empty() {
        return Ok(());
    }
    let applied = names(file, "SELECT version AS value FROM __diesel_schema_migrations")?;
    new.applied_migrations().map_err(MigrateError::Migration)?;
    let mut migrations = embedded()?;
    migrations.sort_by_key(|migration| migration.name().version().to_string());
    for migration in migrations {
        if applied.contains(&migration.name().version().to_string()) {
            new.run_migration(&migration).map_err(MigrateError::Migration)?;
        }
    }
    Ok(())
}

/// Reverts the newest migration. Returns its version, or `None` when there is none left.
///
/// # Errors
///
/// [`MigrateError`]; the migration that failed has changed nothing.
pub fn down(path: &Path) -> Result<Option<String>, MigrateError> {
    let mut connection = pragma::open(path, Role::Writer)?;
    if connection
        .applied_migrations()
        .map_err(MigrateError::Migration)?
        .is_empty()
    {
        return Ok(None);
    }
    let reverted = connection
        .revert_last_migration(MIGRATIONS)
        .map_err(MigrateError::Migration)?;
    Ok(Some(reverted.to_string()))
}
