//! The work behind the answers: fetches what was ordered, answers what waits, looks ahead for routes that are walked.

use std::time::Duration;

use super::{
    age::{Age, believed_expiry},
    cell::Cell,
    forecast::{Flaw, Forecast, Source},
    forecasts::{Forecasts, PATIENCE},
    look::{Look, look},
    ports::{Answered, CellOrder, Fetched, ForecastRequest, Forecaster, Why},
};
use crate::{
    limit::{Limit, LimitKey, Quota, Rule, Verdict},
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

impl Forecasts {
    /// Answers the questions whose forecasts have come or whose time is over.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn answer_waiting(&self) -> Result<Vec<Ended>, Fault> {
        let waiting = self.store.waiting(AT_ONCE).await?;
        self.outcomes.wait(waiting.len());
        let mut told = Vec::new();
        for request in waiting {
            if let Some((text, has_forecast)) = self.text_for(&request).await? {
                let now = self.clock.now();
                let answered = self
                    .store
                    .answer(request.tag, texts(&request, &text, now), now)
                    .await?;
                told.push(Ended {
                    answered,
                    has_forecast,
                });
            }
        }
        Ok(told)
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
                let again = self
                    .rests
                    .all_until(&sources, now)
                    .unwrap_or_else(|| now.plus(PATIENCE));
                Some((messages::failure(&request.asked, &look, again, now), false))
            }
            _ => None,
        })
    }

    /// Fetches the next cell that was ordered; says whether there was one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store, or of a provider's adapter.
    pub async fn fetch_next(&self) -> Result<bool, Fault> {
        let now = self.clock.now();
        let Some(order) = self.store.take(now, now.plus(LEASE)).await? else {
            return Ok(false);
        };
        let copies = self.store.copies(vec![order.cell]).await?;
        let mut again_at = None;
        for forecaster in &self.forecasters {
            let source = forecaster.source();
            let have = copies.iter().find(|copy| copy.source == source);
            if have.is_some_and(|have| is_new_enough(have, now)) {
                again_at = None;
                break;
            }
            let rest = match self.rests.until(source, now) {
                Some(until) => Some(until),
                None => self.fetch(forecaster.as_ref(), &order, have).await?,
            };
            let Some(until) = rest else {
                again_at = None;
                break;
            };
            again_at = Some(again_at.map_or(until, |known: Timestamp| known.min(until)));
        }
        let again_at = again_at.map(|again_at| again_at.max(now.plus(SOONEST)));
        self.store.settle(order.cell, again_at).await?;
        Ok(true)
    }

    /// Asks one provider. Says until when it is to be left alone if it gave nothing.
    async fn fetch(
        &self,
        forecaster: &dyn Forecaster,
        order: &CellOrder,
        have: Option<&Forecast>,
    ) -> Result<Option<Timestamp>, Fault> {
        let source = forecaster.source();
        let now = self.clock.now();
        if let Verdict::Refused { retry_after } = self.spend(source, order.is_of_route, now).await? {
            return Ok(Some(now.plus(retry_after)));
        }
        let fetched = forecaster.fetch(order, have).await?;
        let now = self.clock.now();
        let (outcome, rest) = match fetched {
            Fetched::New(reading) => {
                self.outcomes.left_out(reading.impossible);
                self.store.put(reading.forecast).await?;
                ("new", None)
            }
            Fetched::NothingNewer { expires } => {
                let expires = expires.map(|expires| believed_expiry(expires, now));
                self.store.checked(order.cell, source, (now, expires)).await?;
                ("unchanged", None)
            }
            Fetched::Resting { until, why } => (
                why.as_str(),
                Some(self.rests.asked(source, until, &*self.entropy)),
            ),
            // That the provider cannot serve this one place says nothing of the others.
            Fetched::Failed(why @ Why::Refused) => {
                self.outcomes.count(source, why.as_str());
                return Ok(Some(now.plus(ONE_PLACE)));
            }
            Fetched::Malformed(flaw @ Flaw::Place) => {
                self.outcomes.count(source, flaw.as_str());
                return Ok(Some(now.plus(ONE_PLACE)));
            }
            Fetched::Failed(why) => (why.as_str(), Some(self.rests.failed(source, now, &*self.entropy))),
            Fetched::Malformed(flaw) => (
                flaw.as_str(),
                Some(self.rests.failed(source, now, &*self.entropy)),
            ),
        };
        self.outcomes.count(source, outcome);
        if rest.is_none() {
            self.rests.over(source);
        }
        Ok(rest)
    }

    /// Counts one fetch among those of the day: four fifths for cells of routes, a fifth for coordinates.
    async fn spend(&self, source: Source, is_of_route: bool, now: Timestamp) -> Result<Verdict, Fault> {
        let (scope, share) = if is_of_route {
            ("forecasts.service", 4)
        } else {
            ("forecasts.coordinates", 1)
        };
        let events = (self.limits.calls / weight(source)).saturating_mul(share) / 5;
        let limit = Limit {
            key: LimitKey::new(scope, source.as_str().as_bytes()),
            rule: Rule::Quota(Quota {
                events: events.max(1),
                per: Duration::from_hours(24),
            }),
        };
        self.limiter.take(vec![limit], now, Vec::new()).await
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

/// Whether a fetch would bring nothing new, because another one has just been made.
fn is_new_enough(have: &Forecast, now: Timestamp) -> bool {
    let is_fresh = Age::of(have, now) == Age::Fresh;
    let is_checked = now.since(have.checked) < RENEWED_AFTER && have.checked <= now;
    is_fresh && (is_checked || have.expires.is_some_and(|expires| now < expires))
}

/// What a fetch weighs among the provider's calls, rounded up: Open-Meteo counts variables and days.
const fn weight(source: Source) -> u32 {
    match source {
        Source::OpenMeteo => 4,
        Source::MetNorway | Source::Simulated => 1,
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
