//! Open-Meteo (<https://open-meteo.com/en/docs>): ECMWF's model at the ground, ICON's in the free air. Models are named,
//! because `best_match` is a mixture that changes without notice.

pub mod answer;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use thunderbird_domain::{
    forecast::{Cell, CellOrder, Fetched, Flaw, Forecast, Forecaster, Hour, Reading, Source, Why},
    port::{Fault, PortFuture},
    secret::Secret,
    time::{Clock, Timestamp},
};

use self::answer::{FreeAir, LEVELS, Surface};
use super::http::{self, Answer};

/// Days that are asked for, from the beginning of today in UTC.
const DAYS: &str = "8";

/// How long the provider's newest run is remembered.
const RUN_REMEMBERED: Duration = Duration::from_mins(10);

/// A forecast without the free air is completed after so long.
const COMPLETED_AFTER: Duration = Duration::from_mins(30);

/// How far ahead of our clock a run may seem to begin; what begins later is not remembered.
const CLOCKS_DIFFER: Duration = Duration::from_hours(1);

const SURFACE: &str = "ecmwf_ifs";
const FREE_AIR: &str = "icon_global";

/// A client of Open-Meteo.
pub struct OpenMeteo {
    client: Client,
    base_url: String,
    key: Option<Secret<String>>,
    clock: Arc<dyn Clock>,
    run: Mutex<Option<(Timestamp, Timestamp)>>,
}

impl OpenMeteo {
    /// A client of the service at `base_url`, which has no slash at its end. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up.
    pub fn new(
        base_url: String,
        (key, contact): (Option<Secret<String>>, Option<&str>),
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        Ok(Self {
            client: http::client(contact)?,
            base_url,
            key,
            clock,
            run: Mutex::new(None),
        })
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let request = self.client.get(format!("{}{path}", self.base_url));
        match &self.key {
            Some(key) => request.header("X-Api-Key", key.expose()),
            None => request,
        }
    }

    /// The newest run of the model at the ground, asked for at most every ten minutes, whatever the cell.
    async fn newest_run(&self) -> Result<Timestamp, Fetched> {
        let now = self.clock.now();
        let known = *self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((run, asked)) = known
            && asked.within(RUN_REMEMBERED, now)
        {
            return Ok(run);
        }
        let answer = http::ask(self.get(&format!("/data/{SURFACE}/static/meta.json"))).await?;
        let body = self.success(answer)?;
        let run = answer::run(&body, now).map_err(Fetched::Malformed)?;
        if run > now.plus(CLOCKS_DIFFER) {
            return Err(Fetched::Malformed(Flaw::Future));
        }
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = Some((run, now));
        Ok(run)
    }

    async fn values(&self, cell: Cell, (model, variables): (&str, &str)) -> Result<Vec<u8>, Fetched> {
        let (latitude, longitude) = (cell.latitude().to_string(), cell.longitude().to_string());
        let request = self.get("/v1/forecast").query(&[
            ("latitude", latitude.as_str()),
            ("longitude", &longitude),
            ("hourly", variables),
            ("models", model),
            ("elevation", "nan"),
            ("cell_selection", "nearest"),
            ("timeformat", "unixtime"),
            ("temperature_unit", "celsius"),
            ("wind_speed_unit", "kmh"),
            ("precipitation_unit", "mm"),
            ("forecast_days", DAYS),
        ]);
        self.success(http::ask(request).await?)
    }

    /// The body of a success, or what the refusal says.
    fn success(&self, answer: Answer) -> Result<Vec<u8>, Fetched> {
        let now = self.clock.now();
        match answer.status {
            200 if answer.is_json => Ok(answer.body),
            200 => Err(Fetched::Malformed(Flaw::Shape)),
            429 => {
                let reason = answer::reason(&answer.body);
                let until = if reason.contains("Daily") {
                    http::end_of(Duration::from_hours(24), now)
                } else if reason.contains("Hourly") {
                    http::end_of(Duration::from_hours(1), now)
                } else {
                    now.plus(Duration::from_mins(1))
                };
                Err(Fetched::Resting {
                    until,
                    why: Why::TooMany,
                })
            }
            status => Err(Fetched::Failed(http::refusal(status))),
        }
    }

    async fn newest(&self, order: &CellOrder, have: Option<&Forecast>) -> Result<Fetched, Fetched> {
        let run = self.newest_run().await?;
        let now = self.clock.now();
        let is_whole = |have: &&Forecast| have.has_profile() || now.since(have.fetched) < COMPLETED_AFTER;
        if have.filter(is_whole).is_some_and(|have| have.run == run) {
            return Ok(Fetched::NothingNewer { expires: None });
        }
        let variables = answer::surface_variables();
        let body = self.values(order.cell, (SURFACE, &variables)).await?;
        let surface = answer::surface(&body, order.cell).map_err(Fetched::Malformed)?;
        let free = match self
            .values(order.cell, (FREE_AIR, &answer::level_variables(&LEVELS)))
            .await
        {
            Ok(body) => answer::free_air(&body, order.cell).ok(),
            Err(_) => None,
        };
        let reading = forecast(order.cell, (run, now), surface, free);
        let impossible = reading.impossible;
        let forecast = reading.forecast.sound(now).map_err(Fetched::Malformed)?;
        Ok(Fetched::New(Box::new(Reading { forecast, impossible })))
    }
}

/// Puts the free air to the hours of the ground.
fn forecast(
    cell: Cell,
    (run, now): (Timestamp, Timestamp),
    surface: Surface,
    free: Option<(Vec<FreeAir>, u32)>,
) -> Reading {
    let (free, more) = free.unwrap_or_default();
    let complete = |mut hour: Hour| {
        if let Ok(place) = free.binary_search_by_key(&hour.at, |(at, _, _)| *at)
            && let Some((_, zero, levels)) = free.get(place)
        {
            hour.zero = *zero;
            hour.profile.clone_from(levels);
        }
        hour
    };
    Reading {
        impossible: surface.impossible.saturating_add(more),
        forecast: Forecast {
            cell,
            source: Source::OpenMeteo,
            run,
            fetched: now,
            checked: now,
            expires: None,
            tag: None,
            ground: surface.ground,
            hours: surface.hours.into_iter().map(complete).collect(),
        },
    }
}

impl Forecaster for OpenMeteo {
    fn source(&self) -> Source {
        Source::OpenMeteo
    }

    fn fetch<'a>(&'a self, order: &'a CellOrder, have: Option<&'a Forecast>) -> PortFuture<'a, Fetched> {
        Box::pin(async move { Ok(self.newest(order, have).await.unwrap_or_else(|other| other)) })
    }
}
