//! Which of the kept forecasts answers a question: pure, and without a mixture of providers.

use std::time::Duration;

use super::{
    age::Age,
    asked::Asked,
    cell::Cell,
    forecast::{Forecast, Source},
};
use crate::time::Timestamp;

/// The forecasts of one provider that answer a question.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// Who makes it.
    pub source: Source,
    /// The oldest run among them.
    pub run: Timestamp,
    /// The oldest check among them.
    pub checked: Timestamp,
    /// The greatest age among them; always usable.
    pub age: Age,
    /// One for each cell that has one.
    pub forecasts: Vec<&'a Forecast>,
}

impl<'a> Found<'a> {
    /// The forecast for a cell.
    pub fn of(&self, cell: Cell) -> Option<&'a Forecast> {
        self.forecasts
            .iter()
            .find(|forecast| forecast.cell == cell)
            .copied()
    }
}

/// What is kept for a question.
#[derive(Debug, Clone)]
pub enum Look<'a> {
    /// A usable forecast for every place.
    All(Found<'a>),
    /// A usable forecast for some of the places.
    Some(Found<'a>),
    /// Only what may not be shown: the least age among it.
    TooOld(Duration),
    /// There is nothing.
    Nothing,
}

/// Looks for what answers a question, of these providers in this order: the first one that is fresh for all places, else
/// the one that was checked last.
pub fn look<'a>(asked: &Asked, copies: &'a [Forecast], sources: &[Source], now: Timestamp) -> Look<'a> {
    let cells = asked.cells();
    let found: Vec<Found<'a>> = sources
        .iter()
        .filter_map(|source| of_source(*source, &cells, copies, now))
        .collect();
    let (whole, parts): (Vec<Found<'a>>, Vec<Found<'a>>) = found
        .into_iter()
        .partition(|found| found.forecasts.len() == cells.len());
    if let Some(fresh) = whole.iter().find(|found| found.age == Age::Fresh) {
        return Look::All(fresh.clone());
    }
    if let Some(newest) = whole.into_iter().max_by_key(|found| found.checked) {
        return Look::All(newest);
    }
    if let Some(most) = parts.into_iter().max_by_key(|found| found.forecasts.len()) {
        return Look::Some(most);
    }
    let ages = copies
        .iter()
        .filter(|copy| cells.contains(&copy.cell) && sources.contains(&copy.source))
        .map(|copy| match Age::of(copy, now) {
            Age::TooOld(age) => age,
            Age::Fresh | Age::Old(_) => now.since(copy.run),
        });
    ages.min().map_or(Look::Nothing, Look::TooOld)
}

/// The usable forecasts of one provider. One that covers nothing of the time to come is as useless as one that is too old.
fn of_source<'a>(
    source: Source,
    cells: &[Cell],
    copies: &'a [Forecast],
    now: Timestamp,
) -> Option<Found<'a>> {
    let usable = |copy: &&Forecast| {
        copy.source == source
            && cells.contains(&copy.cell)
            && Age::of(copy, now).is_usable()
            && copy.hours.last().is_some_and(|last| last.at > now)
    };
    let forecasts: Vec<&Forecast> = copies.iter().filter(usable).collect();
    Some(Found {
        source,
        run: forecasts.iter().map(|copy| copy.run).min()?,
        checked: forecasts.iter().map(|copy| copy.checked).min()?,
        age: forecasts.iter().map(|copy| Age::of(copy, now)).max()?,
        forecasts,
    })
}
