//! What is kept, what is to be fetched and who rests, for an operator's eyes.

use super::{
    age::Age,
    cell::Cell,
    forecast::{Forecast, Source},
    forecasts::Forecasts,
    outcomes::Failure,
    ports::Ordered,
};
use crate::{port::Fault, time::Timestamp};

/// Forecasts, and cells to fetch, that one page has at most.
const MOST: u32 = 500;

/// A forecast that is kept, or one that a provider did not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellLine {
    /// Which cell it is.
    pub cell: Cell,
    /// Whose forecast it is.
    pub source: Source,
    /// Whether its provider is named. What one gave that is named no more is kept for a while and shown to no hiker.
    pub is_named: bool,
    /// The forecast without its hours, and its age; none if there never was one.
    pub kept: Option<(Forecast, Age)>,
    /// Why there is no newer one, if the provider failed when it was last asked.
    pub failure: Option<Failure>,
}

/// A provider that is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resting {
    /// Who it is.
    pub source: Source,
    /// Until when; it can be asked if there is none.
    pub until: Option<Timestamp>,
}

/// Everything that an operator sees of forecasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The providers, in order.
    pub providers: Vec<Resting>,
    /// Cell by cell, from south to north.
    pub cells: Vec<CellLine>,
    /// Cells that are to be fetched.
    pub ordered: Vec<Ordered>,
    /// Questions that wait for an answer.
    pub questions: usize,
    /// Whether there is more than is shown.
    pub has_more: bool,
}

impl Forecasts {
    /// What is kept, what is to be fetched, and which provider is left alone. No provider is asked.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn overview(&self) -> Result<Overview, Fault> {
        let kept = self.store.kept(MOST).await?;
        let ordered = self.store.ordered(MOST).await?;
        let questions = self.store.waiting(MOST).await?.len();
        let now = self.clock.now();
        let sources = self.sources();
        let is_full = |count: usize| count >= usize::try_from(MOST).unwrap_or(usize::MAX);
        let has_more = is_full(kept.len()) || is_full(ordered.len()) || is_full(questions);
        let mut cells: Vec<CellLine> = kept
            .into_iter()
            .map(|forecast| CellLine {
                cell: forecast.cell,
                source: forecast.source,
                is_named: sources.contains(&forecast.source),
                failure: self.outcomes.failure(forecast.cell, forecast.source),
                kept: Some(Age::of(&forecast, now)).map(|age| (forecast, age)),
            })
            .collect();
        for (cell, source, failure) in self.outcomes.failing() {
            if !cells
                .iter()
                .any(|line| (line.cell, line.source) == (cell, source))
            {
                cells.push(CellLine {
                    cell,
                    source,
                    is_named: sources.contains(&source),
                    kept: None,
                    failure: Some(failure),
                });
            }
        }
        cells.sort_by_key(|line| (line.cell, line.source));
        let providers = sources.into_iter().map(|source| Resting {
            source,
            until: self.rests.until(source, now),
        });
        Ok(Overview {
            providers: providers.collect(),
            cells,
            ordered,
            questions,
            has_more,
        })
    }
}
