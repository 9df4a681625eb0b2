//! Forecasts of the weather for places of routes: units, heights, ages, the questions of hikers, and the ports.
//!
//! A number in an answer is a number of the provider, or follows from one by a rule that stands in this folder. A
//! forecast is never in the way of a check-in, of a promised time or of STOP.

pub mod age;
pub mod asked;
pub mod cell;
pub mod coordinates;
pub mod days;
mod forecast;
mod forecasts;
pub mod height;
pub mod look;
mod obstacle;
mod outcomes;
mod overview;
mod ports;
pub mod question;
mod rest;
mod round;
mod shown;
pub mod stretch;
pub mod sun;
pub mod units;

pub use self::{
    age::Age,
    asked::{About, Asked, NotFound, Place},
    cell::Cell,
    forecast::{Flaw, Forecast, Hour, Level, MOST_IMPOSSIBLE, Source},
    forecasts::{Ask, ForecastAnswer, ForecastLimits, Forecasts, PATIENCE},
    look::{Found, Look},
    outcomes::{Failure, Outcomes},
    overview::{CellLine, Overview, Resting},
    ports::{
        Answered, CellOrder, Fetched, ForecastOrder, ForecastRequest, ForecastStore, Forecaster, Ordered,
        Reading, Why,
    },
    question::Span,
    rest::{Cause, Obstacle, Rests},
    round::{Ended, Round},
    shown::{Shown, ShownForecast},
    units::{Celsius, Degrees, Kmh, Metres, Percent, TenthMm},
};
