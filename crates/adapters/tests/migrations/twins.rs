//! Each migration is written for both databases, and none locks a table of PostgreSQL that others are writing to.

use std::{fs, path::Path};

/// Names of the migrations in a folder, from the 13th on: the first of PostgreSQL is the state that it left.
fn since_the_13th(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.get(11..17).is_some_and(|number| number >= "000013"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_migration_has_a_twin_for_the_other_database() {
    let (sqlite, postgres) = (
        since_the_13th("migrations"),
        since_the_13th("migrations-postgres"),
    );
    assert_eq!(
        sqlite.first().map(String::as_str),
        Some("2026-11-25-000013_fewer_indexes")
    );
    assert_eq!(
        postgres.first().map(String::as_str),
        Some("2026-11-25-000013_baseline")
    );
    assert_eq!(sqlite.get(1..), postgres.get(1..));
}

#[test]
fn no_migration_of_postgres_locks_a_table_that_others_write_to() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations-postgres");
    // No PostgreSQL database is older than the 18th.
    let later = |name: &&String| name.get(11..17).is_some_and(|number| number > "000018");
    for name in since_the_13th("migrations-postgres").iter().filter(later) {
        let up = fs::read_to_string(folder.join(name).join("up.sql")).unwrap();
        assert_eq!(locks(&up), Vec::<String>::new(), "{name}");
    }
}

/// What locks a table which was there before for as long as it takes to read it, or breaks the binary that still runs. The
/// second kind is for a migration that says `-- contract: needs >= VERSION` in a line of its own.
fn locks(up: &str) -> Vec<String> {
    let is_contract = up.lines().any(|line| line.starts_with("-- contract: needs >= "));
    let code: Vec<&str> = up.lines().filter(|line| !line.trim().starts_with("--")).collect();
    let code = code.join(" ").to_uppercase();
    // What a function will do is not done by its migration.
    let code: String = code.split("$$").step_by(2).collect();
    let is_new = |table: &str| code.contains(&format!("CREATE TABLE {table} "));
    let mut found = Vec::new();
    let mut gives_up = false;
    for statement in code.split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let said = words.join(" ");
        gives_up |= said.starts_with("SET LOCAL LOCK_TIMEOUT");
        let table = match words.as_slice() {
            ["ALTER", "TABLE", table, ..] | ["UPDATE", table, ..] | ["DELETE", "FROM", table, ..] => table,
            ["CREATE", ..] => said
                .split_once(" ON ")
                .and_then(|(_, rest)| rest.split([' ', '(']).next())
                .unwrap_or_default(),
            _ => "",
        };
        let breaks = ["RENAME ", "DROP COLUMN", "DROP TABLE"]
            .iter()
            .any(|words| said.contains(words));
        let blocks =
            !is_new(table) && (waits(&said) || clauses(&said).iter().any(|clause| reads_whole(clause)));
        let queues = said.starts_with("ALTER TABLE") && !is_new(table) && !gives_up;
        if blocks || queues || breaks && !is_contract {
            found.push(said);
        }
    }
    found
}

/// Whether it changes every row, or builds an index while writers wait.
fn waits(statement: &str) -> bool {
    let is_index = statement.starts_with("CREATE INDEX") || statement.starts_with("CREATE UNIQUE INDEX");
    is_index && !statement.contains("CONCURRENTLY")
        || statement.starts_with("UPDATE ")
        || statement.starts_with("DELETE FROM ")
}

/// The parts between commas that are in no parentheses.
fn clauses(statement: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0_i32, vec![String::new()]);
    for letter in statement.chars() {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

/// Whether a clause of ALTER TABLE reads or writes each row of the table.
fn reads_whole(clause: &str) -> bool {
    let says = |words: &str| clause.contains(words);
    let rewrites = says("ALTER COLUMN") && (says(" TYPE ") || says("SET NOT NULL"));
    let default = clause
        .split_once(" DEFAULT ")
        .map(|(_, value)| value.trim_start());
    let is_constant = |value: &str| {
        value.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '\'')
            || ["TRUE", "FALSE", "NULL"]
                .iter()
                .any(|word| value.starts_with(word))
    };
    let fills = says("ADD COLUMN")
        && match default {
            Some(value) => !is_constant(value),
            None => says("NOT NULL"),
        };
    let checks = says("ADD CONSTRAINT") && !says("NOT VALID") && !says("USING INDEX");
    rewrites || fills || checks
}

#[test]
fn what_locks_is_found() {
    let timeout = "SET LOCAL lock_timeout = '2s';\n";
    for (up, count) in [
        (
            "CREATE TABLE cars (id BIGINT NOT NULL PRIMARY KEY);\nCREATE INDEX cars_id ON cars (id);",
            0,
        ),
        (
            "CREATE TABLE cars (id BIGINT NOT NULL PRIMARY KEY);\nALTER TABLE cars ADD CONSTRAINT c CHECK (id > 0);",
            0,
        ),
        ("CREATE INDEX users_tag ON users (tag);", 1),
        ("CREATE INDEX CONCURRENTLY users_tag ON users (tag);", 0),
        ("ALTER TABLE users ADD COLUMN age BIGINT;", 0),
        ("ALTER TABLE users ADD COLUMN age BIGINT NOT NULL;", 1),
        ("ALTER TABLE users ADD COLUMN age BIGINT NOT NULL DEFAULT 0;", 0),
        (
            "ALTER TABLE users ADD COLUMN age BIGINT NOT NULL, ADD COLUMN kind TEXT DEFAULT 'a';",
            1,
        ),
        (
            "ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'a', ADD COLUMN age BIGINT;",
            0,
        ),
        ("ALTER TABLE users ADD COLUMN age BIGINT DEFAULT random() * 9;", 1),
        ("ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17);", 1),
        (
            "ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID;",
            0,
        ),
        ("ALTER TABLE users ALTER COLUMN tag TYPE TEXT;", 1),
        ("ALTER TABLE users ALTER COLUMN tag SET NOT NULL;", 1),
        ("ALTER TABLE users RENAME COLUMN tag TO label;", 1),
        ("UPDATE messages SET segments = 1;", 1),
        ("DELETE FROM messages WHERE segments = 1;", 1),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\nUPDATE messages SET segments = 1;\nEND $$;",
            0,
        ),
        ("DROP TABLE cars;", 1),
        ("-- contract: needs >= 0.4\nDROP TABLE cars;", 0),
    ] {
        assert_eq!(locks(&format!("{timeout}{up}")).len(), count, "{up}");
    }
    let column = "ALTER TABLE users ADD COLUMN age BIGINT;";
    assert_eq!(
        locks(column).len(),
        1,
        "it waits behind a long read, and all others behind it"
    );
    assert_eq!(locks(&format!("{column}\n{timeout}")).len(), 1);
}
