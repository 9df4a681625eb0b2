//! Hours and questions as the store keeps them: JSON, read back value by value.

use serde::{Deserialize, Serialize};
use thunderbird_domain::{
    forecast::{
        About, Asked, Cell, Celsius, Degrees, Hour, Kmh, Level, Metres, Percent, Place, Span, TenthMm,
    },
    route::Coordinate,
    time::Timestamp,
};

/// The index of a cell in two columns.
pub(super) fn index(cell: Cell) -> (i64, i64) {
    (cell.lat().into(), cell.lon().into())
}

/// The cell with this index.
pub(super) fn cell(lat: i64, lon: i64) -> Cell {
    let part = |index: i64| i16::try_from(index).unwrap_or_default();
    Cell::at(part(lat), part(lon))
}

/// A height, if it is one.
pub(super) fn metres(whole: i64) -> Option<Metres> {
    i16::try_from(whole).ok().map(Metres::from_whole)
}

/// An hour: its end, how many hours it stands for, and its values.
#[derive(Serialize, Deserialize)]
struct HourRow {
    at: i64,
    h: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    air: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wind: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gust: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    water: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chance: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cloud: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zero: Option<i16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    free: Vec<(i16, i16, u16, u16)>,
}

impl From<&Hour> for HourRow {
    fn from(hour: &Hour) -> Self {
        let level = |level: &Level| {
            (
                level.height.whole(),
                level.air.tenths(),
                level.wind.whole(),
                level.from.whole(),
            )
        };
        Self {
            at: hour.at.as_seconds(),
            h: hour.hours,
            air: hour.air.map(Celsius::tenths),
            wind: hour.wind.map(Kmh::whole),
            from: hour.from.map(Degrees::whole),
            gust: hour.gust.map(Kmh::whole),
            water: hour.water.map(TenthMm::tenths),
            chance: hour.chance.map(Percent::whole),
            cloud: hour.low_cloud.map(Percent::whole),
            zero: hour.zero.map(Metres::whole),
            free: hour.profile.iter().map(level).collect(),
        }
    }
}

impl From<HourRow> for Hour {
    fn from(row: HourRow) -> Self {
        let level = |(height, air, wind, from)| Level {
            height: Metres::from_whole(height),
            air: Celsius::from_tenths(air),
            wind: Kmh::from_whole(wind),
            from: Degrees::from_whole(from),
        };
        Self {
            at: Timestamp::from_micros(row.at.saturating_mul(1_000_000)),
            hours: row.h,
            air: row.air.map(Celsius::from_tenths),
            wind: row.wind.map(Kmh::from_whole),
            from: row.from.map(Degrees::from_whole),
            gust: row.gust.map(Kmh::from_whole),
            water: row.water.map(TenthMm::from_tenths),
            chance: row.chance.map(Percent::from_whole),
            low_cloud: row.cloud.map(Percent::from_whole),
            zero: row.zero.map(Metres::from_whole),
            profile: row.free.into_iter().map(level).collect(),
        }
    }
}

/// Hours as they are stored.
pub(super) fn of_hours(hours: &[Hour]) -> String {
    let rows: Vec<HourRow> = hours.iter().map(HourRow::from).collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// Hours that were stored.
pub(super) fn read_hours(stored: &str) -> Option<Vec<Hour>> {
    let rows: Vec<HourRow> = serde_json::from_str(stored).ok()?;
    Some(rows.into_iter().map(Hour::from).collect())
}

#[derive(Serialize, Deserialize)]
struct PlaceRow {
    label: String,
    name: String,
    latitude: i32,
    longitude: i32,
    height: Option<i16>,
    checked: bool,
}

#[derive(Serialize, Deserialize)]
struct AskedRow {
    span: String,
    about: String,
    route: String,
    page: usize,
    total: usize,
    zone: String,
    warnings: Option<String>,
    places: Vec<PlaceRow>,
}

/// A question as it is stored.
pub(super) fn of_asked(asked: &Asked) -> String {
    let place = |place: &Place| PlaceRow {
        label: place.label.clone(),
        name: place.name.clone(),
        latitude: place.latitude.as_microdegrees(),
        longitude: place.longitude.as_microdegrees(),
        height: place.height.map(Metres::whole),
        checked: place.is_checked,
    };
    let row = AskedRow {
        span: asked.span.as_str().to_owned(),
        about: asked.about.as_str().to_owned(),
        route: asked.route.clone(),
        page: asked.page,
        total: asked.total,
        zone: asked.zone.clone(),
        warnings: asked.warnings.clone(),
        places: asked.places.iter().map(place).collect(),
    };
    serde_json::to_string(&row).unwrap_or_default()
}

/// A question that was stored.
pub(super) fn read_asked(stored: &str) -> Option<Asked> {
    let row: AskedRow = serde_json::from_str(stored).ok()?;
    let place = |place: PlaceRow| Place {
        label: place.label,
        name: place.name,
        latitude: Coordinate::from_microdegrees(place.latitude),
        longitude: Coordinate::from_microdegrees(place.longitude),
        height: place.height.map(Metres::from_whole),
        is_checked: place.checked,
    };
    Some(Asked {
        span: Span::parse(&row.span)?,
        about: About::parse(&row.about)?,
        route: row.route,
        page: row.page,
        total: row.total,
        zone: row.zone,
        warnings: row.warnings,
        places: row.places.into_iter().map(place).collect(),
    })
}

/// Says that a question about the weather cannot be read.
pub(super) fn complain(error: &diesel::result::Error) {
    tracing::warn!(event = "forecast.unreadable", %error, "a question about the weather cannot be read");
}
