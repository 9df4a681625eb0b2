//! Why no provider can be asked at this moment, and from when on one can.

use std::time::Duration;

use super::{
    cell::Cell,
    forecast::Source,
    forecasts::Forecasts,
    rest::{Cause, Obstacle},
};
use crate::{
    limit::{Limit, LimitKey, Quota, Rule, Verdict},
    port::Fault,
    time::Timestamp,
};

impl Forecasts {
    /// What keeps every provider from being asked for these cells; nothing if one of them can be asked.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub(super) async fn obstacle(
        &self,
        cells: &[Cell],
        is_of_route: bool,
        now: Timestamp,
    ) -> Result<Option<Obstacle>, Fault> {
        // What is being fetched was counted already, perhaps as the last call of the day: it is worth waiting for.
        if self.outcomes.are_under_way(cells) {
            return Ok(None);
        }
        let mut all: Option<Obstacle> = None;
        for source in self.sources() {
            let Some(one) = self.obstacle_to(source, (cells, is_of_route), now).await? else {
                return Ok(None);
            };
            all = Some(all.map_or(one, |known| Obstacle {
                until: known.until.min(one.until),
                cause: known.cause.max(one.cause),
            }));
        }
        Ok(all)
    }

    async fn obstacle_to(
        &self,
        source: Source,
        (cells, is_of_route): (&[Cell], bool),
        now: Timestamp,
    ) -> Result<Option<Obstacle>, Fault> {
        let silence = |until| Obstacle {
            until,
            cause: Cause::Silence,
        };
        if let Some(until) = self.rests.until(source, now) {
            return Ok(Some(silence(until)));
        }
        let limit = self.budget(source, is_of_route);
        let counted = self.limiter.counted(vec![limit.key.clone()]).await?;
        if let Verdict::Refused { retry_after } = counted.judge(std::slice::from_ref(&limit), now) {
            return Ok(Some(Obstacle {
                until: now.plus(retry_after),
                cause: Cause::UsedUp,
            }));
        }
        let failed = |cell: &Cell| {
            let again_at = self.outcomes.failure(*cell, source)?.again_at;
            (now < again_at).then_some(again_at)
        };
        let failures: Option<Vec<Timestamp>> = cells.iter().map(failed).collect();
        Ok(failures.and_then(|all| all.into_iter().min()).map(silence))
    }

    /// What a fetch counts under: four fifths of a day's calls are for cells of routes, a fifth for coordinates.
    pub(super) fn budget(&self, source: Source, is_of_route: bool) -> Limit {
        let (scope, share) = if is_of_route {
            ("forecasts.service", 4)
        } else {
            ("forecasts.coordinates", 1)
        };
        let events = (self.limits.calls / weight(source)).saturating_mul(share) / 5;
        Limit {
            key: LimitKey::new(scope, source.as_str().as_bytes()),
            rule: Rule::Quota(Quota {
                events: events.max(1),
                per: Duration::from_hours(24),
            }),
        }
    }
}

/// What a fetch weighs among the provider's calls, rounded up: Open-Meteo counts variables and days.
const fn weight(source: Source) -> u32 {
    match source {
        Source::OpenMeteo => 4,
        Source::MetNorway | Source::Simulated => 1,
    }
}
