//! Codes of camps and peaks.

use crate::route::{Route, Waypoint};

/// Lines of a page of codes.
pub const PAGE_LINES: usize = 12;

/// A place on a line: `PELIO New Pelion Hut`.
pub fn line(place: &Waypoint) -> String {
    format!("{} {}", place.code, place.name)
}

/// The pages of a route's codes: those of the camps, and after them those of the peaks.
fn pages(route: &Route) -> Vec<Vec<String>> {
    let camps: Vec<String> = route.camps().map(line).collect();
    let peaks: Vec<String> = route
        .peaks()
        .map(|peak| format!("{} (peak)", line(peak)))
        .collect();
    [camps, peaks]
        .iter()
        .flat_map(|lines| lines.chunks(PAGE_LINES))
        .map(<[String]>::to_vec)
        .collect()
}

/// A page of a route's codes, camps first; `None` when there is no such page.
pub fn page(route: &Route, number: usize) -> Option<String> {
    let all = pages(route);
    let pages = all.len();
    let shown = all.get(number.checked_sub(1)?)?;
    let more = if number < pages {
        format!("\nROUTE {} shows more.", number.saturating_add(1))
    } else {
        String::new()
    };
    Some(format!(
        "{} {number}/{pages}\n{}{more}",
        route.name(),
        shown.join("\n")
    ))
}

/// The page that was asked for does not exist.
pub fn no_such_page(route: &Route) -> String {
    format!(
        "The codes of the {} route have {} pages. Text ROUTE 1.",
        route.name(),
        pages(route).len()
    )
}

/// Why there is no check-in at a peak; the nearest camp follows.
pub fn is_a_peak(peak: &Waypoint) -> String {
    format!("{} is a peak.", line(peak))
}

/// A bare code or the beginning of one: nothing was done.
pub fn hint(matches: &[&Waypoint], typed: &str) -> Option<String> {
    match matches {
        [] => None,
        [camp] => Some(format!(
            "{}: nobody was told. To check in there, text\nCHECKIN {}",
            line(camp),
            camp.code
        )),
        several => {
            let lines: Vec<String> = several.iter().take(PAGE_LINES).map(|place| line(place)).collect();
            Some(format!(
                "{typed} could be:\n{}\nNobody was told. To check in:\nCHECKIN <camp code>",
                lines.join("\n")
            ))
        }
    }
}
