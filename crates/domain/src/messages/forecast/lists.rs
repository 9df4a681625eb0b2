//! Several places, a line each, over the next hours.

use std::time::Duration;

use super::{
    figures::{self, Columns},
    page::{Page, Spare, day_and_zone, hour},
};
use crate::{
    forecast::{
        About, Asked, Found, Place, Span,
        stretch::{Site, Stretch, rows},
    },
    time::Timestamp,
};

pub(super) fn many(page: &mut Page, asked: &Asked, found: &Found<'_>, now: Timestamp) {
    title(page, asked);
    let zone = asked.time_zone();
    let Some((from, to)) = extent(asked, found, now) else {
        return;
    };
    let told: Vec<(&Place, Option<Stretch>)> = sites(asked, found)
        .map(|(place, site)| (place, site.map(|site| site.stretch(from, to))))
        .collect();
    let columns = Columns::of(&told.iter().filter_map(|(_, row)| row.as_ref()));
    let (day, abbreviation) = day_and_zone(from, &zone);
    let times = match asked.span {
        Span::Half => format!("{}-{}", hour(from, &zone), hour(to, &zone)),
        Span::Day | Span::Week => format!("{}h from {}", to.since(from).as_secs() / 3_600, hour(from, &zone)),
    };
    page.line(format!("{day} {times} {abbreviation}. C low..high,"));
    page.line(match (columns.gust, columns.wind) {
        (true, _) => "worst gust km/h, rain mm",
        (false, true) => "wind km/h (no gusts known), rain mm",
        (false, false) => "rain mm",
    });
    for (place, row) in &told {
        page.line(
            row.as_ref()
                .map_or_else(|| format!("{} -", place.label), |row| line(place, row, columns)),
        );
    }
    let known: Vec<&Stretch> = told.iter().filter_map(|(_, row)| row.as_ref()).collect();
    if known.iter().any(|row| row.is_partial) {
        page.spare(Spare::Partial, figures::PARTIAL);
    }
    if known.iter().any(|row| row.can_be_snow()) {
        page.line(figures::SNOW);
    }
    heights(page, asked, found);
    more(page, asked);
}

/// `CAST CAMPS Overland, 10 camps`, with the page where there are several.
pub(super) fn title(page: &mut Page, asked: &Asked) {
    let (word, many) = match asked.about {
        About::Peaks => ("PEAKS", "peaks"),
        _ => ("CAMPS", "camps"),
    };
    let pages = asked.pages();
    let number = if pages > 1 {
        format!(" ({}/{pages})", asked.page)
    } else {
        String::new()
    };
    let (span, count) = (asked.span.as_str(), asked.total);
    page.title(
        format!("{span} {word} {}, {count} {many}{number}", asked.route),
        format!("{span} {word}, {count} {many}{number}"),
    );
}

/// Each place with what is forecast there.
pub(super) fn sites<'a>(
    asked: &'a Asked,
    found: &'a Found<'_>,
) -> impl Iterator<Item = (&'a Place, Option<Site<'a>>)> {
    asked.places.iter().map(move |place| {
        let forecast = found.of(place.cell());
        (
            place,
            forecast.map(|forecast| Site::new(forecast, place.height, asked.about == About::Peaks)),
        )
    })
}

/// The time that all forecasts cover, as far as it was asked for.
fn extent(asked: &Asked, found: &Found<'_>, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let of_each = found.forecasts.iter().filter_map(|forecast| {
        let rows = rows(forecast, now, asked.span.hours());
        Some((rows.first()?.0, rows.last()?.1))
    });
    let (from, to) = of_each.reduce(|(from, to), (_, other)| (from, to.min(other)))?;
    let asked_for = from.plus(Duration::from_hours(asked.span.hours()));
    Some((from, to.min(asked_for)))
}

/// One place: `RONNY 0..6 W35 5.1s`.
fn line(place: &Place, row: &Stretch, columns: Columns) -> String {
    let mut words = vec![place.label.clone()];
    words.extend(columns.air.then(|| figures::low_and_high(row.air)));
    words.extend((columns.wind || columns.gust).then(|| figures::worst(row, columns)));
    words.extend(columns.water.then(|| figures::water(row)));
    words.extend(row.is_partial.then(|| "?".to_owned()));
    words.join(" ")
}

/// For which heights the temperatures are, and which wind counts.
pub(super) fn heights(page: &mut Page, asked: &Asked, found: &Found<'_>) {
    let is_known = found.forecasts.iter().all(|forecast| forecast.ground.is_some());
    page.line(if is_known {
        "C moved to each height"
    } else {
        "Height of the model unknown, C not moved"
    });
    let (free, without): (usize, usize) =
        sites(asked, found)
            .filter_map(|(_, site)| site)
            .fold((0, 0), |(free, without), site| {
                (
                    free + usize::from(site.uses_free_air()),
                    without + usize::from(site.lacks_free_air()),
                )
            });
    if without > 0 {
        page.line("10m wind: ridges have more");
    } else if free > 0 {
        page.spare(Spare::Wind, "Wind: 10m or free air, the stronger");
    }
    if asked.places.iter().any(|place| !place.is_checked) {
        page.line("Positions partly unchecked");
    }
}

/// How the next page is asked for.
pub(super) fn more(page: &mut Page, asked: &Asked) {
    if asked.page < asked.pages() {
        let label = asked.label();
        page.spare(
            Spare::More,
            format!("More: {} {label} {}", asked.span.as_str(), asked.page + 1),
        );
    }
}
