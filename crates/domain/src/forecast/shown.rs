//! The forecast of one place as the linked account sees it: by the same rules and limits as a text, with every value apart.

use std::{sync::Arc, time::Duration};

use super::{
    age::Age,
    asked::{About, Asked, Place},
    days::{days, noon},
    forecast::{Forecast, Source},
    forecasts::{Forecasts, orders},
    look::{Found, Look, look},
    question::Span,
    rest::Obstacle,
    stretch::{Site, Stretch, rows},
    sun::{Sun, sun},
    units::Metres,
};
use crate::{limit::Verdict, phone_number::PhoneNumber, port::Fault, time::Timestamp};

/// After so long a client asks again for what is being fetched.
const SOON: Duration = Duration::from_secs(5);

/// Cells that wait to be fetched, of which one is looked for.
const MOST_ORDERED: u32 = 1_000;

/// A forecast with all that must be known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownForecast {
    /// The place itself.
    pub place: Place,
    /// What it is.
    pub about: About,
    /// How far ahead was asked.
    pub span: Span,
    /// The IANA name of the zone that times are shown in.
    pub zone: String,
    /// Where warnings are found; no forecast of ours has any.
    pub warnings: Option<String>,
    /// Who makes it.
    pub source: Source,
    /// How old it is; always usable.
    pub age: Age,
    /// The forecast itself, without its hours.
    pub forecast: Forecast,
    /// Until when it reaches.
    pub known_to: Timestamp,
    /// The heights that temperatures are moved between, if they are.
    pub moves: Option<(Metres, Metres)>,
    /// Whether the wind of the free air counts, too.
    pub uses_free_air: bool,
    /// Whether the place stands above the ground that the wind is known for.
    pub lacks_free_air: bool,
    /// Stretch by stretch: rows of three hours, or days.
    pub rows: Vec<Stretch>,
    /// What the sun does on the first day.
    pub sun: Sun,
}

/// What is shown to a linked account.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A forecast that is kept.
    Forecast(Box<ShownForecast>),
    /// It is being fetched.
    Later {
        /// When to ask again.
        again_in: Duration,
    },
    /// The hiker has asked too often, by text and web together.
    TooMany {
        /// How often a day is allowed.
        per_day: u32,
        /// For how long it is refused.
        wait: Duration,
    },
    /// There is none, and none can be fetched now.
    Unavailable {
        /// Why, and until when.
        obstacle: Obstacle,
        /// For how long to wait.
        wait: Duration,
    },
}

impl Forecasts {
    /// The forecast of a single place from what is kept, for the hiker of this number. What is missing or old is ordered; no
    /// provider is waited for.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn show(&self, asked: Asked, phone: &PhoneNumber, at: Timestamp) -> Result<Shown, Fault> {
        let copies = self.store.copies(asked.cells()).await?;
        let sources = self.sources();
        let look = look(&asked, &copies, &sources, at);
        if let Look::All(found) = &look {
            let Some(shown) = shown(&asked, found, at) else {
                return Ok(later());
            };
            let counts = self.counts(phone, false);
            let verdict = self.limiter.take(counts, at, Vec::new()).await?;
            if let Verdict::Refused { retry_after } = verdict {
                return Ok(self.too_many(retry_after));
            }
            if found.age != Age::Fresh {
                self.store.order(orders(&asked), at).await?;
            }
            return Ok(Shown::Forecast(Box::new(shown)));
        }
        self.order_for(&asked, phone, at).await
    }

    /// Orders what is missing, once however often it is asked for, and says when to ask again.
    async fn order_for(&self, asked: &Asked, phone: &PhoneNumber, at: Timestamp) -> Result<Shown, Fault> {
        let is_of_route = asked.about != About::Spot;
        let counts = self.counts(phone, !is_of_route);
        let (hiker, cells) = counts.split_at(1);
        if let Some((per_day, wait)) = self.refusal(hiker, at).await? {
            return Ok(Shown::TooMany { per_day, wait });
        }
        // Asking again for what is being fetched is no new place.
        if let Some((per_day, wait)) = self.refusal(cells, at).await?
            && !self.is_ordered(asked).await?
        {
            return Ok(Shown::TooMany { per_day, wait });
        }
        let obstacle = self.obstacle(&asked.cells(), is_of_route, at).await?;
        let is_new = self.store.order(orders(asked), at).await? > 0;
        // Only the place counts here. The forecast counts when it is shown.
        if is_new && !cells.is_empty() {
            let _judged_before = self.limiter.take(cells.to_vec(), at, Vec::new()).await?;
        }
        let Some(obstacle) = obstacle else {
            return Ok(later());
        };
        // What was being fetched with the last call of the day may have come since it was looked for.
        let copies = self.store.copies(asked.cells()).await?;
        if matches!(look(asked, &copies, &self.sources(), at), Look::All(_)) {
            return Ok(later());
        }
        Ok(Shown::Unavailable {
            obstacle,
            wait: obstacle.until.since(at).max(SOON),
        })
    }

    async fn is_ordered(&self, asked: &Asked) -> Result<bool, Fault> {
        let (cells, ordered) = (asked.cells(), self.store.ordered(MOST_ORDERED).await?);
        Ok(ordered.iter().any(|ordered| cells.contains(&ordered.order.cell)))
    }

    fn too_many(&self, wait: Duration) -> Shown {
        Shown::TooMany {
            per_day: self.limits.per_hiker,
            wait,
        }
    }
}

fn later() -> Shown {
    Shown::Later { again_in: SOON }
}

/// The forecast of the question's place; nothing if there is none.
fn shown(asked: &Asked, found: &Found<'_>, now: Timestamp) -> Option<ShownForecast> {
    let place = asked.places.first()?;
    let forecast = found.of(place.cell())?;
    let zone = asked.time_zone();
    let site = Site::new(forecast, place.height, asked.about == About::Peak);
    let known_to = forecast.hours.last()?.at;
    let stretches: Vec<(Timestamp, Timestamp)> = match asked.span {
        Span::Week => days(now, &zone, known_to)
            .into_iter()
            .map(|day| (day.from, day.to))
            .collect(),
        Span::Half | Span::Day => rows(forecast, now, asked.span.hours()),
    };
    let begins = stretches.first().map_or(now, |(from, _)| *from);
    Some(ShownForecast {
        source: found.source,
        age: found.age,
        known_to,
        moves: site.moves(),
        uses_free_air: site.uses_free_air(),
        lacks_free_air: site.lacks_free_air(),
        rows: stretches
            .into_iter()
            .map(|(from, to)| site.stretch(from, to))
            .collect(),
        sun: sun(place.latitude, place.longitude, noon(begins, &zone)),
        forecast: Forecast {
            hours: Arc::default(),
            ..forecast.clone()
        },
        place: place.clone(),
        about: asked.about,
        span: asked.span,
        zone: asked.zone.clone(),
        warnings: asked.warnings.clone(),
    })
}
