//! Pages by key: where a list begins, and where it is cut.

use thunderbird_domain::admin::PageOf;

/// Cuts the row that was only asked for to know whether there are more.
pub(super) fn page<T>(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> i64) -> PageOf<T> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(id);
    PageOf { items, next }
}

/// Where a list begins: at its cursor; where nothing narrows it, below the highest key there can be, which makes a range
/// of what would be a scan that is cut short.
pub(super) fn below(before: Option<i64>, is_narrowed: bool) -> Option<i64> {
    before.or((!is_narrowed).then_some(i64::MAX))
}

/// The first text that does not begin with `prefix`.
pub(super) fn after(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
