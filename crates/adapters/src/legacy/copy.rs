//! Copies every legacy table word for word into the new file, before anything is interpreted.

use diesel::{connection::SimpleConnection as _, sqlite::SqliteConnection};

use super::{
    error::AdoptError,
    inspect::address,
    inspection::{Inspection, Table},
    sql::quoted,
};

/// Where a legacy table's rows went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copied {
    /// The legacy table.
    pub(super) table: Table,
    /// The table of the new file that holds its rows, numbered by rowid from 1 in the order of the source.
    pub(super) copied_as: String,
}

/// What the adoption itself writes; a legacy table called `schema` must not meet them.
const RESERVED: [&str; 2] = ["legacy_schema", "legacy_listed"];

/// Chooses a name for every copy: `legacy_` and the table's own, with underscores behind it where that is taken.
pub(super) fn name_copies(inspection: &Inspection) -> Vec<Copied> {
    let mut taken: Vec<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut copies = Vec::with_capacity(inspection.tables.len());
    for table in &inspection.tables {
        let mut copied_as = format!("legacy_{}", table.name);
        while taken.contains(&copied_as.to_ascii_lowercase()) {
            copied_as.push('_');
        }
        taken.push(copied_as.to_ascii_lowercase());
        copies.push(Copied {
            table: table.clone(),
            copied_as,
        });
    }
    copies
}

/// Copies all rows of all tables, and the text of every object of the schema, into `target`.
///
/// The copies' columns have no declared type, so that SQLite converts nothing: what was a BLOB in a text column stays
/// one. The declarations stand in `legacy_schema`.
pub(super) fn copy_all(
    source: &mut SqliteConnection,
    copies: &[Copied],
    target: &std::path::Path,
    mut done: impl FnMut(&Copied),
) -> Result<(), AdoptError> {
    let attached = address(target, "rw").replace('\'', "''");
    source.batch_execute(&format!("ATTACH '{attached}' AS adopted"))?;
    source.batch_execute("PRAGMA adopted.journal_mode = OFF; PRAGMA adopted.synchronous = OFF;")?;
    source.batch_execute(
        "CREATE TABLE adopted.legacy_schema (type TEXT, name TEXT, table_name TEXT, sql TEXT, copied_as TEXT);
         INSERT INTO adopted.legacy_schema SELECT type, name, tbl_name, sql, NULL FROM main.sqlite_schema;",
    )?;
    for copy in copies {
        copy_one(source, copy)?;
        done(copy);
    }
    source.batch_execute("DETACH adopted")?;
    Ok(())
}

fn copy_one(source: &mut SqliteConnection, copy: &Copied) -> Result<(), AdoptError> {
    let (from, into) = (quoted(&copy.table.name), quoted(&copy.copied_as));
    let columns = column_list(&copy.table);
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    source.batch_execute(&format!(
        "CREATE TABLE adopted.{into} ({columns});
         INSERT INTO adopted.{into} ({columns}) SELECT {columns} FROM main.{from} NOT INDEXED;
         UPDATE adopted.legacy_schema SET copied_as = {} WHERE type = 'table' AND name = {};",
        text(&copy.copied_as),
        text(&copy.table.name),
    ))?;
    Ok(())
}

/// A table's columns, quoted, in order.
pub(super) fn column_list(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    names.join(", ")
}
