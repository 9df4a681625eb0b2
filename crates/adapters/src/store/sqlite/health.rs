//! The store looks at itself.

use std::{collections::BTreeSet, path::Path, time::Duration};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};
use thunderbird_domain::{
    health::{StoreCondition, StoreFigures, StoreHealth, Unsent},
    port::{Fault, PortFuture},
    time::Timestamp,
};

use super::{Keys, Store, Unkeyed, migrate, path::Place};

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
                free_bytes: free_bytes(self.path()).map_err(|error| Fault::passing(PORT, error))?,
            })
        })
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, StoreFigures> {
        Box::pin(async move {
            let mut figures = self.read(PORT, move |connection| count(connection, now)).await?;
            figures.free_bytes = free_bytes(self.path()).map_err(|error| Fault::passing(PORT, error))?;
            Ok(figures)
        })
    }

    fn ping_writer(&self) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::NoChange), |_| Ok(()))
    }
}

#[derive(QueryableByName)]
struct TextCount {
    #[diesel(sql_type = Text)]
    direction: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct UnsentCount {
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    oldest: i64,
}

#[derive(QueryableByName)]
struct Spend {
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    micros: i64,
}

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// Of the hour that it was a day ago, and of every one since.
fn count(connection: &mut SqliteConnection, now: Timestamp) -> QueryResult<StoreFigures> {
    let since = now
        .minus(Duration::from_hours(24))
        .as_micros()
        .div_euclid(MICROS_PER_HOUR);
    let texts: Vec<TextCount> = sql_query(
        "SELECT direction, state, sum(messages) AS count FROM message_hours WHERE hour >= ? AND messages > 0 \
         GROUP BY direction, state",
    )
    .bind::<BigInt, _>(since)
    .load(connection)?;
    let unsent: Vec<UnsentCount> = sql_query(
        "SELECT class, count(*) AS count, min(coalesce(not_before, created_at)) AS oldest FROM messages \
         WHERE state IN ('queued', 'sending') AND class IS NOT NULL AND coalesce(not_before, created_at) <= ? \
         GROUP BY class",
    )
    .bind::<BigInt, _>(now.as_micros())
    .load(connection)?;
    let spend: Vec<Spend> =
        sql_query("SELECT currency, sum(micros) AS micros FROM cost_hours WHERE hour >= ? GROUP BY currency")
            .bind::<BigInt, _>(since)
            .load(connection)?;
    let many = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(StoreFigures {
        texts_last_day: texts
            .into_iter()
            .map(|row| (row.direction, row.state, many(row.count)))
            .collect(),
        unsent: unsent
            .into_iter()
            .map(|row| Unsent {
                class: row.class,
                count: many(row.count),
                oldest: Timestamp::from_micros(row.oldest),
            })
            .collect(),
        spend_last_day: spend.into_iter().map(|row| (row.currency, row.micros)).collect(),
        free_bytes: 0,
    })
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
