//! Numbers that are no weather, to try the service with. Every text that is made of them begins by saying so.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    forecast::{
        Cell, CellOrder, Celsius, Degrees, Fetched, Forecast, Forecaster, Hour, Kmh, Level, Metres, Percent,
        Reading, Source, TenthMm,
    },
    port::PortFuture,
    time::{Clock, Timestamp},
};

const HOUR: Duration = Duration::from_hours(1);

/// Hours ahead that it makes up.
const HOURS: i64 = 200;

/// Makes up a forecast from the cell and the date, the same one each time.
pub struct SimulatedForecaster {
    clock: Arc<dyn Clock>,
}

impl SimulatedForecaster {
    /// Its runs begin every six hours by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Forecaster for SimulatedForecaster {
    fn source(&self) -> Source {
        Source::Simulated
    }

    fn fetch<'a>(&'a self, order: &'a CellOrder, have: Option<&'a Forecast>) -> PortFuture<'a, Fetched> {
        let now = self.clock.now();
        let six_hours = 6 * 3_600_000_000;
        let run = Timestamp::from_micros(now.as_micros().div_euclid(six_hours) * six_hours);
        let fetched = if have.is_some_and(|have| have.run == run) {
            Fetched::NothingNewer { expires: None }
        } else {
            let forecast = made_up(order.cell, run, now);
            Fetched::New(Box::new(Reading {
                forecast,
                impossible: 0,
            }))
        };
        Box::pin(async move { Ok(fetched) })
    }
}

fn made_up(cell: Cell, run: Timestamp, now: Timestamp) -> Forecast {
    let place = i64::from(cell.lat()) * 7 + i64::from(cell.lon());
    let first = run.as_seconds() / 3_600;
    let hours = (0..=HOURS).map(|after| hour(first + after, place)).collect();
    Forecast {
        cell,
        source: Source::Simulated,
        run,
        fetched: now,
        checked: now,
        expires: None,
        tag: None,
        ground: Some(Metres::from_whole(whole(400 + place.rem_euclid(600)))),
        hours,
    }
}

/// A wave between -100 and 100 with a period in hours.
fn wave(hour: i64, period: i64) -> i64 {
    let phase = hour.rem_euclid(period) * 400 / period;
    if phase < 200 { phase - 100 } else { 300 - phase }
}

fn whole<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

fn hour(number: i64, place: i64) -> Hour {
    let slow = wave(number + place, 90);
    let wind = 25 + slow / 5 + wave(number, 11) / 10;
    let air = 60 + wave(number + 5, 24) / 2 - slow / 2;
    let level = |height: i64, colder: i64, stronger: i64| Level {
        height: Metres::from_whole(whole(height)),
        air: Celsius::from_tenths(whole(air - colder)),
        wind: Kmh::from_whole(whole(wind + stronger)),
        from: Degrees::from_whole(whole(250 + slow / 4)),
    };
    Hour {
        air: Some(Celsius::from_tenths(whole(air))),
        wind: Some(Kmh::from_whole(whole(wind))),
        from: Some(Degrees::from_whole(whole(250 + slow / 4))),
        gust: Some(Kmh::from_whole(whole(wind * 2))),
        water: Some(TenthMm::from_tenths(whole((slow - 40).max(0) / 6))),
        chance: Some(Percent::from_whole(whole(slow / 2 + 50))),
        low_cloud: Some(Percent::from_whole(whole(slow / 2 + 50))),
        zero: Some(Metres::from_whole(whole(1_000 + air * 10))),
        profile: vec![level(0, -20, 0), level(1_000, 45, 20), level(2_500, 140, 45)],
        ..Hour::empty(Timestamp::EPOCH.plus(HOUR * whole::<u32>(number)), 1)
    }
}
