//! What a provider says of one cell, as it is kept.

use std::{sync::Arc, time::Duration};

use super::{
    cell::Cell,
    units::{Celsius, Degrees, Kmh, Metres, Percent, TenthMm},
};
use crate::{time::Timestamp, word::word_enum};

/// A provider of forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Open-Meteo: ECMWF's model at the ground, ICON's in the free air.
    OpenMeteo,
    /// MET Norway: outside the Nordic countries the same model of ECMWF, with fewer values.
    MetNorway,
    /// Numbers that are no weather, to try the service with.
    Simulated,
}

word_enum!(Source {
    OpenMeteo => "open-meteo",
    MetNorway => "met-norway",
    Simulated => "simulated",
});

/// What is forecast for one hour, or for the 3 or 6 hours before it. Each value may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hour {
    /// The instant of the momentary values, and the end of the time that sums and gusts are about.
    pub at: Timestamp,
    /// How many hours before `at` the sums are about.
    pub hours: u8,
    /// The air at 2 m over the model's ground.
    pub air: Option<Celsius>,
    /// The mean wind at 10 m.
    pub wind: Option<Kmh>,
    /// Where it comes from.
    pub from: Option<Degrees>,
    /// The strongest gust.
    pub gust: Option<Kmh>,
    /// Rain and melted snow.
    pub water: Option<TenthMm>,
    /// How likely any of it is.
    pub chance: Option<Percent>,
    /// Cloud below 3000 m.
    pub low_cloud: Option<Percent>,
    /// The height of the 0 C level.
    pub zero: Option<Metres>,
    /// The free air, from low to high.
    pub profile: Vec<Level>,
}

impl Hour {
    /// An hour of which nothing is known yet.
    pub fn empty(at: Timestamp, hours: u8) -> Self {
        Self {
            at,
            hours,
            air: None,
            wind: None,
            from: None,
            gust: None,
            water: None,
            chance: None,
            low_cloud: None,
            zero: None,
            profile: Vec::new(),
        }
    }

    /// When the time begins that the sums are about.
    pub fn begins(&self) -> Timestamp {
        self.at.minus(HOUR.saturating_mul(self.hours.into()))
    }

    /// Whether it says nothing at all.
    pub fn says_nothing(&self) -> bool {
        let numbers = [self.wind.is_some(), self.gust.is_some(), self.water.is_some()];
        self.air.is_none() && numbers.iter().all(|known| !known)
    }
}

/// The free air at one height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// How high it is.
    pub height: Metres,
    /// How warm it is.
    pub air: Celsius,
    /// The wind there.
    pub wind: Kmh,
    /// Where it comes from.
    pub from: Degrees,
}

/// A provider's forecast for a cell, as we keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Which cell it is.
    pub cell: Cell,
    /// Who made it.
    pub source: Source,
    /// When the model began to compute it, or when the provider last renewed it.
    pub run: Timestamp,
    /// When we got it.
    pub fetched: Timestamp,
    /// When the provider last confirmed that it has nothing newer.
    pub checked: Timestamp,
    /// Until when the provider wants not to be asked again.
    pub expires: Option<Timestamp>,
    /// What the provider calls this version.
    pub tag: Option<String>,
    /// The height of the ground that the values are for.
    pub ground: Option<Metres>,
    /// Hour by hour. Shared, because one forecast answers many questions.
    pub hours: Arc<[Hour]>,
}

/// What is wrong with an answer that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// It is not what the provider's documentation describes.
    Shape,
    /// It broke off, or is longer than any answer should be.
    Length,
    /// It is about another place.
    Place,
    /// It has other units than were asked for.
    Units,
    /// Its hours are out of order.
    Order,
    /// It says nothing of the time to come.
    Past,
    /// It does not say which run it is of.
    NoRun,
    /// It is of a run that has not begun.
    Future,
    /// Several of its values are impossible.
    Values,
}

word_enum!(Flaw {
    Shape => "shape",
    Length => "length",
    Place => "place",
    Units => "units",
    Order => "order",
    Past => "past",
    NoRun => "no-run",
    Future => "future",
    Values => "values",
});

const HOUR: Duration = Duration::from_hours(1);

/// Most hours that the sums of one entry are about: no provider has longer steps.
pub(super) const LONGEST_STEP: u8 = 6;

/// How far ahead of our clock a run may seem to begin.
pub(super) const CLOCKS_DIFFER: Duration = HOUR;

/// Impossible values that one answer may have; each of them is left out.
pub const MOST_IMPOSSIBLE: u32 = 2;

impl Forecast {
    /// The forecast, if it can be one: its hours are in order, each is about six hours at most, they reach past
    /// now, and its run has begun. Hours of before
    /// the run are left out.
    ///
    /// # Errors
    ///
    /// What is wrong: a [`Flaw`].
    pub fn sound(mut self, now: Timestamp) -> Result<Self, Flaw> {
        if self.run > now.plus(CLOCKS_DIFFER) {
            return Err(Flaw::Future);
        }
        let ordered = self.hours.is_sorted_by(|one, next| one.at < next.at);
        if !ordered {
            return Err(Flaw::Order);
        }
        if self.hours.iter().any(|hour| hour.hours > LONGEST_STEP) {
            return Err(Flaw::Shape);
        }
        let (run, hours) = (self.run, std::mem::take(&mut self.hours));
        let told = hours.iter().filter(|hour| hour.at >= run && !hour.says_nothing());
        self.hours = told.cloned().collect();
        if self.hours.last().is_none_or(|last| last.at <= now) {
            return Err(Flaw::Past);
        }
        Ok(self)
    }

    /// Whether the provider says of the free air, too.
    pub fn has_profile(&self) -> bool {
        self.hours.iter().any(|hour| !hour.profile.is_empty())
    }
}
