//! What a forecast says of one place in one stretch of time. Only the worst and the best of what it says is shown; nothing
//! is averaged, and what it does not say is absent.

use std::time::Duration;

use super::{
    forecast::{Forecast, Hour, LONGEST_STEP},
    height::{feels, free_air, moved},
    units::{Celsius, Degrees, Kmh, Metres, Percent, TenthMm},
};
use crate::time::Timestamp;

/// A place so much higher than the model's ground stands in the free air.
const STANDS_OUT: i16 = 200;

/// Above this temperature what falls is shown as rain.
const CAN_BE_SNOW: Celsius = Celsius::from_tenths(20);

/// A place as a forecast is shown for it.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    forecast: &'a Forecast,
    height: Option<Metres>,
    is_exposed: bool,
}

/// The least and the most of a value.
pub type Range<T> = Option<(T, T)>;

/// One stretch of time at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// The lowest and the highest temperature, at the place's height.
    pub air: Range<Celsius>,
    /// The coldest that it feels in the wind.
    pub feels: Option<Celsius>,
    /// The strongest wind.
    pub wind: Option<Kmh>,
    /// Where the strongest wind comes from.
    pub direction: Option<Degrees>,
    /// The strongest gust, never less than the wind.
    pub gust: Option<Kmh>,
    /// Rain and melted snow in all.
    pub water: Option<TenthMm>,
    /// The greatest chance of it.
    pub chance: Option<Percent>,
    /// The least and the most cloud below 3000 m.
    pub cloud: Range<Percent>,
    /// The lowest and the highest 0 C level.
    pub zero: Range<Metres>,
    /// Whether the forecast leaves a part of it open.
    pub is_partial: bool,
}

impl Stretch {
    /// Whether what falls can be snow: there is some, and the place has 2 C or less.
    pub fn can_be_snow(&self) -> bool {
        let falls = self.water.is_some_and(|water| water.tenths() > 0);
        falls && self.air.is_some_and(|(low, _)| low <= CAN_BE_SNOW)
    }

    /// Whether nothing at all is known.
    pub fn is_unknown(&self) -> bool {
        self.air.is_none() && self.wind.is_none() && self.gust.is_none() && self.water.is_none()
    }
}

impl<'a> Site<'a> {
    /// A place of this height, in the cell of the forecast.
    pub fn new(forecast: &'a Forecast, height: Option<Metres>, is_peak: bool) -> Self {
        let stands_out =
            |ground: Metres| height.is_some_and(|height| height.whole() - ground.whole() > STANDS_OUT);
        let is_exposed = is_peak || forecast.ground.is_some_and(stands_out);
        Self {
            forecast,
            height,
            is_exposed,
        }
    }

    /// Whether the wind of the free air at the place's height counts, too.
    pub fn uses_free_air(&self) -> bool {
        self.is_exposed && self.forecast.has_profile()
    }

    /// Whether only the wind at the model's ground is known, and the place stands above it.
    pub fn lacks_free_air(&self) -> bool {
        self.is_exposed && !self.forecast.has_profile()
    }

    /// The heights that temperatures are moved between, where they are moved.
    pub fn moves(&self) -> Option<(Metres, Metres)> {
        self.forecast.ground.zip(self.height)
    }

    /// The stretch from one instant to another.
    pub fn stretch(&self, from: Timestamp, to: Timestamp) -> Stretch {
        let hours = self.around(from, to);
        let momentary = || hours.iter().filter(move |hour| from <= hour.at && hour.at <= to);
        // A sum is not split: it belongs to the stretch that the middle of its time lies in.
        let summed = || {
            hours
                .iter()
                .filter(move |hour| from < middle(hour) && middle(hour) <= to)
        };
        let winds: Vec<(Kmh, Option<Degrees>)> = momentary().filter_map(|hour| self.wind(hour)).collect();
        let strongest = winds.iter().max_by_key(|(wind, _)| *wind).copied();
        let wind = strongest.map(|(wind, _)| wind);
        let gust = summed().filter_map(|hour| hour.gust).max();
        let known: u64 = summed().map(|hour| u64::from(hour.hours)).sum();
        Stretch {
            from,
            to,
            air: range(momentary().filter_map(|hour| self.air(hour))),
            feels: momentary().filter_map(|hour| self.feels(hour)).min(),
            wind,
            direction: strongest.and_then(|(_, direction)| direction),
            gust: gust.map(|gust| wind.map_or(gust, |wind| gust.max(wind))),
            water: summed().filter_map(|hour| hour.water).reduce(TenthMm::plus),
            chance: summed().filter_map(|hour| hour.chance).max(),
            cloud: range(momentary().filter_map(|hour| hour.low_cloud)),
            zero: range(momentary().filter_map(|hour| hour.zero)),
            is_partial: known * 3_600 < to.since(from).as_secs() || self.has_holes(summed()),
        }
    }

    /// The entries that any value of the stretch can be of. The others, most of a forecast, are not looked at.
    fn around(&self, from: Timestamp, to: Timestamp) -> &'a [Hour] {
        let hours: &'a [Hour] = &self.forecast.hours;
        // The middle of an entry's time lies up to half of its step before its end.
        let latest = to.plus(HALF_A_STEP);
        let begin = hours.partition_point(|hour| hour.at < from);
        let end = hours.partition_point(|hour| hour.at <= latest);
        hours.get(begin..end).unwrap_or_default()
    }

    /// Whether an hour lacks what other hours of the forecast have.
    fn has_holes(&self, mut hours: impl Iterator<Item = &'a Hour>) -> bool {
        let any = |known: fn(&Hour) -> bool| self.forecast.hours.iter().any(known);
        let (air, wind) = (any(|hour| hour.air.is_some()), any(|hour| hour.wind.is_some()));
        let (gust, water) = (any(|hour| hour.gust.is_some()), any(|hour| hour.water.is_some()));
        hours.any(|hour| {
            (air && hour.air.is_none())
                || (wind && hour.wind.is_none())
                || (gust && hour.gust.is_none())
                || (water && hour.water.is_none())
        })
    }

    fn air(&self, hour: &Hour) -> Option<Celsius> {
        let air = hour.air?;
        Some(match self.moves() {
            Some((ground, height)) => moved(air, ground, height, &hour.profile),
            None => air,
        })
    }

    /// The wind at 10 m, or the free air's at the place's height, whichever is stronger.
    fn wind(&self, hour: &Hour) -> Option<(Kmh, Option<Degrees>)> {
        let near_ground = hour.wind.map(|wind| (wind, hour.from));
        let free = self
            .height
            .filter(|_| self.is_exposed)
            .and_then(|height| free_air(&hour.profile, height))
            .map(|level| (level.wind, Some(level.from)));
        near_ground.into_iter().chain(free).max_by_key(|(wind, _)| *wind)
    }

    fn feels(&self, hour: &Hour) -> Option<Celsius> {
        let (wind, _) = self.wind(hour)?;
        self.air(hour).map(|air| feels(air, wind))
    }
}

fn middle(hour: &Hour) -> Timestamp {
    hour.at.minus(Duration::from_mins(30 * u64::from(hour.hours)))
}

fn range<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Range<T> {
    values.fold(None, |known, value| match known {
        None => Some((value, value)),
        Some((least, most)) => Some((value.min(least), value.max(most))),
    })
}

/// Half of the longest time that one entry's sums are about.
const HALF_A_STEP: Duration = Duration::from_mins(30 * LONGEST_STEP as u64);

const HOUR: Duration = Duration::from_hours(1);
const ROW: Duration = Duration::from_hours(3);

/// The instants that rows of three hours begin and end at, from the hour that `now` lies in. A row ends later where it
/// would cut a sum, and the last one ends with what is known.
pub fn rows(forecast: &Forecast, now: Timestamp, hours: u64) -> Vec<(Timestamp, Timestamp)> {
    let start = Timestamp::from_micros(now.as_micros().div_euclid(HOUR_MICROS) * HOUR_MICROS);
    let end = start.plus(HOUR.saturating_mul(u32::try_from(hours).unwrap_or(u32::MAX)));
    let known = forecast.hours.last().map_or(start, |last| last.at);
    let mut rows = Vec::new();
    let mut from = start;
    while from < end.min(known) {
        let mut to = from.plus(ROW);
        let cut = forecast
            .hours
            .iter()
            .find(|hour| hour.begins() < to && to < hour.at);
        to = cut.map_or(to, |hour| hour.at).min(known);
        rows.push((from, to));
        from = to;
    }
    rows
}

const HOUR_MICROS: i64 = 3_600_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Cell, Level, Source};

    const START: Timestamp = Timestamp::from_micros(1_795_071_600_000_000);

    fn hour(at: u32, hours: u8, air: i16, wind: u16) -> Hour {
        Hour {
            air: Some(Celsius::from_tenths(air)),
            wind: Some(Kmh::from_whole(wind)),
            from: Some(Degrees::from_whole(270)),
            gust: Some(Kmh::from_whole(wind * 2)),
            water: Some(TenthMm::from_tenths(5)),
            ..Hour::empty(START.plus(HOUR * at), hours)
        }
    }

    fn forecast(hours: Vec<Hour>) -> Forecast {
        Forecast {
            cell: Cell::at(-837, 2_921),
            source: Source::OpenMeteo,
            run: START,
            fetched: START,
            checked: START,
            expires: None,
            tag: None,
            ground: Some(Metres::from_whole(980)),
            hours: hours.into(),
        }
    }

    fn at(site: &Site<'_>, from: u32, to: u32) -> Stretch {
        site.stretch(START.plus(HOUR * from), START.plus(HOUR * to))
    }

    #[test]
    fn sums_and_gusts_belong_to_the_hour_before_their_stamp() {
        let known = forecast(
            (0..=6)
                .map(|at| hour(at, 1, 10 * i16::try_from(at).unwrap(), 20))
                .collect(),
        );
        let site = Site::new(&known, None, false);
        let first = at(&site, 0, 3);
        assert_eq!(first.water, Some(TenthMm::from_tenths(15)));
        assert_eq!(
            first.air.map(|(low, high)| (low.tenths(), high.tenths())),
            Some((0, 30))
        );
        assert!(!first.is_partial);
        let beyond = at(&site, 3, 9);
        assert!(beyond.is_partial, "three of six hours are known");
        assert_eq!(beyond.water, Some(TenthMm::from_tenths(15)));
    }

    #[test]
    fn a_missing_value_is_absent_and_marks_its_row() {
        let mut hours: Vec<Hour> = (0..=6).map(|at| hour(at, 1, 50, 20)).collect();
        hours.get_mut(2).unwrap().air = None;
        let known = forecast(hours);
        let site = Site::new(&known, None, false);
        assert!(at(&site, 0, 3).is_partial);
        assert!(!at(&site, 3, 6).is_partial);
        let nothing = forecast(
            (0..=6)
                .map(|at| Hour {
                    wind: None,
                    gust: None,
                    ..hour(at, 1, 50, 20)
                })
                .collect(),
        );
        let row = at(&Site::new(&nothing, None, false), 0, 3);
        assert_eq!(
            (row.wind, row.gust, row.feels, row.is_partial),
            (None, None, None, false)
        );
    }

    #[test]
    fn on_a_peak_the_stronger_wind_counts_and_in_a_valley_that_of_the_ground() {
        let level = |height, wind| Level {
            height: Metres::from_whole(height),
            air: Celsius::from_tenths(0),
            wind: Kmh::from_whole(wind),
            from: Degrees::from_whole(180),
        };
        let mut hours: Vec<Hour> = (0..=3).map(|at| hour(at, 1, 50, 20)).collect();
        for hour in &mut hours {
            hour.profile = vec![level(500, 10), level(2_000, 90)];
        }
        let known = forecast(hours);
        let peak = at(&Site::new(&known, Some(Metres::from_whole(1_617)), true), 0, 3);
        assert_eq!(peak.wind, Some(Kmh::from_whole(70)));
        assert_eq!(peak.gust, peak.wind, "a gust is never weaker than the wind");
        assert_eq!(peak.direction, Some(Degrees::from_whole(180)));
        let camp = at(&Site::new(&known, Some(Metres::from_whole(739)), false), 0, 3);
        assert_eq!(camp.wind, Some(Kmh::from_whole(20)));
    }

    #[test]
    fn rows_widen_to_the_steps_of_the_forecast_and_end_with_it() {
        let hourly = (1..=4).map(|at| hour(at, 1, 50, 20));
        let coarse = [hour(10, 6, 50, 20), hour(16, 6, 50, 20)];
        let known = forecast(hourly.chain(coarse).collect());
        let now = START.plus(Duration::from_mins(40));
        let rows: Vec<(u64, u64)> = rows(&known, now, 24)
            .into_iter()
            .map(|(from, to)| {
                (
                    from.since(START).as_secs() / 3_600,
                    to.since(START).as_secs() / 3_600,
                )
            })
            .collect();
        assert_eq!(rows, [(0, 3), (3, 10), (10, 16)]);
    }
}
