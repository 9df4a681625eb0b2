//! A provider of forecasts in memory, which says what a test wants it to say.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use thunderbird_domain::{
    forecast::{
        Cell, CellOrder, Celsius, Degrees, Fetched, Flaw, Forecast, Forecaster, Hour, Kmh, Level, Metres,
        Percent, Reading, Source, TenthMm, Why,
    },
    port::PortFuture,
    time::{Clock, Timestamp},
};

use crate::fake_forecast::{Fault, Weather};

/// Says the same weather of every cell, until a test lets it fail.
pub struct ScriptedForecaster {
    source: Source,
    clock: Arc<dyn Clock>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    weather: Option<Weather>,
    fault: Option<Fault>,
    asked: Vec<Cell>,
}

impl ScriptedForecaster {
    /// A provider that works.
    pub fn new(source: Source, clock: Arc<dyn Clock>) -> Self {
        Self {
            source,
            clock,
            script: Mutex::default(),
        }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it fails in this way, or works again.
    pub fn misbehave(&self, fault: impl Into<Option<Fault>>) {
        self.script().fault = fault.into();
    }

    /// What the weather is; without this, it is that of the moment.
    pub fn says(&self, weather: Weather) {
        self.script().weather = Some(weather);
    }

    /// The cells that were asked for, in order.
    pub fn asked(&self) -> Vec<Cell> {
        self.script().asked.clone()
    }

    fn answer(&self, order: &CellOrder, have: Option<&Forecast>) -> Fetched {
        let now = self.clock.now();
        let mut script = self.script();
        script.asked.push(order.cell);
        let weather = script.weather.clone().unwrap_or_else(|| Weather::at(now));
        match script.fault {
            None => {}
            Some(Fault::TooManyInADay) => {
                let until = now.plus(Duration::from_hours(8));
                return Fetched::Resting {
                    until,
                    why: Why::TooMany,
                };
            }
            Some(Fault::Overloaded) => return Fetched::Failed(Why::Overloaded),
            Some(Fault::BrokenJson | Fault::WrongUnits) => return Fetched::Malformed(Flaw::Shape),
            Some(_) => return Fetched::Failed(Why::Unreachable),
        }
        if have.is_some_and(|have| have.run == weather.run) {
            return Fetched::NothingNewer { expires: None };
        }
        match forecast(&weather, (order.cell, self.source), now).sound(now) {
            Ok(forecast) => Fetched::New(Box::new(Reading {
                forecast,
                impossible: 0,
            })),
            Err(flaw) => Fetched::Malformed(flaw),
        }
    }
}

/// The forecast that says this weather, with the free air of [`crate::fake_forecast::free_air`] where the provider has it.
pub fn forecast(weather: &Weather, (cell, source): (Cell, Source), now: Timestamp) -> Forecast {
    let begins = weather.begins;
    let has_more = source != Source::MetNorway;
    let level = |height: i32| {
        let colder = f64::from(height - weather.ground) * 0.0065;
        Some(Level {
            height: Metres::level(height.into())?,
            air: Celsius::measured(weather.air - colder)?,
            wind: Kmh::wind(weather.wind + f64::from(height) / 50.0)?,
            from: Degrees::measured(280.0)?,
        })
    };
    let hour = |after: u32| {
        let at = begins.plus(Duration::from_hours(after.into()));
        Hour {
            air: Celsius::measured(weather.air),
            wind: Kmh::wind(weather.wind),
            from: Degrees::measured(270.0),
            gust: Kmh::gust(weather.gust).filter(|_| has_more),
            water: TenthMm::measured(weather.rain, 1),
            chance: Percent::measured(40.0).filter(|_| has_more),
            low_cloud: Percent::measured(75.0),
            zero: Metres::zero_level(f64::from(weather.ground) + weather.air / 0.0065).filter(|_| has_more),
            profile: [500, 750, 1_000, 1_450, 1_950]
                .into_iter()
                .filter(|_| has_more)
                .filter_map(level)
                .collect(),
            ..Hour::empty(at, 1)
        }
    };
    Forecast {
        cell,
        source,
        run: weather.run,
        fetched: now,
        checked: now,
        expires: None,
        tag: None,
        ground: Metres::ground(weather.ground.into()),
        hours: (0..weather.hours).map(hour).collect(),
    }
}

impl Forecaster for ScriptedForecaster {
    fn source(&self) -> Source {
        self.source
    }

    fn fetch<'a>(&'a self, order: &'a CellOrder, have: Option<&'a Forecast>) -> PortFuture<'a, Fetched> {
        let fetched = self.answer(order, have);
        Box::pin(async move { Ok(fetched) })
    }
}
