//! The store looks at itself.

use std::{collections::BTreeSet, path::Path};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};
use thunderbird_domain::{
    health::{StoreCondition, StoreFigures, StoreHealth},
    port::{Fault, PortFuture},
    time::Timestamp,
};

use super::{Keys, Store, Unkeyed, figures, migrate, path::Place};

const PORT: &str = "store health";

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

impl StoreHealth for Store {
    fn check(&self) -> PortFuture<'_, StoreCondition> {
        Box::pin(async move {
            let known = migrate::known_versions().map_err(|error| Fault::lasting(PORT, error))?;
            let applied: Vec<Version> = self
                .read(PORT, |connection| {
                    sql_query("SELECT version FROM __diesel_schema_migrations").load(connection)
                })
                .await?;
            let applied: BTreeSet<String> = applied.into_iter().map(|row| row.version).collect();
            Ok(StoreCondition {
                is_in_place: Place::of(self.path()).is_ok_and(|found| found == self.opened_at()),
                schema_is_current: applied == known.into_iter().collect(),
                free_bytes: Some(free_bytes(self.path()).map_err(|error| Fault::passing(PORT, error))?),
            })
        })
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, StoreFigures> {
        Box::pin(async move {
            let mut figures = self
                .read(PORT, move |connection| figures::count(connection, now))
                .await?;
            let free = free_bytes(self.path()).map_err(|error| Fault::passing(PORT, error))?;
            figures.free_bytes = Some(free);
            Ok(figures)
        })
    }

    fn ping_writer(&self) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::NoChange), |_| Ok(()))
    }
}

/// How much may still be written next to `path`, in bytes. It asks about the folder: the database file itself is SQLite's alone, and
/// closing another descriptor of it would drop SQLite's locks.
///
/// # Errors
///
/// When the folder is not there.
pub fn free_bytes(path: &Path) -> std::io::Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let disk = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
