//! Proves, before anything is swapped, that no row was lost: by count and by hash, over both files.

use diesel::sqlite::SqliteConnection;

use super::{
    cell::{Cell, TableChecksum},
    copy::{Copied, column_list},
    error::AdoptError,
    inspection::{Inspection, Table},
    map::{HIKERS, MAPPED},
    report::Counts,
    sql::{amount, each_row, quoted, rows, single},
};

/// Compares every copy with its source, then every mapped table with its copy.
pub(super) fn verify(
    source: &mut SqliteConnection,
    target: &mut SqliteConnection,
    copies: &[Copied],
    mut done: impl FnMut(u64),
) -> Result<Vec<Counts>, AdoptError> {
    let mut counts = Vec::with_capacity(copies.len());
    for copy in copies {
        let columns = column_list(&copy.table);
        let original = tally(
            source,
            &format!(
                "SELECT {columns} FROM main.{} NOT INDEXED",
                quoted(&copy.table.name)
            ),
        )?;
        let kept = tally(
            target,
            &format!("SELECT {columns} FROM {}", quoted(&copy.copied_as)),
        )?;
        if original != kept {
            let finding = format!("{} rows were read, {} copied", original.rows, kept.rows);
            return Err(unaccounted(&copy.table, finding));
        }
        let place = MAPPED
            .iter()
            .find(|(legacy, _)| copy.table.name.eq_ignore_ascii_case(legacy));
        let mapped = match place {
            Some((_, ours)) => partition(target, copy, ours, original)?,
            None => 0,
        };
        done(original.rows);
        counts.push(Counts {
            table: copy.table.name.clone(),
            copied_as: Some(copy.copied_as.clone()),
            source: original.rows,
            mapped,
            listed: original.rows - mapped,
            hash: Some(original.to_string()),
        });
    }
    no_dangling_references(target)?;
    Ok(counts)
}

fn tally(conn: &mut SqliteConnection, sql: &str) -> Result<TableChecksum, AdoptError> {
    let mut tally = TableChecksum::default();
    each_row(conn, sql, |row| {
        tally.add(&row);
        Ok::<_, AdoptError>(())
    })?;
    Ok(tally)
}

/// Every row of the copy is either in our table or on the list, never both, never neither: what is on the list counts
/// as listed, and as many rows as are left over must stand in our table. Returns how many are mapped.
fn partition(
    target: &mut SqliteConnection,
    copy: &Copied,
    ours: &str,
    original: TableChecksum,
) -> Result<u64, AdoptError> {
    let rowid = rowid_alias(&copy.table);
    let own_id = copy.table.column("id").filter(|_| ours != HIKERS);
    let id = own_id.map_or_else(
        || format!("copy.{rowid}"),
        |id| format!("copy.{}", quoted(&id.name)),
    );
    let columns: Vec<String> = copy
        .table
        .columns
        .iter()
        .map(|column| format!("copy.{}", quoted(&column.name)))
        .collect();
    let query = format!(
        "SELECT typeof({id}) = 'integer' AND EXISTS (SELECT 1 FROM {ours} mapped WHERE mapped.id = {id}),
             EXISTS (SELECT 1 FROM legacy_listed line WHERE line.table_name = '{}' AND line.row_number = copy.{rowid}
                     AND line.outcome <> 'noted'), {}
         FROM {} copy",
        copy.table.name.to_ascii_lowercase(),
        columns.join(", "),
        quoted(&copy.copied_as),
    );
    let (mut mapped, mut listed, mut astray) = (TableChecksum::default(), TableChecksum::default(), 0_u64);
    each_row(target, &query, |row| {
        match row.split_first_chunk() {
            Some(([Cell::Integer(1), Cell::Integer(0)], cells)) => mapped.add(cells),
            // A row whose id another one took first is on the list, and so is its id in our table.
            Some(([_, Cell::Integer(1)], cells)) => listed.add(cells),
            _ => astray += 1,
        }
        Ok::<_, AdoptError>(())
    })?;
    let stored = single(target, &format!("SELECT count(*) FROM {ours}"))?.integer();
    if astray > 0 || mapped.plus(listed) != original || stored != i64::try_from(mapped.rows).ok() {
        let finding = format!(
            "{} rows, {} mapped, {} listed, {astray} astray, {stored:?} stored",
            original.rows, mapped.rows, listed.rows
        );
        return Err(unaccounted(&copy.table, finding));
    }
    Ok(mapped.rows)
}

/// A name of the row number that no column hides.
fn rowid_alias(table: &Table) -> &'static str {
    ["_rowid_", "rowid", "oid"]
        .into_iter()
        .find(|alias| table.column(alias).is_none())
        .unwrap_or("_rowid_")
}

fn no_dangling_references(target: &mut SqliteConnection) -> Result<(), AdoptError> {
    let dangling = rows(target, "PRAGMA foreign_key_check")?;
    match dangling.first().and_then(|row| row.first()) {
        None => Ok(()),
        Some(table) => Err(AdoptError::Unaccounted {
            table: table.shown(),
            finding: format!("{} references lead nowhere", dangling.len()),
        }),
    }
}

/// The same without copies, for a trial: mapped and listed rows are as many as there are.
pub(super) fn count(
    target: &mut SqliteConnection,
    inspection: &Inspection,
) -> Result<Vec<Counts>, AdoptError> {
    let mut counts = Vec::with_capacity(inspection.tables.len());
    for table in &inspection.tables {
        let name = table.name.to_ascii_lowercase();
        let place = MAPPED.iter().find(|(legacy, _)| name == *legacy);
        let (mapped, listed) = match place {
            None => (0, table.rows),
            Some((_, ours)) => {
                let mapped = amount(target, &format!("SELECT count(*) FROM {ours}"))?;
                let listed = amount(
                    target,
                    &format!(
                        "SELECT count(DISTINCT row_number) FROM legacy_listed
                         WHERE table_name = '{name}' AND outcome <> 'noted'"
                    ),
                )?;
                (mapped, listed)
            }
        };
        if mapped + listed != table.rows {
            let finding = format!("{} rows, {mapped} mapped, {listed} listed", table.rows);
            return Err(unaccounted(table, finding));
        }
        counts.push(Counts {
            table: table.name.clone(),
            copied_as: None,
            source: table.rows,
            mapped,
            listed,
            hash: None,
        });
    }
    Ok(counts)
}

fn unaccounted(table: &Table, finding: String) -> AdoptError {
    AdoptError::Unaccounted {
        table: table.name.clone(),
        finding,
    }
}
