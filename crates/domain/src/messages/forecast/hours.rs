//! One place, in rows of three hours.

use super::{
    figures::{self, Columns},
    page::{Page, Spare, day_and_zone, hour, sun_line, sun_of},
};
use crate::{
    forecast::{
        About, Asked, Forecast, Found, Metres, Place, Span,
        days::zoned,
        stretch::{Site, Stretch, rows},
    },
    time::Timestamp,
};

pub(super) fn one(page: &mut Page, asked: &Asked, found: &Found<'_>, now: Timestamp) {
    let Some(place) = asked.places.first() else {
        return;
    };
    let Some(forecast) = found.of(place.cell()) else {
        return;
    };
    title(page, asked, place);
    let site = Site::new(forecast, place.height, asked.about == About::Peak);
    let told: Vec<Stretch> = rows(forecast, now, asked.span.hours())
        .into_iter()
        .map(|(from, to)| site.stretch(from, to))
        .collect();
    table(page, asked, &told);
    summary(page, asked, (&site, forecast), &told);
    let zone = asked.time_zone();
    let starts = told.first().map_or(now, |row| row.from);
    let sun = sun_of(starts, &zone, (place.latitude, place.longitude));
    page.spare(Spare::Sun, sun_line(sun, &zone));
    if asked.about == About::Spot {
        page.square(place.cell());
    }
    page.ground(forecast, place.height);
    page.wind(&site, forecast.ground);
    page.position(place);
}

/// The word, the place, and its height: `CAST PELIO New Pelion Hut 739m`.
pub(super) fn title(page: &mut Page, asked: &Asked, place: &Place) {
    let word = asked.span.as_str();
    let height = place.height.map(Metres::whole);
    if asked.about == About::Spot {
        page.line(match height {
            Some(height) => format!("{word} {} at {height}m (yours)", place.label),
            None => format!("{word} {}, no height given", place.label),
        });
        return;
    }
    let height = height.map_or_else(String::new, |height| format!(" {height}m"));
    let name = format!("{word} {} {}{height}", place.label, place.name);
    page.title(name, format!("{word} {}{height}", place.label));
}

fn table(page: &mut Page, asked: &Asked, told: &[Stretch]) {
    let zone = asked.time_zone();
    let Some(first) = told.first() else {
        return;
    };
    let (day, abbreviation) = day_and_zone(first.from, &zone);
    page.line(format!("{day}, {abbreviation}. Worst of each 3h:"));
    let columns = Columns::of(&told.iter());
    page.line(figures::legend("low C/feels", columns));
    if columns.wind && !columns.gust {
        page.line(figures::NO_GUSTS);
    }
    for row in told {
        page.line(line(asked, row, columns));
    }
    if told.iter().any(|row| row.is_partial) {
        page.spare(Spare::Partial, figures::PARTIAL);
    }
    if told.iter().any(Stretch::can_be_snow) {
        page.line(figures::SNOW);
    }
}

/// One row: `07-10 4/-1 W25-55 0.6 40%`.
fn line(asked: &Asked, row: &Stretch, columns: Columns) -> String {
    let zone = asked.time_zone();
    let mut words = vec![format!("{}-{}", hour(row.from, &zone), hour(row.to, &zone))];
    words.extend(columns.air.then(|| figures::low_and_feels(row)));
    words.extend((columns.wind || columns.gust).then(|| figures::wind_and_gust(row, columns)));
    words.extend(columns.water.then(|| figures::water(row)));
    words.extend((columns.chance && asked.span == Span::Half).then(|| figures::chance(row.chance)));
    words.extend(row.is_partial.then(|| "?".to_owned()));
    words.join(" ")
}

/// What is said of all rows together.
fn summary(page: &mut Page, asked: &Asked, (site, forecast): (&Site<'_>, &Forecast), told: &[Stretch]) {
    let (Some(first), Some(last)) = (told.first(), told.last()) else {
        return;
    };
    let all = site.stretch(first.from, last.to);
    let high = all
        .air
        .map(|(_, high)| format!("High {}C.", figures::celsius(high)));
    let zero = all
        .zero
        .map(|zero| format!("0C level {}", figures::zero_level(zero)));
    let both: Vec<String> = high.into_iter().chain(zero).collect();
    if !both.is_empty() {
        page.line(both.join(" "));
    }
    if let (Some(cloud), Span::Half) = (all.cloud, asked.span) {
        page.spare(
            Spare::Cloud,
            format!("Cloud below 3000m: {}", figures::cloud(cloud)),
        );
    }
    let asked_for = asked.span.hours() * 3_600;
    if last.to.since(first.from).as_secs() < asked_for {
        let end = forecast.hours.last().map_or(last.to, |hour| hour.at);
        page.line(format!(
            "Ends {}",
            zoned(end, &asked.time_zone()).strftime("%a %H:%M")
        ));
    }
}
