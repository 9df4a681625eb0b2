//! Retention takes a bounded number of rows at a time.

use diesel::QueryResult;

/// Rows of each kind that one commit takes.
pub(super) const AT_ONCE: i64 = 200;

/// Does something with the rows found; without any it asks the database for nothing.
pub(super) fn some(ids: Vec<i64>, act: impl FnOnce(Vec<i64>) -> QueryResult<usize>) -> QueryResult<usize> {
    if ids.is_empty() { Ok(0) } else { act(ids) }
}
