//! Whether a file declares what the embedded migrations declare, and nothing more: a trigger that is not ours could
//! swallow texts, and a column that is gone is noticed only when it is needed.

use std::{collections::BTreeMap, path::Path};

use diesel::{
    Connection as _, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    error::OpenError,
    migrate::{self, MigrateError},
    pragma::{self, Role},
};

/// Tables that Litestream keeps in a database that it copies.
const LITESTREAM: [&str; 2] = ["_litestream_lock", "_litestream_seq"];

/// Diesel's own table; its text may be another release's.
const DIESEL: &str = "__diesel_schema_migrations";

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    sql: Option<String>,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

type Objects = BTreeMap<(String, String), Object>;

/// What the schema of a database of ours has, lacks or declares otherwise, one clause each; empty when nothing. Judged
/// by the migrations that the file says were applied.
///
/// # Errors
///
/// When the file cannot be opened or read.
pub fn differences(database: &Path) -> Result<Vec<String>, MigrateError> {
    let mut file = pragma::open(database, Role::Reader)?;
    let mut ours = SqliteConnection::establish(":memory:").map_err(OpenError::Connect)?;
    migrate::repeat(&mut file, &mut ours)?;
    let (found, made) = (objects(&mut file)?, objects(&mut ours)?);
    let mut different = Vec::new();
    for (key, object) in &found {
        match made.get(key) {
            None if is_harmless(&mut file, object)? => {}
            None => different.push(format!("it has {}, which is not Thunderbird's", said(object))),
            Some(wanted) if same(object, wanted) => {}
            Some(wanted) => different.push(changed(&mut file, &mut ours, wanted)?),
        }
    }
    let lacking = made.iter().filter(|(key, _)| !found.contains_key(*key));
    different.extend(lacking.map(|(_, object)| format!("it lacks {}", said(object))));
    Ok(different)
}

fn objects(connection: &mut SqliteConnection) -> QueryResult<Objects> {
    let query = "SELECT type AS kind, name, tbl_name AS table_name, sql FROM sqlite_schema";
    let rows: Vec<Object> = sql_query(query).load(connection)?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.kind.clone(), row.name.clone()), row))
        .collect())
}

/// Tables that do nothing to ours: what an adoption kept, SQLite's statistics, Litestream's notes; and their indexes.
fn is_harmless(file: &mut SqliteConnection, object: &Object) -> QueryResult<bool> {
    let table = object.table_name.as_str();
    let known =
        table.starts_with("legacy_") || table.starts_with("sqlite_stat") || LITESTREAM.contains(&table);
    let plain = match object.kind.as_str() {
        "index" => true,
        "table" => {
            let text = object.sql.as_deref().unwrap_or_default();
            !text.to_ascii_uppercase().starts_with("CREATE VIRTUAL")
        }
        _ => false,
    };
    if !known || !plain {
        return Ok(false);
    }
    // A reference to one of our rows would keep it from being deleted.
    let references: Count = sql_query("SELECT count(*) AS rows FROM pragma_foreign_key_list(?)")
        .bind::<Text, _>(table)
        .get_result(file)?;
    Ok(references.rows == 0)
}

fn same(found: &Object, wanted: &Object) -> bool {
    let words = |object: &Object| {
        let text = object.sql.clone().unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    found.table_name == wanted.table_name && (found.name == DIESEL || words(found) == words(wanted))
}

fn said(object: &Object) -> String {
    let Object {
        kind,
        name,
        table_name,
        ..
    } = object;
    match kind.as_str() {
        "table" | "view" => format!("the {kind} {name}"),
        _ => format!("the {kind} {name} of the table {table_name}"),
    }
}

fn changed(file: &mut SqliteConnection, ours: &mut SqliteConnection, wanted: &Object) -> QueryResult<String> {
    let (found, made) = (columns(file, &wanted.name)?, columns(ours, &wanted.name)?);
    let beyond = |these: &[String], those: &[String]| {
        let names: Vec<_> = these
            .iter()
            .filter(|name| !those.contains(name))
            .cloned()
            .collect();
        names.join(", ")
    };
    let (lacking, added) = (beyond(&made, &found), beyond(&found, &made));
    let table = said(wanted);
    Ok(
        match (wanted.kind.as_str(), lacking.is_empty(), added.is_empty()) {
            ("table", false, _) => format!("{table} lacks {lacking}"),
            ("table", true, false) => format!("{table} has {added}, which is not Thunderbird's"),
            _ => format!("{table} is not declared as Thunderbird declares it"),
        },
    )
}

fn columns(connection: &mut SqliteConnection, table: &str) -> QueryResult<Vec<String>> {
    let rows: Vec<Column> = sql_query("SELECT name FROM pragma_table_xinfo(?)")
        .bind::<Text, _>(table)
        .load(connection)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
