//! The store looks at itself.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{Bool, Text},
};
use thunderbird_domain::{
    health::{StoreCondition, StoreFigures, StoreHealth},
    port::{Fault, PortFuture},
    time::Timestamp,
};

use super::{Keys, Store, Unkeyed, figures, migrate};

const PORT: &str = "store health";

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Primary {
    #[diesel(sql_type = Bool)]
    takes_writes: bool,
}

impl StoreHealth for Store {
    /// A schema that is ahead of this binary serves it: old and new processes run together while a service is upgraded.
    fn check(&self) -> PortFuture<'_, StoreCondition> {
        Box::pin(async move {
            let known = migrate::known_versions().map_err(|error| Fault::lasting(PORT, error))?;
            let (primary, applied) = self
                .read(PORT, |connection| {
                    let primary: Primary =
                        sql_query("SELECT NOT pg_is_in_recovery() AS takes_writes").get_result(connection)?;
                    let applied: Vec<Version> =
                        sql_query("SELECT version::text AS version FROM __diesel_schema_migrations")
                            .load(connection)?;
                    Ok((primary, applied))
                })
                .await?;
            let applied: BTreeSet<String> = applied.into_iter().map(|row| row.version).collect();
            Ok(StoreCondition {
                is_in_place: primary.takes_writes,
                schema_is_current: known.iter().all(|version| applied.contains(version)),
                // The disk belongs to the server. If it is full, no write succeeds.
                free_bytes: None,
            })
        })
    }

    fn figures(&self, now: Timestamp) -> PortFuture<'_, StoreFigures> {
        self.read(PORT, move |connection| figures::count(connection, now))
    }

    fn ping_writer(&self) -> PortFuture<'_, ()> {
        self.transact(PORT, Keys::none(Unkeyed::NoChange), |_| Ok(()))
    }
}
