//! MET Norway's Locationforecast 2.0 (<https://api.met.no/weatherapi/locationforecast/2.0/documentation>). Outside the
//! Nordic countries it has no gusts, no chance of rain and no free air; what it does not say is absent.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, header};
use serde_json::Value;
use thunderbird_domain::{
    forecast::{
        Cell, CellOrder, Celsius, Degrees, Fetched, Flaw, Forecast, Forecaster, Hour, Kmh, Metres, Percent,
        Reading, Source, TenthMm, Why,
    },
    port::{Fault, PortFuture},
    time::{Clock, Timestamp},
};

use super::{http, reading::Values};

/// How long the service is left alone after it asked us to slow down.
const SLOWED: Duration = Duration::from_mins(10);

/// Kilometres an hour in a metre a second.
const KMH: f64 = 3.6;

/// More entries than this no answer has.
const MOST_ENTRIES: usize = 400;

/// A client of MET Norway.
pub struct MetNorway {
    client: Client,
    base_url: String,
    clock: Arc<dyn Clock>,
}

impl MetNorway {
    /// A client of the service at `base_url`, which has no slash at its end. The terms ask for a contact, so that somebody
    /// can be written to before we are shut out. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up.
    pub fn new(base_url: String, contact: &str, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let client = http::client(Some(contact))?;
        Ok(Self {
            client,
            base_url,
            clock,
        })
    }

    async fn newest(&self, order: &CellOrder, have: Option<&Forecast>) -> Result<Fetched, Fetched> {
        let url = format!("{}/weatherapi/locationforecast/2.0/complete", self.base_url);
        let (latitude, longitude) = (
            order.cell.latitude().to_string(),
            order.cell.longitude().to_string(),
        );
        let mut request = self
            .client
            .get(url)
            .query(&[("lat", &latitude), ("lon", &longitude)]);
        if let Some(height) = order.height {
            request = request.query(&[("altitude", height.whole())]);
        }
        if let Some(tag) = have.and_then(|have| have.tag.as_deref()) {
            request = request.header(header::IF_MODIFIED_SINCE, tag);
        }
        let answer = http::ask(request).await?;
        let now = self.clock.now();
        match answer.status {
            200 | 203 if !answer.is_json => Err(Fetched::Malformed(Flaw::Shape)),
            200 | 203 => {
                if answer.status == 203 {
                    tracing::warn!(
                        event = "forecast.deprecated",
                        "MET Norway says that this version of its service will end"
                    );
                }
                let mut reading = read(&answer.body, order.cell, now).map_err(Fetched::Malformed)?;
                reading.forecast.expires = answer
                    .expires
                    .map(|expires| thunderbird_domain::forecast::age::believed_expiry(expires, now));
                reading.forecast.tag = answer.tag;
                Ok(Fetched::New(Box::new(reading)))
            }
            304 if have.is_some() => Ok(Fetched::NothingNewer {
                expires: answer.expires,
            }),
            304 => Err(Fetched::Malformed(Flaw::Shape)),
            429 => Err(Fetched::Resting {
                until: now.plus(SLOWED),
                why: Why::TooMany,
            }),
            status => Err(Fetched::Failed(http::refusal(status))),
        }
    }
}

/// Reads an answer.
///
/// # Errors
///
/// The [`Flaw`] of an answer that cannot be used.
pub fn read(body: &[u8], cell: Cell, now: Timestamp) -> Result<Reading, Flaw> {
    let read: Value = serde_json::from_slice(body).map_err(|_| Flaw::Shape)?;
    let place = read
        .pointer("/geometry/coordinates")
        .and_then(Value::as_array)
        .ok_or(Flaw::Shape)?;
    let angle = |index: usize| place.get(index).and_then(Value::as_f64).ok_or(Flaw::Shape);
    if !cell.is_near(angle(1)?, angle(0)?) {
        return Err(Flaw::Place);
    }
    let meta = read.pointer("/properties/meta").ok_or(Flaw::Shape)?;
    has_known_units(meta)?;
    let run = meta
        .get("updated_at")
        .and_then(Value::as_str)
        .and_then(instant)
        .ok_or(Flaw::NoRun)?;
    let entries = read
        .pointer("/properties/timeseries")
        .and_then(Value::as_array)
        .ok_or(Flaw::Shape)?;
    if entries.len() > MOST_ENTRIES {
        return Err(Flaw::Length);
    }
    let mut values = Values::default();
    let hours = hours(entries, &mut values)?;
    let ground = values.read(place.get(2), Metres::ground)?;
    let impossible = values.left_out()?;
    let forecast = Forecast {
        cell,
        source: Source::MetNorway,
        run,
        fetched: now,
        checked: now,
        expires: None,
        tag: None,
        ground,
        hours: hours.into(),
    };
    Ok(Reading {
        forecast: forecast.sound(now)?,
        impossible,
    })
}

/// Numbers in another unit would be wrong numbers.
fn has_known_units(meta: &Value) -> Result<(), Flaw> {
    let expected = [
        ("air_temperature", "celsius"),
        ("wind_speed", "m/s"),
        ("wind_from_direction", "degrees"),
        ("wind_speed_of_gust", "m/s"),
        ("precipitation_amount", "mm"),
        ("cloud_area_fraction_low", "%"),
        ("probability_of_precipitation", "%"),
    ];
    let units = meta.get("units").ok_or(Flaw::Units)?;
    let is_known = |(name, unit): &(&str, &str)| match units.get(name) {
        None => !matches!(*name, "air_temperature" | "wind_speed" | "precipitation_amount"),
        Some(said) => said.as_str() == Some(unit),
    };
    if expected.iter().all(is_known) {
        Ok(())
    } else {
        Err(Flaw::Units)
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(instant.as_microsecond()))
}

/// Each entry's sums are of the time after it; here they belong to the entry at the end of that time.
fn hours(entries: &[Value], values: &mut Values) -> Result<Vec<Hour>, Flaw> {
    let mut hours: Vec<Hour> = Vec::with_capacity(entries.len());
    let mut coming: Option<Coming> = None;
    for entry in entries {
        let at = entry
            .get("time")
            .and_then(Value::as_str)
            .and_then(instant)
            .ok_or(Flaw::Shape)?;
        if hours.last().is_some_and(|last| last.at >= at) {
            return Err(Flaw::Order);
        }
        let since = hours.last().map(|last| at.since(last.at).as_secs() / 3_600);
        let length = since
            .and_then(|hours| u8::try_from(hours).ok())
            .filter(|hours| (1..=6).contains(hours));
        let mut hour = moment(entry, at, values)?;
        hour.hours = length.unwrap_or(1);
        let sum = coming.take().filter(|sum| length == Some(sum.hours));
        if let Some(sum) = sum {
            hour.water = sum.water;
            hour.chance = sum.chance;
            hour.gust = sum.gust;
        }
        hours.push(hour);
        coming = sum_after(entry, values)?;
    }
    Ok(hours)
}

/// What an entry says of its instant.
fn moment(entry: &Value, at: Timestamp, values: &mut Values) -> Result<Hour, Flaw> {
    let details = entry.pointer("/data/instant/details").ok_or(Flaw::Shape)?;
    Ok(Hour {
        air: values.read(details.get("air_temperature"), Celsius::measured)?,
        wind: values.read(details.get("wind_speed"), |speed| Kmh::wind(speed * KMH))?,
        from: values.read(details.get("wind_from_direction"), Degrees::measured)?,
        low_cloud: values.read(details.get("cloud_area_fraction_low"), Percent::measured)?,
        ..Hour::empty(at, 1)
    })
}

/// What an entry says of the time after it.
struct Coming {
    hours: u8,
    water: Option<TenthMm>,
    chance: Option<Percent>,
    gust: Option<Kmh>,
}

fn sum_after(entry: &Value, values: &mut Values) -> Result<Option<Coming>, Flaw> {
    for (name, hours) in [("next_1_hours", 1), ("next_6_hours", 6)] {
        let Some(details) = entry.pointer(&format!("/data/{name}/details")) else {
            continue;
        };
        let gust = entry
            .pointer("/data/instant/details/wind_speed_of_gust")
            .filter(|_| hours == 1);
        return Ok(Some(Coming {
            hours,
            water: values.read(details.get("precipitation_amount"), |mm| {
                TenthMm::measured(mm, hours)
            })?,
            chance: values.read(details.get("probability_of_precipitation"), Percent::measured)?,
            gust: values.read(gust, |speed| Kmh::gust(speed * KMH))?,
        }));
    }
    Ok(None)
}

impl Forecaster for MetNorway {
    fn source(&self) -> Source {
        Source::MetNorway
    }

    fn fetch<'a>(&'a self, order: &'a CellOrder, have: Option<&'a Forecast>) -> PortFuture<'a, Fetched> {
        Box::pin(async move { Ok(self.newest(order, have).await.unwrap_or_else(|other| other)) })
    }
}
