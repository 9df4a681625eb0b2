//! Codes of camps and peaks.

use crate::route::{Kind, Route, Waypoint};

/// Lines of a page of codes.
pub const PAGE_LINES: usize = 12;

/// A place on a line: `PELIO New Pelion Hut`.
pub fn line(place: &Waypoint) -> String {
    format!("{} {}", place.code, place.name)
}

/// A page of a route's codes, camps first; `None` when there is no such page.
pub fn page(route: &Route, number: usize) -> Option<String> {
    let camps = route.camps().map(line);
    let peaks = route.peaks().map(|peak| format!("{} (peak)", line(peak)));
    let lines: Vec<String> = camps.chain(peaks).collect();
    let pages = lines.len().div_ceil(PAGE_LINES);
    let shown = lines.chunks(PAGE_LINES).nth(number.checked_sub(1)?)?;
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
    let lines = route.waypoints().len();
    format!(
        "The codes of the {} route have {} pages. Text ROUTE 1.",
        route.name(),
        lines.div_ceil(PAGE_LINES)
    )
}

/// A bare code or the beginning of one: nothing was done.
pub fn hint(matches: &[&Waypoint], typed: &str) -> Option<String> {
    match matches {
        [] => None,
        [place] if place.kind == Kind::Peak => Some(format!(
            "{} is a peak. Nobody was told. Check in at a camp:\nCHECKIN <camp code>",
            line(place)
        )),
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
