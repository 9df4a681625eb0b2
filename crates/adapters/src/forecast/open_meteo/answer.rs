//! Open-Meteo's JSON. What was not asked for, another unit, a column of another length: all of it is no forecast.

use std::time::Duration;

use serde_json::{Map, Value};
use thunderbird_domain::{
    forecast::{Cell, Celsius, Degrees, Flaw, Hour, Kmh, Level, Metres, Percent, TenthMm},
    time::Timestamp,
};

use super::super::reading::Values;

/// Levels of pressure in hPa, from low to high.
pub(super) const LEVELS: [u16; 5] = [950, 925, 900, 850, 800];

/// What is asked of the ground, with the unit that it must have.
const SURFACE: [(&str, &str); 7] = [
    ("temperature_2m", "°C"),
    ("wind_speed_10m", "km/h"),
    ("wind_direction_10m", "°"),
    ("wind_gusts_10m", "km/h"),
    ("precipitation", "mm"),
    ("precipitation_probability", "%"),
    ("cloud_cover_low", "%"),
];

const ZERO_LEVEL: &str = "freezing_level_height";

/// The unit of a column that the model does not have; all of its values are absent.
const UNDEFINED: &str = "undefined";

/// More hours than this no answer has: 16 days.
const MOST_HOURS: usize = 400;

/// The ground's forecast.
#[derive(Debug, PartialEq, Eq)]
pub struct Surface {
    /// The height of the model's ground.
    pub ground: Option<Metres>,
    /// Hour by hour.
    pub hours: Vec<Hour>,
    /// Values that were left out.
    pub impossible: u32,
}

/// The names of the variables of the ground.
pub(super) fn surface_variables() -> String {
    SURFACE.map(|(name, _)| name).join(",")
}

/// The names of the variables of the free air.
pub(super) fn level_variables(levels: &[u16]) -> String {
    let mut names = vec![ZERO_LEVEL.to_owned()];
    for level in levels {
        let names_of_level = [
            "temperature",
            "wind_speed",
            "wind_direction",
            "geopotential_height",
        ];
        names.extend(names_of_level.map(|name| format!("{name}_{level}hPa")));
    }
    names.join(",")
}

/// What an error says.
pub(super) fn reason(body: &[u8]) -> String {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    let reason = read.as_ref().and_then(|read| read.get("reason")?.as_str());
    reason.unwrap_or_default().to_owned()
}

/// How long after its announcement a run is served by every machine of the provider (Open-Meteo, "Model updates and data
/// availability").
const SERVED_AFTER: Duration = Duration::from_mins(10);

/// The newest run that the description of a model promises at this instant: the one before the run that it names, if that
/// one was announced a moment ago.
///
/// # Errors
///
/// The [`Flaw`] of a description without one.
pub fn run(body: &[u8], now: Timestamp) -> Result<Timestamp, Flaw> {
    let read: Value = serde_json::from_slice(body).map_err(|_| Flaw::Shape)?;
    let seconds = read
        .get("last_run_initialisation_time")
        .and_then(Value::as_i64)
        .ok_or(Flaw::NoRun)?;
    if seconds <= 0 {
        return Err(Flaw::NoRun);
    }
    let number = |name| read.get(name).and_then(Value::as_i64);
    let announced = number("last_run_availability_time").map(instant);
    let interval = number("update_interval_seconds").filter(|seconds| (1..=86_400).contains(seconds));
    Ok(match (announced, interval) {
        (Some(announced), Some(interval)) if now < announced.plus(SERVED_AFTER) => {
            instant(seconds - interval)
        }
        _ => instant(seconds),
    })
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

/// The columns of an answer.
struct Table<'a> {
    root: Map<String, Value>,
    times: Vec<Timestamp>,
    asked: &'a [(String, &'static str)],
}

impl<'a> Table<'a> {
    fn read(body: &[u8], cell: Cell, asked: &'a [(String, &'static str)]) -> Result<Self, Flaw> {
        let read: Value = serde_json::from_slice(body).map_err(|_| Flaw::Shape)?;
        let Value::Object(root) = read else {
            return Err(Flaw::Shape);
        };
        let number = |name| root.get(name).and_then(Value::as_f64).ok_or(Flaw::Shape);
        if !cell.is_near(number("latitude")?, number("longitude")?) {
            return Err(Flaw::Place);
        }
        if root.get("utc_offset_seconds").and_then(Value::as_i64) != Some(0) {
            return Err(Flaw::Units);
        }
        let units = root.get("hourly_units").ok_or(Flaw::Shape)?;
        let unit = |name: &str| units.get(name).and_then(Value::as_str);
        if unit("time") != Some("unixtime") {
            return Err(Flaw::Units);
        }
        for (name, expected) in asked {
            if !unit(name).is_some_and(|unit| unit == *expected || unit == UNDEFINED) {
                return Err(Flaw::Units);
            }
        }
        let times = root
            .get("hourly")
            .and_then(|hourly| hourly.get("time")?.as_array());
        let times = times
            .filter(|times| times.len() <= MOST_HOURS)
            .ok_or(Flaw::Shape)?;
        let times: Option<Vec<Timestamp>> = times.iter().map(|time| Some(instant(time.as_i64()?))).collect();
        let times = times.ok_or(Flaw::Shape)?;
        if !times.is_sorted_by(|one, next| one < next) {
            return Err(Flaw::Order);
        }
        let table = Self { root, times, asked };
        table.has_whole_columns()?;
        Ok(table)
    }

    fn column(&self, name: &str) -> Option<&Vec<Value>> {
        self.root.get("hourly")?.get(name)?.as_array()
    }

    fn has_whole_columns(&self) -> Result<(), Flaw> {
        let is_whole = |(name, _): &(String, &str)| {
            self.column(name)
                .is_some_and(|column| column.len() == self.times.len())
        };
        if self.asked.iter().all(is_whole) {
            Ok(())
        } else {
            Err(Flaw::Shape)
        }
    }

    /// A value of a column; absent where the model does not have the column.
    fn value(&self, name: &str, row: usize) -> Option<&Value> {
        let unit = self
            .root
            .get("hourly_units")
            .and_then(|units| units.get(name)?.as_str());
        self.column(name).filter(|_| unit != Some(UNDEFINED))?.get(row)
    }
}

/// Reads the ground's forecast.
///
/// # Errors
///
/// The [`Flaw`] of an answer that cannot be used.
pub fn surface(body: &[u8], cell: Cell) -> Result<Surface, Flaw> {
    let asked = SURFACE.map(|(name, unit)| (name.to_owned(), unit));
    let table = Table::read(body, cell, &asked)?;
    let mut values = Values::default();
    let mut hours = Vec::with_capacity(table.times.len());
    for (row, at) in table.times.iter().enumerate() {
        let value = |name| table.value(name, row);
        hours.push(Hour {
            air: values.read(value("temperature_2m"), Celsius::measured)?,
            wind: values.read(value("wind_speed_10m"), Kmh::wind)?,
            from: values.read(value("wind_direction_10m"), Degrees::measured)?,
            gust: values.read(value("wind_gusts_10m"), Kmh::gust)?,
            water: values.read(value("precipitation"), |mm| TenthMm::measured(mm, 1))?,
            chance: values.read(value("precipitation_probability"), Percent::measured)?,
            low_cloud: values.read(value("cloud_cover_low"), Percent::measured)?,
            ..Hour::empty(*at, 1)
        });
    }
    let ground = values.read(table.root.get("elevation"), Metres::ground)?;
    Ok(Surface {
        ground,
        hours,
        impossible: values.left_out()?,
    })
}

/// An instant of the free air: the 0 C level, and the levels of which everything is known.
pub type FreeAir = (Timestamp, Option<Metres>, Vec<Level>);

/// Reads the free air's forecast, and how many values were left out.
///
/// # Errors
///
/// The [`Flaw`] of an answer that cannot be used.
pub fn free_air(body: &[u8], cell: Cell) -> Result<(Vec<FreeAir>, u32), Flaw> {
    let mut asked = vec![(ZERO_LEVEL.to_owned(), "m")];
    for level in LEVELS {
        let with_units = [
            ("temperature", "°C"),
            ("wind_speed", "km/h"),
            ("wind_direction", "°"),
            ("geopotential_height", "m"),
        ];
        asked.extend(with_units.map(|(name, unit)| (format!("{name}_{level}hPa"), unit)));
    }
    let table = Table::read(body, cell, &asked)?;
    let mut values = Values::default();
    let mut free = Vec::with_capacity(table.times.len());
    for (row, at) in table.times.iter().enumerate() {
        let zero = values.read(table.value(ZERO_LEVEL, row), Metres::zero_level)?;
        let mut levels: Vec<Level> = Vec::new();
        for level in LEVELS {
            levels.extend(level_at(&table, (level, row), &mut values)?);
        }
        levels.sort_by_key(|level| level.height);
        free.push((*at, zero, levels));
    }
    Ok((free, values.left_out()?))
}

/// One level, if everything is known of it.
fn level_at(
    table: &Table<'_>,
    (level, row): (u16, usize),
    values: &mut Values,
) -> Result<Option<Level>, Flaw> {
    let value = |name: &str| table.value(&format!("{name}_{level}hPa"), row);
    let height = values.read(value("geopotential_height"), Metres::level)?;
    let air = values.read(value("temperature"), Celsius::measured)?;
    let wind = values.read(value("wind_speed"), Kmh::wind)?;
    let from = values.read(value("wind_direction"), Degrees::measured)?;
    let known = height.zip(air).zip(wind.zip(from));
    Ok(known.map(|((height, air), (wind, from))| Level {
        height,
        air,
        wind,
        from,
    }))
}
