//! A bare code, or the beginning of one: never a check-in, only a hint.

use crate::{messages, route::Kind, sms::context::TextContext};

/// Fewest letters that are taken for the beginning of a code.
const SHORTEST_PREFIX: usize = 3;

/// The hint for a text of one word; `None` when it looks like no code of the hiker's route.
pub fn for_word(context: &TextContext<'_>) -> Option<String> {
    let normal = context.text.normal.as_str();
    let route = context.route()?;
    if normal.len() < SHORTEST_PREFIX || normal.contains(' ') {
        return None;
    }
    let exact = route.camp(normal).or_else(|| route.peak(normal));
    let matches = exact.map_or_else(|| route.matching_prefix(normal), |place| vec![place]);
    if let [peak] = matches.as_slice()
        && peak.kind == Kind::Peak
    {
        let camp = route.camp_next_to(peak);
        let why = messages::routes::is_a_peak(peak);
        return Some(messages::check_in::not_done(&why, camp.as_slice()));
    }
    messages::routes::hint(&matches, normal)
}
