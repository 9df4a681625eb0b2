//! PostgreSQL itself: which databases are refused, and that its schema is that of SQLite. `cargo xtask postgres` runs it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod hunt;
mod refusals;
mod schema;
mod tls;

use thunderbird_adapters::store::postgres::{Address, Store, migrate};
use thunderbird_testkit::postgres::{Cluster, Database};

/// A database of today's schema.
fn migrated() -> Database {
    let database = Cluster::of_these_tests().empty();
    migrate::up(&address(&database)).unwrap();
    database
}

fn address(database: &Database) -> Address {
    database.url().parse().unwrap()
}

/// What an operator reads if the store cannot be opened.
fn refusal(address: &Address) -> String {
    Store::open(address)
        .err()
        .map_or_else(|| "opened".to_owned(), |error| error.to_string())
}
