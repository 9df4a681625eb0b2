//! Pages by key: where a list begins, and where it is cut.

use thunderbird_domain::admin::{Cursor, PageOf};

/// Cuts the row that was only read to find out whether there are more.
pub(super) fn page<T>(mut items: Vec<T>, limit: u32, row: impl Fn(&T) -> i64) -> PageOf<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|item| Cursor::below(row(item)));
    PageOf { items, next }
}

/// The number of rows to read for a page of `limit` rows.
pub(super) fn one_more(limit: u32) -> i64 {
    i64::from(limit).saturating_add(1)
}

/// Where a list begins: at its cursor. A list that nothing narrows begins below the highest key there can be, because
/// the range makes a search of what would be a scan that is cut short.
pub(super) fn below(before: Option<Cursor>, is_narrowed: bool) -> Option<i64> {
    before.map(Cursor::row).or((!is_narrowed).then_some(i64::MAX))
}

/// The first text that does not begin with `prefix`.
pub(super) fn after(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
