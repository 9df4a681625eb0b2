//! A question with its places found: what is kept while the answer is waited for, so that a later change of the route or of
//! the hiker changes nothing about it.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{
    cell::Cell,
    coordinates::Spot,
    question::{Question, Span, Wanted},
    units::Metres,
};
use crate::{
    route::{Coordinate, Kind, Route, Waypoint},
    word::word_enum,
};

/// Places on a page of camps or peaks.
pub const PAGE_PLACES: usize = 12;

/// What the answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// A single camp.
    Camp,
    /// A single peak.
    Peak,
    /// A place in coordinates.
    Spot,
    /// Camps of the route, a line each.
    Camps,
    /// Peaks of the route, a line each.
    Peaks,
}

word_enum!(About {
    Camp => "camp",
    Peak => "peak",
    Spot => "spot",
    Camps => "camps",
    Peaks => "peaks",
});

/// One place of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its code, or its coordinates as they are shown.
    pub label: String,
    /// What people call it; empty for coordinates.
    pub name: String,
    /// Latitude in degrees.
    pub latitude: Coordinate,
    /// Longitude in degrees.
    pub longitude: Coordinate,
    /// Its own height, where it is known.
    pub height: Option<Metres>,
    /// Whether somebody has compared its position with a map.
    pub is_checked: bool,
}

impl Place {
    /// The cell that it lies in.
    pub fn cell(&self) -> Cell {
        Cell::of(self.latitude, self.longitude)
    }

    fn of_route(waypoint: &Waypoint) -> Self {
        Self {
            label: waypoint.code.to_string(),
            name: waypoint.name.clone(),
            latitude: waypoint.latitude,
            longitude: waypoint.longitude,
            height: i16::try_from(waypoint.elevation_m).ok().map(Metres::from_whole),
            is_checked: waypoint.verified,
        }
    }

    fn of_spot(spot: &Spot) -> Self {
        Self {
            label: format!(
                "{} {}",
                side(spot.latitude, 'N', 'S'),
                side(spot.longitude, 'E', 'W')
            ),
            name: String::new(),
            latitude: spot.latitude,
            longitude: spot.longitude,
            height: spot.height.map(Metres::from_whole),
            is_checked: true,
        }
    }
}

/// An angle with its letter, to two decimals: `41.87S`.
pub fn side(angle: Coordinate, positive: char, negative: char) -> String {
    let micro = angle.as_microdegrees();
    let hundredths = (micro.unsigned_abs() + 5_000) / 10_000;
    let letter = if micro < 0 { negative } else { positive };
    format!("{}.{:02}{letter}", hundredths / 100, hundredths % 100)
}

/// A question with its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// How far ahead.
    pub span: Span,
    /// What the answer is about.
    pub about: About,
    /// The route, for a line of a text.
    pub route: String,
    /// Which page of its places, from 1 on.
    pub page: usize,
    /// How many places there are on all pages.
    pub total: usize,
    /// The IANA name of the zone that times are shown in.
    pub zone: String,
    /// Where warnings are found; no forecast of ours has any.
    pub warnings: Option<String>,
    /// The places of the page.
    pub places: Vec<Place>,
}

/// Why no place was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// No camp was checked in at, and no place is named.
    NoCamp,
    /// Nothing has this code; these begin so or are near it.
    Code {
        /// As it was texted.
        code: String,
        /// Codes of the route that could be meant.
        near: Vec<String>,
    },
    /// The route has no page of this number.
    Page {
        /// The list that was asked for.
        list: About,
        /// Whether it has no place at all.
        is_empty: bool,
    },
    /// The coordinates do not say which place is meant.
    Unclear,
}

impl Asked {
    /// Finds the places of a question on the hiker's route; `last` is the code of the last check-in.
    ///
    /// # Errors
    ///
    /// Fails with [`NotFound`].
    pub fn find(question: &Question, route: &Route, last: Option<&str>) -> Result<Self, NotFound> {
        let asked = |about, places: Vec<Place>| Self {
            span: question.span,
            about,
            route: route.short_name().to_owned(),
            page: 1,
            total: places.len(),
            zone: route.time_zone().iana_name().unwrap_or("UTC").to_owned(),
            warnings: route.warnings().map(str::to_owned),
            places,
        };
        let one = |place: &Waypoint| {
            let about = match place.kind {
                Kind::Camp => About::Camp,
                Kind::Peak => About::Peak,
            };
            asked(about, vec![Place::of_route(place)])
        };
        match &question.wanted {
            Wanted::Last => last
                .and_then(|code| route.camp(code))
                .map(one)
                .ok_or(NotFound::NoCamp),
            Wanted::Code(code) => {
                let place = route.camp(code).or_else(|| route.peak(code));
                place.map(one).ok_or_else(|| not_found(route, code))
            }
            Wanted::Camps(page) => paged(
                asked(About::Camps, route.camps().map(Place::of_route).collect()),
                *page,
            ),
            Wanted::Peaks(page) => paged(
                asked(About::Peaks, route.peaks().map(Place::of_route).collect()),
                *page,
            ),
            Wanted::Spot(spot) => Ok(asked(About::Spot, vec![Place::of_spot(spot)])),
            Wanted::Unclear => Err(NotFound::Unclear),
        }
    }

    /// The cells of its places, each once.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.places.iter().map(Place::cell).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// What it is called in a sentence: a code, coordinates, or the word of the list.
    pub fn label(&self) -> &str {
        match (self.about, self.places.first()) {
            (About::Camps, _) => "CAMPS",
            (About::Peaks, _) => "PEAKS",
            (_, place) => place.map_or("", |place| &place.label),
        }
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.total.div_ceil(PAGE_PLACES).max(1)
    }

    /// The zone that its times are shown in.
    pub fn time_zone(&self) -> TimeZone {
        TimeZoneDatabase::bundled()
            .get(&self.zone)
            .unwrap_or(TimeZone::UTC)
    }
}

/// One page of the places.
fn paged(mut asked: Asked, page: usize) -> Result<Asked, NotFound> {
    let none = NotFound::Page {
        list: asked.about,
        is_empty: asked.total == 0,
    };
    let Some(before) = page.checked_sub(1) else {
        return Err(none);
    };
    let first = before.saturating_mul(PAGE_PLACES);
    asked.places = asked.places.into_iter().skip(first).take(PAGE_PLACES).collect();
    asked.page = page;
    if asked.places.is_empty() {
        Err(none)
    } else {
        Ok(asked)
    }
}

/// Codes are never guessed; those that could be meant are named.
fn not_found(route: &Route, code: &str) -> NotFound {
    let mut near = route.matching_prefix(code);
    if near.is_empty() {
        near = route.nearest_camps(code);
    }
    let near = near.into_iter().map(|place| place.code.to_string());
    NotFound::Code {
        code: code.to_owned(),
        near: near.take(PAGE_PLACES).collect(),
    }
}
