//! Forecasts, as hikers read them. Every answer with a number in it says which run it is of, when we got it, whose it is,
//! and that it has no warnings.

mod days;
mod figures;
mod hours;
mod lists;
mod page;
mod source;

use std::time::Duration;

use super::local_time;
use crate::{
    forecast::{Asked, Cause, Found, Look, NotFound, Obstacle, Span, asked::About},
    route::Route,
    sms::parts::parts,
    time::Timestamp,
};

pub use self::source::SIMULATED;
use self::{
    page::{Page, clock},
    source::hours_of,
};

/// The forecast for what was asked.
pub fn answer(asked: &Asked, found: &Found<'_>, now: Timestamp) -> String {
    let mut page = Page::default();
    page.head(found);
    match (asked.about, asked.span) {
        (About::Camp | About::Peak | About::Spot, Span::Week) => days::one(&mut page, asked, found, now),
        (About::Camp | About::Peak | About::Spot, _) => hours::one(&mut page, asked, found, now),
        (About::Camps | About::Peaks, Span::Week) => days::many(&mut page, asked, found, now),
        (About::Camps | About::Peaks, _) => lists::many(&mut page, asked, found, now),
    }
    page.foot(asked, found);
    page.fitted()
}

/// An answer as the texts that it is sent as. Each text of the simulator says that it is no weather.
pub fn texts(answer: &str) -> Vec<String> {
    let is_simulated = answer.starts_with(SIMULATED);
    let mark = |part: String| {
        if is_simulated && !part.starts_with(SIMULATED) {
            format!("{SIMULATED}\n{part}")
        } else {
            part
        }
    };
    parts(answer).into_iter().map(mark).collect()
}

/// The forecast is fetched, and comes in a text of its own.
pub fn later(asked: &Asked, due_at: Timestamp) -> String {
    let by = clock(due_at, &asked.time_zone());
    format!(
        "Getting the forecast for {}. It comes in a text of its own, by {by}. If none comes, ask again.",
        asked.label()
    )
}

/// There is no forecast, and why.
pub fn failure(asked: &Asked, look: &Look<'_>, obstacle: Obstacle, now: Timestamp) -> String {
    let label = asked.label();
    let again_at = obstacle.until.max(now);
    let again = if again_at.since(now) < Duration::from_hours(20) {
        clock(again_at, &asked.time_zone())
    } else {
        local_time(again_at, &asked.time_zone())
    };
    match (look, obstacle.cause) {
        (Look::TooOld(age), Cause::Silence) => format!(
            "No forecast for {label}: the newest is {}h old, too old to rely on. The weather services do not answer. Ask \
             again later.",
            hours_of(*age)
        ),
        (Look::TooOld(age), Cause::UsedUp) => format!(
            "No forecast for {label}: the newest is {}h old, too old to rely on, and we may ask for no more today. \
             Ask again from {again}.",
            hours_of(*age)
        ),
        (_, Cause::Silence) => format!(
            "No forecast for {label}: no weather service answered. That says nothing about the weather. Ask again from \
             {again}."
        ),
        (_, Cause::UsedUp) => format!(
            "No forecast for {label}: we may ask the weather services no more today. That says nothing about the weather. \
             Ask again from {again}."
        ),
    }
}

/// The hiker has asked too often.
pub fn too_many(per_day: u32, again_at: Timestamp, asked: &Asked) -> String {
    let again = clock(again_at, &asked.time_zone());
    format!(
        "No forecast now: you asked for {per_day} today. Again from {again}. Check-ins and all else work as always."
    )
}

/// The text does not say which place is meant.
pub fn not_found(not_found: &NotFound, span: Span, route: &Route) -> String {
    let word = span.as_str();
    match not_found {
        NotFound::Unclear => String::from(
            "CAST was not done: north or south, east or west? Write for example\nCAST 41.87S 146.03E 1600\n(the last \
             number: your height in metres)",
        ),
        NotFound::Page { list, is_empty } => {
            let (list, many) = match list {
                About::Camps => ("CAMPS", "camps"),
                _ => ("PEAKS", "peaks"),
            };
            let name = route.short_name();
            if *is_empty {
                format!("CAST was not done: {name} has no {many}. Text ROUTE for the codes.")
            } else {
                format!("{name} has no such page. The first one:\n{word} {list}")
            }
        }
        NotFound::NoCamp => {
            let code = route
                .camps()
                .next()
                .map_or_else(String::new, |camp| camp.code.to_string());
            format!(
                "Which place? Text the word and a code, such as\n{word} {code}\nText ROUTE for the codes."
            )
        }
        NotFound::Code { near, .. } if near.is_empty() => {
            format!(
                "CAST was not done: no place of {} has this code. Text ROUTE for the codes.",
                route.short_name()
            )
        }
        NotFound::Code { near, .. } => {
            let lines: Vec<String> = near.iter().map(|code| format!("{word} {code}")).collect();
            format!(
                "CAST was not done: that is no code. Did you mean\n{}",
                lines.join("\n")
            )
        }
    }
}
