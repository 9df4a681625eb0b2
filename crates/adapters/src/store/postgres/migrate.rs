//! What a database is, and bringing its schema up to date. Tables come from nowhere but migrations.

use std::{collections::BTreeSet, thread, time::Duration};

use diesel::{
    QueryableByName, RunQueryDsl as _,
    migration::{Migration, MigrationSource as _, MigrationVersion},
    pg::Pg,
    sql_query,
    sql_types::{Bool, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{
    Connection,
    address::Address,
    connect::{self, Role},
    db::on_a_thread,
    error::OpenError,
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations-postgres");

/// The lock of a process that changes the schema: the first eight bytes of SHA-256 of `thunderbird migrations`. It never changes.
const LOCK: i64 = 0x180e_b18d_a136_76b1;

/// How often the lock is tried for, a tenth of a second apart.
const TRIES: u32 = 600;

/// What a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Empty or ours. Lists the versions still to be applied, oldest first.
    Managed {
        /// Migrations to run.
        pending: Vec<String>,
    },
    /// Ours, with migrations of a newer binary. It serves this one too.
    Newer {
        /// What this binary does not know.
        unknown: Vec<String>,
    },
    /// A database that is not Thunderbird's.
    Foreign,
}

/// Why a schema could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A statement failed.
    #[error("the schema cannot be read: {0}")]
    Query(#[from] diesel::result::Error),
    /// A migration failed; it was rolled back.
    #[error("a migration failed: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// Tables of another application are there.
    #[error("the database belongs to another application: name an empty one")]
    Foreign,
    /// Another process changes the schema and does not come to an end.
    #[error("another process has been changing the schema for a minute")]
    Busy,
}

impl From<std::io::Error> for MigrateError {
    fn from(error: std::io::Error) -> Self {
        Self::Open(OpenError::Thread(error))
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Looks at the database; changes nothing.
///
/// # Errors
///
/// [`MigrateError`] when it cannot be looked at.
pub fn inspect(address: &Address) -> Result<Found, MigrateError> {
    on_a_thread(|| {
        let (mut connection, _driver) = connect::open(address, Role::Migrator)?;
        found(&mut connection)
    })
}

fn found(connection: &mut Connection) -> Result<Found, MigrateError> {
    let tables = names(
        connection,
        "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = current_schema()",
    )?;
    if tables.is_empty() {
        return Ok(Found::Managed {
            pending: known_versions()?,
        });
    }
    if !tables.contains("__diesel_schema_migrations") {
        return Ok(Found::Foreign);
    }
    let applied = names(
        connection,
        "SELECT version::text AS value FROM __diesel_schema_migrations",
    )?;
    // Any application may keep its versions in that table. Ours is empty after the last one was reverted.
    let is_used = tables.len() > 1 || !applied.is_empty();
    if is_used && !tables.contains("audit_log") {
        return Ok(Found::Foreign);
    }
    let known: BTreeSet<String> = known_versions()?.into_iter().collect();
    let unknown: Vec<String> = applied.difference(&known).cloned().collect();
    let pending: Vec<String> = known.difference(&applied).cloned().collect();
    Ok(if unknown.is_empty() || !pending.is_empty() {
        Found::Managed { pending }
    } else {
        Found::Newer { unknown }
    })
}

/// Applies every pending migration. Returns the versions applied.
///
/// # Errors
///
/// [`MigrateError`]; the migration that failed has changed nothing.
pub fn up(address: &Address) -> Result<Vec<String>, MigrateError> {
    on_a_thread(|| {
        let (mut connection, _driver) = connect::open(address, Role::Migrator)?;
        lock(&mut connection)?;
        if found(&mut connection)? == Found::Foreign {
            return Err(MigrateError::Foreign);
        }
        let applied = connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(MigrateError::Migration)?;
        Ok(applied.iter().map(MigrationVersion::to_string).collect())
    })
}

/// Reverts the newest migration. Returns its version, or `None` when there is none left.
///
/// # Errors
///
/// [`MigrateError`]; the migration that failed has changed nothing.
pub fn down(address: &Address) -> Result<Option<String>, MigrateError> {
    on_a_thread(|| {
        let (mut connection, _driver) = connect::open(address, Role::Migrator)?;
        lock(&mut connection)?;
        let applied = connection.applied_migrations().map_err(MigrateError::Migration)?;
        if applied.is_empty() {
            return Ok(None);
        }
        let reverted = connection
            .revert_last_migration(MIGRATIONS)
            .map_err(MigrateError::Migration)?;
        Ok(Some(reverted.to_string()))
    })
}

/// Takes the lock by trying: an index that is built at the same time never ends while a session waits for a lock. The
/// connection gives it back when it ends.
fn lock(connection: &mut Connection) -> Result<(), MigrateError> {
    for _ in 0..TRIES {
        let tried: Locked =
            sql_query(format!("SELECT pg_try_advisory_lock({LOCK}) AS locked")).get_result(connection)?;
        if tried.locked {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(MigrateError::Busy)
}

fn names(connection: &mut Connection, query: &str) -> Result<BTreeSet<String>, MigrateError> {
    let rows: Vec<Name> = sql_query(query).load(connection)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Every version this binary knows, oldest first.
pub(super) fn known_versions() -> Result<Vec<String>, MigrateError> {
    let embedded: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(MigrateError::Migration)?;
    let mut versions: Vec<_> = embedded
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    versions.sort();
    Ok(versions)
}
