//! Seven days, a line each: one place, or the worst of several.

use jiff::tz::TimeZone;

use super::{
    figures::{self, Columns},
    hours, lists,
    page::{Page, Spare, clock, day_and_zone, minute, sun_line, sun_of},
};
use crate::{
    forecast::{
        About, Asked, Found, Place,
        days::{DAYS, Day, days, zoned},
        stretch::{Range, Site, Stretch},
        sun::Sun,
        units::Celsius,
    },
    time::Timestamp,
};

/// From this day on, counted from 0, a forecast is little more than a guess.
const GUESS: usize = 4;

fn weekday(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%a").to_string()
}

/// `Thu 19 Nov 07:00 to Wed 25, AEDT`.
fn extent(page: &mut Page, days: &[Day], zone: &TimeZone) {
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let (day, abbreviation) = day_and_zone(first.from, zone);
        let end = zoned(last.from, zone).strftime("%a %-d").to_string();
        page.line(format!(
            "{day} {} to {end}, {abbreviation}",
            clock(first.from, zone)
        ));
    }
}

/// How far it can be relied on, and where it ends.
fn trust(page: &mut Page, days: &[Day], zone: &TimeZone) {
    let guesses = days.get(GUESS..).unwrap_or_default();
    match guesses {
        [] => {}
        [one] => page.line(format!("{}: little more than a guess", weekday(one.from, zone))),
        [first, .., last] => {
            let (first, last) = (weekday(first.from, zone), weekday(last.from, zone));
            page.line(format!("{first} to {last}: little more than a guess"));
        }
    }
    let is_short = i64::try_from(days.len()).is_ok_and(|count| count < DAYS);
    if let Some(last) = days.last().filter(|_| is_short) {
        page.line(format!("Ends {}", weekday(last.from, zone)));
    }
}

pub(super) fn one(page: &mut Page, asked: &Asked, found: &Found<'_>, now: Timestamp) {
    let Some(place) = asked.places.first() else { return };
    let Some(forecast) = found.of(place.cell()) else {
        return;
    };
    let zone = asked.time_zone();
    hours::title(page, asked, place);
    let known_to = forecast.hours.last().map_or(now, |hour| hour.at);
    let days = days(now, &zone, known_to);
    if days.is_empty() {
        page.line(format!(
            "Ends {} {}: no whole day",
            weekday(known_to, &zone),
            clock(known_to, &zone)
        ));
        page.ground(forecast, place.height);
        return;
    }
    extent(page, &days, &zone);
    let site = Site::new(forecast, place.height, asked.about == About::Peak);
    let told: Vec<Stretch> = days.iter().map(|day| site.stretch(day.from, day.to)).collect();
    let columns = Columns::of(&told.iter());
    let told_wind = Columns {
        wind: columns.wind && !columns.gust,
        ..columns
    };
    page.line(figures::legend("C low..high", told_wind));
    if columns.wind && !columns.gust {
        page.line(figures::NO_GUSTS);
    }
    for row in &told {
        page.line(line(row, columns, &zone));
    }
    if told.iter().any(|row| row.is_partial) {
        page.spare(Spare::Partial, figures::PARTIAL);
    }
    if told.iter().any(Stretch::can_be_snow) {
        page.line(figures::SNOW);
    }
    trust(page, &days, &zone);
    suns(page, &days, (&zone, place));
    if asked.about == About::Spot {
        page.square(place.cell());
    }
    page.ground(forecast, place.height);
    page.wind(&site, forecast.ground);
    page.position(place);
}

/// One day: `Thu 3..7 SW75 7.9 80%`.
fn line(row: &Stretch, columns: Columns, zone: &TimeZone) -> String {
    let mut words = vec![weekday(row.from, zone)];
    words.extend(columns.air.then(|| figures::low_and_high(row.air)));
    words.extend((columns.wind || columns.gust).then(|| figures::worst(row, columns)));
    words.extend(columns.water.then(|| figures::water(row)));
    words.extend(columns.chance.then(|| figures::chance(row.chance)));
    words.extend(row.is_partial.then(|| "?".to_owned()));
    words.join(" ")
}

/// Sunrise and sunset of the first day and of the last one.
fn suns(page: &mut Page, days: &[Day], (zone, place): (&TimeZone, &Place)) {
    let at = |day: &Day| sun_of(day.from, zone, (place.latitude, place.longitude));
    let (Some(first), Some(last)) = (days.first().map(at), days.last().map(at)) else {
        return;
    };
    let line = match (first, last) {
        (
            Sun::Rises { rise, set },
            Sun::Rises {
                rise: last_rise,
                set: last_set,
            },
        ) => format!(
            "Sunrise {}-{}, set {}-{}",
            minute(rise, zone),
            minute(last_rise, zone),
            minute(set, zone),
            minute(last_set, zone)
        ),
        (first, _) => sun_line(first, zone),
    };
    page.spare(Spare::Sun, line);
}

pub(super) fn many(page: &mut Page, asked: &Asked, found: &Found<'_>, now: Timestamp) {
    let zone = asked.time_zone();
    lists::title(page, asked);
    let ends = found
        .forecasts
        .iter()
        .filter_map(|forecast| Some(forecast.hours.last()?.at));
    let known_to = ends.min().unwrap_or(now);
    let days = days(now, &zone, known_to);
    if days.is_empty() {
        page.line(format!(
            "Ends {} {}: no whole day",
            weekday(known_to, &zone),
            clock(known_to, &zone)
        ));
        return;
    }
    extent(page, &days, &zone);
    let of_day = |day: &Day| -> Vec<(&Place, Stretch)> {
        lists::sites(asked, found)
            .filter_map(|(place, site)| Some((place, site?.stretch(day.from, day.to))))
            .collect()
    };
    let told: Vec<Vec<(&Place, Stretch)>> = days.iter().map(of_day).collect();
    let columns = table_of_many(page, (&days, &zone), &told);
    trust(page, &days, &zone);
    lists::heights(page, asked, found);
    let missing = asked
        .places
        .iter()
        .filter(|place| found.of(place.cell()).is_none())
        .count();
    if missing > 0 {
        page.line(format!("{missing} of {} places missing", asked.places.len()));
    }
    let windiest = told
        .iter()
        .flatten()
        .max_by_key(|(_, row)| figures::gust_or_wind(row, columns));
    if let Some((place, _)) = windiest {
        page.spare(
            Spare::OneOf,
            format!("One of them: {} {}", asked.span.as_str(), place.label),
        );
    }
    lists::more(page, asked);
}

/// The lines of the days of several places, with what they mean.
fn table_of_many(
    page: &mut Page,
    (days, zone): (&[Day], &TimeZone),
    told: &[Vec<(&Place, Stretch)>],
) -> Columns {
    let columns = Columns::of(&told.iter().flatten().map(|(_, row)| row));
    let wind = if columns.gust { "gust" } else { "wind" };
    page.line(format!("Lowest..highest C of all, worst {wind}"));
    page.line(if columns.wind && !columns.gust {
        "km/h (no gusts known), most rain, where"
    } else {
        "km/h and where, most rain mm and where"
    });
    for (day, rows) in days.iter().zip(told) {
        page.line(worst_of(rows, columns, &weekday(day.from, zone)));
    }
    if told.iter().flatten().any(|(_, row)| row.is_partial) {
        page.spare(Spare::Partial, figures::PARTIAL);
    }
    if told.iter().flatten().any(|(_, row)| row.can_be_snow()) {
        page.line(figures::SNOW);
    }
    columns
}

/// One day of several places: `Thu -4..3 105 OSSA 14s BARNB`.
fn worst_of(rows: &[(&Place, Stretch)], columns: Columns, day: &str) -> String {
    let air: Range<Celsius> = rows
        .iter()
        .filter_map(|(_, row)| row.air)
        .reduce(|(low, high), (other_low, other_high)| (low.min(other_low), high.max(other_high)));
    let mut words = vec![day.to_owned(), figures::low_and_high(air)];
    let windiest = first_most(rows, |row| figures::gust_or_wind(row, columns));
    words.push(windiest.map_or_else(
        || "-".to_owned(),
        |(place, speed)| format!("{speed} {}", place.label),
    ));
    let wettest = first_most(rows, |row| row.water);
    let row = wettest.and_then(|(place, _)| rows.iter().find(|(other, _)| other.label == place.label));
    words.push(match (row, wettest) {
        (Some((place, row)), Some((_, water))) if water.tenths() > 0 => {
            format!("{} {}", figures::water(row), place.label)
        }
        (Some((_, row)), _) => figures::water(row),
        (None, _) => "-".to_owned(),
    });
    let is_partial = rows.iter().any(|(_, row)| row.is_partial);
    words.extend(is_partial.then(|| "?".to_owned()));
    words.join(" ")
}

/// The first of the places that have the most of something.
fn first_most<'a, T: Ord + Copy>(
    rows: &[(&'a Place, Stretch)],
    value: impl Fn(&Stretch) -> Option<T>,
) -> Option<(&'a Place, T)> {
    let mut most: Option<(&Place, T)> = None;
    for (place, row) in rows {
        if let Some(value) = value(row)
            && most.is_none_or(|(_, known)| value > known)
        {
            most = Some((place, value));
        }
    }
    most
}
