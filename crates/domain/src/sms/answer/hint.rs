//! A bare code, or the beginning of one: never a check-in, only a hint.

use crate::{messages, sms::case::Case};

/// Fewest letters that are taken for the beginning of a code.
const SHORTEST_PREFIX: usize = 3;

/// The hint for a text of one word; `None` when it looks like no code of the hiker's route.
pub fn for_word(case: &Case<'_>, normal: &str) -> Option<String> {
    let route = case.route()?;
    if normal.len() < SHORTEST_PREFIX || normal.contains(' ') {
        return None;
    }
    let exact = route.camp(normal).or_else(|| route.peak(normal));
    let matches = exact.map_or_else(|| route.matching_prefix(normal), |place| vec![place]);
    messages::routes::hint(&matches, normal)
}
