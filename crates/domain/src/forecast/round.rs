//! The work behind the answers: fetches what was ordered, answers what waits, looks ahead for routes that are walked.

use std::{collections::BTreeMap, time::Duration};

use super::{
    age::{Age, believed_expiry},
    asked::About,
    cell::Cell,
    forecast::{Flaw, Forecast, Source},
    forecasts::{Forecasts, PATIENCE},
    look::{Look, look},
    outcomes::Failure,
    ports::{Answered, CellOrder, Fetched, ForecastRequest, Forecaster, Why},
    rest::{Cause, Obstacle},
};
use crate::{
    limit::Verdict,
    messages::forecast as messages,
    outgoing::{Class, OutgoingText, Words},
    port::Fault,
    route::Route,
    time::Timestamp,
};

/// Questions that one round looks at.
const AT_ONCE: u32 = 500;

/// How long a cell belongs to the caller that took it: longer than all providers may take.
const LEASE: Duration = Duration::from_mins(2);

/// A later answer is worth sending for so long.
const LIFE: Duration = Duration::from_mins(30);

/// An order that no provider could fulfil is tried again no earlier than this.
const SOONEST: Duration = Duration::from_secs(30);

/// A place that a provider cannot serve is asked for again no earlier than this.
const ONE_PLACE: Duration = Duration::from_mins(30);

/// A cell of a walked route is renewed when it was checked so long ago, which is before it is old.
const RENEWED_AFTER: Duration = Duration::from_mins(90);

/// How long forecasts, and orders that were never fulfilled, are kept.
const KEPT: Duration = Duration::from_hours(60);

/// What became of a question, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// What became of it.
    pub answered: Answered,
    /// Whether the answer has a forecast.
    pub has_forecast: bool,
}

/// What one round over the questions that wait has led to.
#[derive(Debug, Default)]
pub struct Round {
    /// The questions that have ended.
    pub ended: Vec<Ended>,
    /// Why at least one of the others could not be looked at. It waits for the next round and keeps no other waiting.
    pub fault: Option<Fault>,
}

impl Forecasts {
    /// Answers the questions whose forecasts have come or whose time is over.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store, if the questions cannot be read.
    pub async fn answer_waiting(&self) -> Result<Round, Fault> {
        let waiting = self.store.waiting(AT_ONCE).await?;
        self.outcomes.wait(waiting.len());
        let mut round = Round::default();
        for request in waiting {
            match self.answer_one(&request).await {
                Ok(ended) => round.ended.extend(ended),
                Err(fault) => round.fault = Some(fault),
            }
        }
        Ok(round)
    }

    async fn answer_one(&self, request: &ForecastRequest) -> Result<Option<Ended>, Fault> {
        let Some((text, has_forecast)) = self.text_for(request).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let texts = texts(request, &text, now);
        let answered = self.store.answer(request.tag, texts, now).await?;
        Ok(Some(Ended {
            answered,
            has_forecast,
        }))
    }

    /// The answer to a question, if it is time for one, and whether it has a forecast.
    async fn text_for(&self, request: &ForecastRequest) -> Result<Option<(String, bool)>, Fault> {
        let copies = self.store.copies(request.asked.cells()).await?;
        let now = self.clock.now();
        let sources = self.sources();
        let look = look(&request.asked, &copies, &sources, now);
        // A clock that was set back must not keep a question for longer than its patience.
        let is_due = now >= request.due_at || request.due_at.since(now) > PATIENCE;
        Ok(match &look {
            Look::All(found) => Some((messages::answer(&request.asked, found, now), true)),
            Look::Some(found) if is_due => Some((messages::answer(&request.asked, found, now), true)),
            _ if is_due => {
                let is_of_route = request.asked.about != About::Spot;
                let obstacle = self.obstacle(&request.asked.cells(), is_of_route, now).await?;
                let obstacle = obstacle.unwrap_or_else(|| Obstacle {
                    until: now.plus(PATIENCE),
                    cause: Cause::Silence,
                });
                Some((messages::failure(&request.asked, &look, obstacle, now), false))
            }
            _ => None,
        })
    }

    /// Fetches the next cell that was ordered; says whether there was one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store, or of a provider's adapter. The next provider was asked all the same.
    pub async fn fetch_next(&self) -> Result<bool, Fault> {
        let now = self.clock.now();
        let Some(order) = self.store.take(now, now.plus(LEASE)).await? else {
            return Ok(false);
        };
        let _under_way = self.outcomes.fetching(order.cell);
        let copies = self.store.copies(vec![order.cell]).await?;
        let (mut again_at, mut faulty) = (None, None);
        for forecaster in &self.forecasters {
            let source = forecaster.source();
            let have = copies.iter().find(|copy| copy.source == source);
            if have.is_some_and(|have| is_new_enough(have, now)) {
                again_at = None;
                break;
            }
            let rest = match self.rests.until(source, now) {
                Some(until) => Some(until),
                None => match self.fetch(forecaster.as_ref(), &order, have).await {
                    Ok(rest) => rest,
                    Err(fault) => {
                        faulty = Some(fault);
                        Some(now)
                    }
                },
            };
            let Some(until) = rest else {
                again_at = None;
                break;
            };
            again_at = Some(again_at.map_or(until, |known: Timestamp| known.min(until)));
        }
        let again_at = again_at.map(|again_at| again_at.max(now.plus(SOONEST)));
        self.store.settle(order.cell, again_at).await?;
        faulty.map_or(Ok(true), Err)
    }

    /// Asks one provider. Says until when it is to be left alone if it gave nothing.
    async fn fetch(
        &self,
        forecaster: &dyn Forecaster,
        order: &CellOrder,
        have: Option<&Forecast>,
    ) -> Result<Option<Timestamp>, Fault> {
        let source = forecaster.source();
        let counted_at = self.clock.now();
        let budget = self.budget(source, order.is_of_route);
        let verdict = self
            .limiter
            .take(vec![budget.clone()], counted_at, Vec::new())
            .await?;
        if let Verdict::Refused { retry_after } = verdict {
            return Ok(Some(counted_at.plus(retry_after)));
        }
        let fetched = forecaster.fetch(order, have).await?;
        let now = self.clock.now();
        let (outcome, again_at) = match fetched {
            Fetched::New(reading) => {
                self.outcomes.left_out(reading.impossible);
                self.store.put(reading.forecast).await?;
                ("new", None)
            }
            Fetched::NothingNewer { expires } => {
                let expires = expires.map(|expires| believed_expiry(expires, now));
                self.store.checked(order.cell, source, (now, expires)).await?;
                if is_confirmed_for_nothing(source) {
                    self.limiter.give_back(vec![budget], counted_at).await?;
                }
                ("unchanged", None)
            }
            Fetched::Resting { until, why } => (
                why.as_str(),
                Some(self.rests.asked(source, until, &*self.entropy)),
            ),
            // That the provider cannot serve this one place says nothing of the others.
            Fetched::Failed(why @ Why::Refused) => (why.as_str(), Some(now.plus(ONE_PLACE))),
            Fetched::Malformed(flaw @ Flaw::Place) => (flaw.as_str(), Some(now.plus(ONE_PLACE))),
            Fetched::Failed(why) => (why.as_str(), Some(self.rests.failed(source, now, &*self.entropy))),
            Fetched::Malformed(flaw) => (
                flaw.as_str(),
                Some(self.rests.failed(source, now, &*self.entropy)),
            ),
        };
        self.outcomes.count(source, outcome);
        match again_at {
            None => {
                self.outcomes.succeeded(order.cell, source);
                self.rests.over(source);
            }
            Some(again_at) => {
                let failure = Failure {
                    at: now,
                    outcome,
                    again_at,
                };
                self.outcomes.failed(order.cell, source, failure);
            }
        }
        Ok(again_at)
    }

    /// Orders the cells of routes that are walked, where they will soon be old; forgets what is too old for any use.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn look_ahead(&self) -> Result<usize, Fault> {
        let now = self.clock.now();
        self.store.prune(now.minus(KEPT)).await?;
        let walked = self.store.walked().await?;
        let mut orders: Vec<CellOrder> = walked
            .iter()
            .filter_map(|id| self.routes.find(id))
            .flat_map(cells_of)
            .collect();
        orders.sort_unstable_by_key(|order| order.cell);
        orders.dedup_by_key(|order| order.cell);
        let cells: Vec<Cell> = orders.iter().map(|order| order.cell).collect();
        let copies = self.store.copies(cells).await?;
        self.outcomes
            .note_oldest(oldest_check(&copies, &self.sources(), now));
        let is_new = |cell| {
            let mut of_cell = copies.iter().filter(|copy| copy.cell == cell);
            of_cell.any(|copy| Age::of(copy, now) == Age::Fresh && now.since(copy.checked) < RENEWED_AFTER)
        };
        orders.retain(|order| !is_new(order.cell));
        let count = orders.len();
        if count > 0 {
            self.store.order(orders, now).await?;
        }
        Ok(count)
    }
}

/// When the oldest of the usable forecasts was confirmed, of each cell the newest one.
fn oldest_check(copies: &[Forecast], sources: &[Source], now: Timestamp) -> Option<Timestamp> {
    let usable = |copy: &&Forecast| sources.contains(&copy.source) && Age::of(copy, now).is_usable();
    let mut newest: BTreeMap<Cell, Timestamp> = BTreeMap::new();
    for copy in copies.iter().filter(usable) {
        let known = newest.entry(copy.cell).or_insert(copy.checked);
        *known = copy.checked.max(*known);
    }
    newest.into_values().min()
}

/// Whether a fetch would bring nothing new, because another one has just been made.
fn is_new_enough(have: &Forecast, now: Timestamp) -> bool {
    let is_fresh = Age::of(have, now) == Age::Fresh;
    let is_checked = now.since(have.checked) < RENEWED_AFTER && have.checked <= now;
    is_fresh && (is_checked || have.expires.is_some_and(|expires| now < expires))
}

/// Whether the provider's word that nothing is newer is no call for each cell: one description of Open-Meteo's newest run
/// is asked for at most every ten minutes, and confirms all cells.
const fn is_confirmed_for_nothing(source: Source) -> bool {
    match source {
        Source::OpenMeteo => true,
        Source::MetNorway | Source::Simulated => false,
    }
}

/// The cells of all places of a route, each with the mean height of its places.
fn cells_of(route: &Route) -> Vec<CellOrder> {
    let mut cells: Vec<(Cell, i32)> = route
        .waypoints()
        .iter()
        .map(|place| (Cell::of(place.latitude, place.longitude), place.elevation_m))
        .collect();
    cells.sort_unstable();
    cells
        .chunk_by(|(one, _), (other, _)| one == other)
        .filter_map(|of_cell| {
            let count = i32::try_from(of_cell.len()).unwrap_or(1);
            let mean = of_cell.iter().map(|(_, height)| height).sum::<i32>() / count.max(1);
            Some(CellOrder {
                cell: of_cell.first()?.0,
                height: i16::try_from(mean).ok().map(super::units::Metres::from_whole),
                is_of_route: true,
            })
        })
        .collect()
}

/// The later answer, in as many texts as it needs.
fn texts(request: &ForecastRequest, answer: &str, at: Timestamp) -> Vec<OutgoingText> {
    let text = |(place, words): (usize, String)| OutgoingText {
        tag: request.tag.derived("forecast", place),
        to: request.phone.clone(),
        class: Class::Notice,
        words: Words::Plain(words),
        not_before: at,
        expires_at: at.plus(LIFE),
        user: Some(request.user),
    };
    messages::texts(answer)
        .into_iter()
        .enumerate()
        .map(text)
        .collect()
}
