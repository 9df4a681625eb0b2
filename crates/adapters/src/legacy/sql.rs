//! Queries whose tables and columns are known only when they run.

use diesel::{QueryResult, connection::LoadConnection as _, row::Row as _, sqlite::SqliteConnection};

use super::cell::Cell;

/// Runs a query and hands over each row as it is read: one row in memory, however many there are.
///
/// # Errors
///
/// What SQLite or `visit` reports.
pub fn each_row<E: From<diesel::result::Error>>(
    conn: &mut SqliteConnection,
    sql: &str,
    mut visit: impl FnMut(Vec<Cell>) -> Result<(), E>,
) -> Result<(), E> {
    for row in conn.load(diesel::sql_query(sql))? {
        let row = row?;
        let cells = (0..row.field_count()).map(|place| Cell::of(&row, place));
        visit(cells.collect())?;
    }
    Ok(())
}

/// All rows of a query that is known to be small.
///
/// # Errors
///
/// What SQLite reports.
pub fn rows(conn: &mut SqliteConnection, sql: &str) -> QueryResult<Vec<Vec<Cell>>> {
    let mut found = Vec::new();
    each_row(conn, sql, |row| {
        found.push(row);
        Ok::<_, diesel::result::Error>(())
    })?;
    Ok(found)
}

/// The first value of the first row.
///
/// # Errors
///
/// What SQLite reports, and [`diesel::result::Error::NotFound`].
pub fn single(conn: &mut SqliteConnection, sql: &str) -> QueryResult<Cell> {
    rows(conn, sql)?
        .into_iter()
        .next()
        .and_then(|row| row.into_iter().next())
        .ok_or(diesel::result::Error::NotFound)
}

/// The count that a query answers; zero if its first value is not a natural number.
///
/// # Errors
///
/// What SQLite reports, and [`diesel::result::Error::NotFound`].
pub fn amount(conn: &mut SqliteConnection, sql: &str) -> QueryResult<u64> {
    let counted = single(conn, sql)?.integer();
    Ok(counted.and_then(|amount| u64::try_from(amount).ok()).unwrap_or(0))
}

/// A name as SQL writes it, whatever characters it has.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
