//! Both databases have one schema, as far as a statement can see it.

use std::collections::BTreeMap;

use thunderbird_adapters::store::postgres::migrate;

use crate::{Cluster, address, migrated};

/// What `print-schema` says of SQLite.
const SCHEMA: &str = include_str!("../../src/store/schema.rs");

/// Columns of a table in their order: name and type.
type Tables = BTreeMap<String, Vec<(String, String)>>;

/// Tables of PostgreSQL alone: what commits append, and what is made of it.
const APART: [&str; 6] = [
    "audit_inbox",
    "audit_sealed",
    "cost_deltas",
    "cost_hours_folded",
    "message_deltas",
    "message_hours_folded",
];

/// Views over those: a view does not say which columns are never NULL.
const VIEWS: [&str; 2] = ["cost_hours", "message_hours"];

fn of_sqlite() -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    let lines = SCHEMA.lines().map(str::trim);
    for line in lines.filter(|line| !line.starts_with("diesel::joinable")) {
        if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = kind.trim_end_matches(',').to_owned();
            let columns = tables.entry(table.clone()).or_default();
            columns.push((column.to_owned(), kind));
        } else if let Some((name, _)) = line.split_once(" (") {
            name.clone_into(&mut table);
        }
    }
    tables
}

fn of_postgres() -> Tables {
    let rows = migrated().run(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' ORDER BY table_name, ordinal_position",
    );
    let mut tables = Tables::new();
    for row in rows.lines() {
        let [table, column, kind, nullable] = row.split('|').collect::<Vec<_>>()[..] else {
            unreachable!("four columns: {row}");
        };
        let kind = match kind {
            "bigint" => "BigInt",
            "bytea" => "Binary",
            "text" => "Text",
            "boolean" => "Bool",
            other => other,
        };
        let is_nullable = nullable == "YES" && !VIEWS.contains(&table);
        let kind = if is_nullable {
            format!("Nullable<{kind}>")
        } else {
            kind.to_owned()
        };
        let columns = tables.entry(table.to_owned()).or_default();
        columns.push((column.to_owned(), kind));
    }
    tables
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn print_schema_says_the_same_of_both_databases() {
    let (sqlite, mut postgres) = (of_sqlite(), of_postgres());
    for table in APART {
        assert!(postgres.remove(table).is_some(), "{table}");
    }
    assert!(sqlite.len() > 25);
    let names = |tables: &Tables| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres));
    for (table, columns) in sqlite {
        assert_eq!(columns, postgres[&table], "{table}");
    }
}

#[test]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
fn every_migration_is_reversed_and_runs_again() {
    let database = Cluster::of_these_tests().empty();
    let address = address(&database);
    let all = migrate::up(&address).unwrap();
    let tables = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'";
    let full = database.run(tables);
    let mut reverted = Vec::new();
    while let Some(version) = migrate::down(&address).unwrap() {
        reverted.push(version);
    }
    reverted.reverse();
    assert_eq!(reverted, all);
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                AND relname NOT LIKE '\\_\\_diesel%'";
    assert_eq!(database.run(left), "0");
    assert_eq!(
        database.run("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
        "0"
    );
    assert_eq!(migrate::up(&address).unwrap(), all);
    assert_eq!(database.run(tables), full);
}
