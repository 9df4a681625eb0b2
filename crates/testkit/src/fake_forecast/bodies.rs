//! The documented shapes with synthetic values. No value in here was ever the weather.

use std::{fmt::Write as _, time::Duration};

use thunderbird_domain::time::{Clock as _, Timestamp};

use super::fault::Fault;

/// What the weather is: the same in every hour, so that a test knows what must be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Weather {
    /// When the model's run began.
    pub run: Timestamp,
    /// The first hour of the answer.
    pub begins: Timestamp,
    /// How many hours follow.
    pub hours: u32,
    /// The height of the model's ground.
    pub ground: i32,
    /// Degrees Celsius at the ground.
    pub air: f64,
    /// Kilometres an hour.
    pub wind: f64,
    /// The same of gusts.
    pub gust: f64,
    /// Millimetres in an hour.
    pub rain: f64,
}

impl Default for Weather {
    /// The clock that tests stop, 2026-11-19T07:40:00Z, is in its second hour.
    fn default() -> Self {
        Self::at(crate::clock::StoppedClock::default().now())
    }
}

impl Weather {
    /// Weather whose run began three hours before this instant.
    pub fn at(now: Timestamp) -> Self {
        let hour = now.as_seconds().div_euclid(3_600) * 3_600;
        let hour = Timestamp::from_micros(hour * 1_000_000);
        let run = hour.minus(Duration::from_hours(3));
        Self {
            run,
            begins: run.minus(Duration::from_hours(2)),
            hours: 198,
            ground: 980,
            air: 5.0,
            wind: 30.0,
            gust: 52.0,
            rain: 0.2,
        }
    }

    fn times(&self) -> impl Iterator<Item = i64> {
        let first = self.begins.as_seconds();
        (0..i64::from(self.hours)).map(move |after| first + after * 3_600)
    }
}

/// The description of a model, which names its newest run.
pub fn run_description(weather: &Weather, fault: Option<Fault>) -> String {
    let day = 86_400;
    let run = match fault {
        Some(Fault::FutureRun) => weather.run.as_seconds() + day,
        Some(Fault::OldRun) => weather.run.as_seconds() - 9 * day,
        _ => weather.run.as_seconds(),
    };
    if fault == Some(Fault::NoRun) {
        return r#"{"update_interval_seconds":21600}"#.to_owned();
    }
    format!(
        r#"{{"last_run_initialisation_time":{run},"last_run_availability_time":{},"update_interval_seconds":21600}}"#,
        run + 7_200
    )
}

/// A column: its name, its unit, and a value for each hour.
struct Column {
    name: String,
    unit: &'static str,
    values: Vec<String>,
}

fn column(name: impl Into<String>, unit: &'static str, value: f64, hours: u32) -> Column {
    let values = vec![value.to_string(); usize::try_from(hours).unwrap_or_default()];
    Column {
        name: name.into(),
        unit,
        values,
    }
}

/// Open-Meteo's answer about the ground.
pub fn surface(weather: &Weather, place: (f64, f64), fault: Option<Fault>) -> String {
    let hours = weather.hours;
    let mut columns = vec![
        column("temperature_2m", "°C", weather.air, hours),
        column("wind_speed_10m", "km/h", weather.wind, hours),
        column("wind_direction_10m", "°", 270.0, hours),
        column("wind_gusts_10m", "km/h", weather.gust, hours),
        column("precipitation", "mm", weather.rain, hours),
        column("precipitation_probability", "%", 40.0, hours),
        column("cloud_cover_low", "%", 75.0, hours),
    ];
    for column in &mut columns {
        let is_gust = column.name == "wind_gusts_10m";
        match fault {
            Some(Fault::NullColumn | Fault::UndefinedUnit) if is_gust => {
                column.values.fill("null".to_owned());
                if fault == Some(Fault::UndefinedUnit) {
                    column.unit = "undefined";
                }
            }
            Some(Fault::Gust972) if is_gust => replace(column, 8, "972"),
            Some(Fault::BareNan) if is_gust => replace(column, 8, "nan"),
            Some(Fault::ShortColumn) if is_gust => drop(column.values.pop()),
            Some(Fault::WrongUnits) if column.name == "temperature_2m" => column.unit = "°F",
            _ => {}
        }
    }
    table(weather, (place, fault), &columns)
}

fn replace(column: &mut Column, row: usize, value: &str) {
    if let Some(old) = column.values.get_mut(row) {
        value.clone_into(old);
    }
}

/// Open-Meteo's answer about the free air: 0.65 C colder for each 100 m, and windier.
pub fn free_air(weather: &Weather, place: (f64, f64), fault: Option<Fault>) -> String {
    let hours = weather.hours;
    let zero = f64::from(weather.ground) + weather.air / 0.0065;
    let zero = if fault == Some(Fault::Freezing100kmDown) {
        -100_000.0
    } else {
        zero
    };
    let mut columns = vec![column("freezing_level_height", "m", zero, hours)];
    for (level, height) in [(950, 500), (925, 750), (900, 1_000), (850, 1_450), (800, 1_950)] {
        let colder = f64::from(height - weather.ground) * 0.0065;
        let stronger = f64::from(height) / 50.0;
        columns.push(column(
            format!("temperature_{level}hPa"),
            "°C",
            weather.air - colder,
            hours,
        ));
        columns.push(column(
            format!("wind_speed_{level}hPa"),
            "km/h",
            weather.wind + stronger,
            hours,
        ));
        columns.push(column(format!("wind_direction_{level}hPa"), "°", 280.0, hours));
        columns.push(column(
            format!("geopotential_height_{level}hPa"),
            "m",
            height.into(),
            hours,
        ));
    }
    table(weather, (place, fault), &columns)
}

fn table(
    weather: &Weather,
    ((latitude, longitude), fault): ((f64, f64), Option<Fault>),
    columns: &[Column],
) -> String {
    let mut times: Vec<String> = weather.times().map(|time| time.to_string()).collect();
    if fault == Some(Fault::UnsortedHours) {
        times.swap(3, 4);
    }
    let latitude = if fault == Some(Fault::WrongCell) {
        latitude + 1.0
    } else {
        latitude
    };
    let (mut units, mut values) = (String::new(), String::new());
    // Writing to a String cannot fail.
    for column in columns {
        let _ = write!(units, ",\"{}\":\"{}\"", column.name, column.unit);
        let _ = write!(values, ",\"{}\":[{}]", column.name, column.values.join(","));
    }
    format!(
        "{{\"latitude\":{latitude},\"longitude\":{longitude},\"generationtime_ms\":0.2,\"utc_offset_seconds\":0,\
         \"timezone\":\"GMT\",\"timezone_abbreviation\":\"GMT\",\"elevation\":{}.0,\
         \"hourly_units\":{{\"time\":\"unixtime\"{units}}},\"hourly\":{{\"time\":[{}]{values}}}}}",
        weather.ground,
        times.join(",")
    )
}

/// MET Norway's answer: hourly for 60 hours, then every six hours; no gusts, no chance, no free air.
pub fn met_norway(weather: &Weather, (latitude, longitude): (f64, f64), fault: Option<Fault>) -> String {
    let latitude = if fault == Some(Fault::WrongCell) {
        latitude + 1.0
    } else {
        latitude
    };
    let unit = if fault == Some(Fault::WrongUnits) {
        "fahrenheit"
    } else {
        "celsius"
    };
    let rfc = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000).to_string();
    let day = 86_400;
    let updated = match fault {
        Some(Fault::FutureRun) => rfc(weather.run.as_seconds() + day),
        Some(Fault::OldRun) => rfc(weather.run.as_seconds() - 9 * day),
        _ => rfc(weather.run.as_seconds()),
    };
    let updated = if fault == Some(Fault::NoRun) {
        String::new()
    } else {
        format!("\"updated_at\":\"{updated}\",")
    };
    let mut entries: Vec<String> = weather
        .times()
        .enumerate()
        .filter(|(place, _)| *place < 60 || place % 6 == 0)
        .map(|(place, time)| {
            let (next, sum) = if place < 60 { (1, weather.rain) } else { (6, weather.rain * 6.0) };
            let air = if fault == Some(Fault::BareNan) && place == 8 { "nan".to_owned() } else { weather.air.to_string() };
            format!(
                "{{\"time\":\"{}\",\"data\":{{\"instant\":{{\"details\":{{\"air_temperature\":{air},\"cloud_area_fraction_low\":75.0,\
                 \"wind_from_direction\":270.0,\"wind_speed\":{:.3}}}}},\"next_{next}_hours\":{{\"summary\":{{\"symbol_code\":\"rain\"}},\
                 \"details\":{{\"precipitation_amount\":{sum:.1}}}}}}}}}",
                rfc(time),
                weather.wind / 3.6
            )
        })
        .collect();
    if fault == Some(Fault::UnsortedHours) {
        entries.swap(3, 4);
    }
    format!(
        "{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{longitude},{latitude},{}]}},\"properties\":{{\
         \"meta\":{{{updated}\"units\":{{\"air_temperature\":\"{unit}\",\"cloud_area_fraction_low\":\"%\",\
         \"precipitation_amount\":\"mm\",\"wind_from_direction\":\"degrees\",\"wind_speed\":\"m/s\"}}}},\"timeseries\":[{}]}}}}",
        weather.ground,
        entries.join(",")
    )
}
