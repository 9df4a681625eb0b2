//! Forecasts, as a text asks for them: answered from what is kept, without waiting for anyone.

use std::{sync::Arc, time::Duration};

use super::{
    age::Age,
    asked::{About, Asked},
    forecast::Source,
    look::{Look, look},
    outcomes::Outcomes,
    ports::{CellOrder, ForecastStore, Forecaster},
    question::Question,
    rest::Rests,
    units::Metres,
};
use crate::{
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    messages::forecast as messages,
    phone_number::PhoneNumber,
    port::Fault,
    random::Entropy,
    route::{Route, RouteCatalogue},
    secret::{MacPurpose, Macs},
    time::{Clock, Timestamp},
};

/// How long a question waits for a forecast.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// New cells a day that one hiker may name by coordinates.
const CELLS_A_DAY: u32 = 6;

const DAY: Duration = Duration::from_hours(24);

/// What an operator has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForecastLimits {
    /// Forecasts a day for one hiker.
    pub per_hiker: u32,
    /// Weighted calls a day to providers, for the whole service.
    pub calls: u32,
}

impl Default for ForecastLimits {
    fn default() -> Self {
        Self {
            per_hiker: 24,
            calls: 5_000,
        }
    }
}

/// Forecasts: who makes them, and who keeps them. It exists only where an operator has named a provider.
pub struct Forecasts {
    /// Keeps forecasts and questions.
    pub store: Arc<dyn ForecastStore>,
    /// The providers, the preferred one first; at least one.
    pub forecasters: Vec<Arc<dyn Forecaster>>,
    /// The routes whose cells are fetched ahead.
    pub routes: Arc<dyn RouteCatalogue>,
    /// Counts what may be asked.
    pub limiter: Arc<dyn RateLimiter>,
    /// Makes the digests that numbers are counted under.
    pub macs: Arc<dyn Macs>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where jitter comes from.
    pub entropy: Arc<dyn Entropy>,
    /// What an operator has set.
    pub limits: ForecastLimits,
    /// Which provider is left alone, and until when.
    pub rests: Rests,
    /// What became of the questions to providers, for the metrics.
    pub outcomes: Outcomes,
}

/// A hiker's question.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The text, normalized.
    pub normal: &'a str,
    /// The text as it was typed.
    pub typed: &'a str,
    /// The hiker's route.
    pub route: &'a Route,
    /// The code of the last check-in.
    pub last: Option<&'a str>,
    /// The hiker's number.
    pub phone: &'a PhoneNumber,
    /// When it is asked.
    pub at: Timestamp,
}

/// The answer to a question, and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastAnswer {
    /// What is said at once.
    pub reply: String,
    /// What a later text is about, if there is to be one.
    pub waits_for: Option<Asked>,
    /// Cells to fetch.
    pub cells: Vec<CellOrder>,
    /// What the answer counts under.
    pub counts: Vec<Limit>,
}

impl ForecastAnswer {
    fn say(reply: String) -> Self {
        Self {
            reply,
            waits_for: None,
            cells: Vec::new(),
            counts: Vec::new(),
        }
    }
}

impl Forecasts {
    /// The providers, in order.
    pub fn sources(&self) -> Vec<Source> {
        self.forecasters
            .iter()
            .map(|forecaster| forecaster.source())
            .collect()
    }

    /// Answers a question from what is kept. It reads the store and asks no provider.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn answer(&self, ask: Ask<'_>) -> Result<ForecastAnswer, Fault> {
        let question = Question::read(ask.normal, ask.typed);
        let asked = match Asked::find(&question, ask.route, ask.last) {
            Ok(asked) => asked,
            Err(not_found) => {
                return Ok(ForecastAnswer::say(messages::not_found(
                    &not_found,
                    question.span,
                    ask.route,
                )));
            }
        };
        let copies = self.store.copies(asked.cells()).await?;
        let sources = self.sources();
        let look = look(&asked, &copies, &sources, ask.at);
        let is_new_cell = asked.about == About::Spot && matches!(look, Look::Nothing | Look::TooOld(_));
        let counts = self.counts(ask.phone, is_new_cell);
        if let Some((per_day, wait)) = self.refusal(&counts, ask.at).await? {
            let reply = messages::too_many(per_day, ask.at.plus(wait), &asked);
            return Ok(ForecastAnswer::say(reply));
        }
        let cells = orders(&asked);
        if let Look::All(found) = &look {
            let cells = if found.age == Age::Fresh {
                Vec::new()
            } else {
                cells
            };
            let reply = messages::answer(&asked, found, ask.at);
            return Ok(ForecastAnswer {
                cells,
                counts,
                ..ForecastAnswer::say(reply)
            });
        }
        // Waiting would be for nothing while no provider can be asked for longer.
        let obstacle = self
            .obstacle(&asked.cells(), asked.about != About::Spot, ask.at)
            .await?;
        if let Some(obstacle) = obstacle.filter(|obstacle| obstacle.until.since(ask.at) > PATIENCE) {
            return Ok(match &look {
                Look::Some(found) => ForecastAnswer {
                    counts,
                    ..ForecastAnswer::say(messages::answer(&asked, found, ask.at))
                },
                _ => ForecastAnswer::say(messages::failure(&asked, &look, obstacle, ask.at)),
            });
        }
        let reply = messages::later(&asked, ask.at.plus(PATIENCE));
        Ok(ForecastAnswer {
            waits_for: Some(asked),
            cells,
            counts,
            ..ForecastAnswer::say(reply)
        })
    }

    /// What a forecast for this number counts under.
    pub(super) fn counts(&self, phone: &PhoneNumber, is_new_cell: bool) -> Vec<Limit> {
        let owner = self
            .macs
            .mac(MacPurpose::SendingLimit, &[phone.as_str().as_bytes()])
            .bytes;
        let daily = |scope, events| Limit {
            key: LimitKey::new(scope, owner),
            rule: Rule::Quota(Quota { events, per: DAY }),
        };
        let mut counts = vec![daily("forecasts.hiker", self.limits.per_hiker)];
        counts.extend(is_new_cell.then(|| daily("forecasts.cells", CELLS_A_DAY)));
        counts
    }

    /// Which of these limits refuses one forecast more: how many a day it allows, and for how long it refuses.
    pub(super) async fn refusal(
        &self,
        counts: &[Limit],
        at: Timestamp,
    ) -> Result<Option<(u32, Duration)>, Fault> {
        for limit in counts {
            let verdict = self.limiter.check(vec![limit.clone()], at).await?;
            if let (Verdict::Refused { retry_after }, Rule::Quota(quota)) = (verdict, limit.rule) {
                return Ok(Some((quota.events, retry_after)));
            }
        }
        Ok(None)
    }
}

/// The cells of a question, with the heights that they are fetched for.
pub fn orders(asked: &Asked) -> Vec<CellOrder> {
    let is_of_route = asked.about != About::Spot;
    let height = |cell| {
        let places = asked.places.iter().filter(|place| place.cell() == cell);
        let heights: Vec<i32> = places
            .filter_map(|place| Some(i32::from(place.height?.whole())))
            .collect();
        let count = i32::try_from(heights.len()).unwrap_or(1).max(1);
        let mean = heights.iter().sum::<i32>() / count;
        // The height of a place that somebody typed leaves only roughly.
        let told = if is_of_route {
            mean
        } else {
            (mean + 50).div_euclid(100) * 100
        };
        let told = i16::try_from(told).ok().map(Metres::from_whole);
        told.filter(|_| !heights.is_empty())
    };
    let cells = asked.cells().into_iter();
    cells
        .map(|cell| CellOrder {
            cell,
            height: height(cell),
            is_of_route,
        })
        .collect()
}
