//! Retention takes a bounded number of rows at a time.

use diesel::QueryResult;

use super::super::{Connection, dialect};

/// Rows of each kind that one commit takes.
pub(super) const AT_ONCE: i64 = 200;

/// Does something with those of the rows found that no other write holds; without any it asks the database for nothing.
/// What is held at this moment is found again by the next sweep.
pub(super) fn some(
    connection: &mut Connection,
    (table, ids): (&'static str, Vec<i64>),
    act: impl FnOnce(&mut Connection, Vec<i64>) -> QueryResult<usize>,
) -> QueryResult<usize> {
    let ids = dialect::free(connection, table, ids)?;
    if ids.is_empty() {
        Ok(0)
    } else {
        act(connection, ids)
    }
}
