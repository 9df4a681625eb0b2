//! The overview: the store's figures, and the instants they are seen from.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{console::Console, lines::Figures};
use crate::{port::Fault, time::Timestamp};

/// How far back the charts reach.
const CHART: Duration = Duration::from_hours(14 * 24);
const DAY: Duration = Duration::from_hours(24);

/// Figures and the instants they are seen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// What was counted.
    pub figures: Figures,
    /// When the present day began where the routes are.
    pub today: Timestamp,
    /// When the present month began there.
    pub month: Timestamp,
    /// The days of the charts, each by its first instant, oldest first.
    pub days: Vec<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

impl Console {
    /// What the first page shows. Days are those of the first route's time zone.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the store fails.
    pub async fn overview(&self) -> Result<Overview, Fault> {
        let now = self.clock.now();
        let zone = self
            .routes
            .all()
            .first()
            .map_or(TimeZone::UTC, |route| route.time_zone().clone());
        let today = start_of(now, &zone, false);
        let month = start_of(now, &zone, true);
        let mut days: Vec<_> = (0_u32..14)
            .map(|back| start_of(today.minus(DAY * back).plus(DAY / 2), &zone, false))
            .collect();
        days.reverse();
        days.dedup();
        let since = month
            .min(now.minus(CHART))
            .min(days.first().copied().unwrap_or(month));
        Ok(Overview {
            figures: self.reader.figures(since).await?,
            today,
            month,
            days,
            now,
        })
    }
}

/// The first instant of the local day or month that `now` falls in.
fn start_of(now: Timestamp, zone: &TimeZone, month: bool) -> Timestamp {
    let found = jiff::Timestamp::from_microsecond(now.as_micros()).and_then(|instant| {
        let local = instant.to_zoned(zone.clone());
        let local = if month { local.first_of_month()? } else { local };
        local.start_of_day()
    });
    found.map_or(now.floor_to_second(), |start| {
        Timestamp::from_micros(start.timestamp().as_microsecond())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn days_and_months_begin_where_the_routes_are() {
        let hobart = jiff::tz::TimeZoneDatabase::bundled()
            .get("Australia/Hobart")
            .unwrap();
        let evening = at("2026-11-19T14:30:00Z");
        assert_eq!(start_of(evening, &hobart, false), at("2026-11-19T13:00:00Z"));
        assert_eq!(start_of(evening, &hobart, true), at("2026-10-31T13:00:00Z"));
        let before_summer_time = at("2026-10-03T20:00:00Z");
        assert_eq!(
            start_of(before_summer_time, &hobart, false),
            at("2026-10-03T14:00:00Z")
        );
    }
}
