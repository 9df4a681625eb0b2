//! The lines of a forecast, and what goes first when one text does not hold them.

use jiff::tz::TimeZone;

use super::source::{SIMULATED, credit, hours_of, run_of};
use crate::{
    forecast::{
        Age, Asked, Cell, Forecast, Found, Metres, Place, Source,
        asked::side,
        days::{noon, zoned},
        stretch::Site,
        sun::{Sun, sun},
    },
    route::Coordinate,
    sms::{
        body::{Encoding, size},
        parts::MAX_SEGMENTS,
    },
    time::Timestamp,
};

/// Longest line that old telephones show without a break.
pub(super) const WIDEST: usize = 42;

/// What may be left out, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spare {
    /// How much cloud there is.
    Cloud,
    /// When the sun rises and sets.
    Sun,
    /// What people call the place.
    Name,
    /// How one of several places is asked for.
    OneOf,
    /// How the next page is asked for.
    More,
    /// Which of two winds is shown.
    Wind,
    /// What a question mark means.
    Partial,
}

const SPARES: [Spare; 7] = [
    Spare::Cloud,
    Spare::Sun,
    Spare::Name,
    Spare::OneOf,
    Spare::More,
    Spare::Wind,
    Spare::Partial,
];

/// A line, and what stands there when it is spared.
struct Line {
    text: String,
    spare: Option<(Spare, Option<String>)>,
}

/// The lines of an answer.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<Line>,
}

impl Page {
    /// Adds a line that always stands there.
    pub(super) fn line(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.lines.push(Line { text, spare: None });
    }

    /// Adds a line that may be left out.
    pub(super) fn spare(&mut self, spare: Spare, text: impl Into<String>) {
        let text = text.into();
        self.lines.push(Line {
            text,
            spare: Some((spare, None)),
        });
    }

    /// Adds a title, of which the place's name may be left out.
    pub(super) fn title(&mut self, with_name: String, without: String) {
        if with_name.chars().count() > WIDEST {
            self.line(without);
        } else {
            self.lines.push(Line {
                text: with_name,
                spare: Some((Spare::Name, Some(without))),
            });
        }
    }

    /// Says first what a reader must know before any number.
    pub(super) fn head(&mut self, found: &Found<'_>) {
        if found.source == Source::Simulated {
            self.line(SIMULATED);
        }
        if let Age::Old(age) = found.age {
            self.line(format!("OLD: could not be renewed for {}h", hours_of(age)));
        }
    }

    /// Says last which run it is, when we got it, that it has no warnings, and whose it is.
    pub(super) fn foot(&mut self, asked: &Asked, found: &Found<'_>) {
        let zone = asked.time_zone();
        let has_profile = found.forecasts.iter().all(|forecast| forecast.has_profile());
        let run = run_of(found.source, has_profile);
        self.line(format!(
            "{run} {}, got {}",
            day_clock(found.run, &zone),
            day_clock(found.checked, &zone)
        ));
        match &asked.warnings {
            Some(warnings) => self.line(format!("No warnings in this: {warnings}")),
            None => self.line("No warnings in this."),
        }
        if let Some(credit) = credit(found.source) {
            self.line(credit);
        }
    }

    /// Says for which height the temperatures are.
    pub(super) fn ground(&mut self, forecast: &Forecast, height: Option<Metres>) {
        let called = match (forecast.source, forecast.ground) {
            (_, Some(ground)) if ground.whole() == 0 => "Sea square",
            (Source::MetNorway, _) => "Source height",
            _ => "Model ground",
        };
        self.line(match (forecast.ground, height) {
            (Some(ground), Some(height)) => {
                format!("{called} {}m, C moved to {}m", ground.whole(), height.whole())
            }
            (Some(ground), None) => format!("{called} {}m: C is for there", ground.whole()),
            (None, _) => "Height of the model unknown, C not moved".to_owned(),
        });
    }

    /// Says which wind is shown for a place that stands out.
    pub(super) fn wind(&mut self, site: &Site<'_>, ground: Option<Metres>) {
        if site.uses_free_air() {
            self.spare(Spare::Wind, "Wind: 10m or free air, the stronger");
        } else if site.lacks_free_air() {
            let at = ground.map_or_else(String::new, |ground| format!(" at {}m", ground.whole()));
            self.line(format!("10m wind{at}: ridges have more"));
        }
    }

    /// Says what a place's position is worth.
    pub(super) fn position(&mut self, place: &Place) {
        if !place.is_checked {
            self.line(format!("Position of {} unchecked", place.label));
        }
    }

    /// Says which square a place in coordinates lies in.
    pub(super) fn square(&mut self, cell: Cell) {
        let (north, east) = (side(cell.latitude(), 'N', 'S'), side(cell.longitude(), 'E', 'W'));
        self.line(format!("For a square of 5km around {north} {east}"));
    }

    /// One text, without what may be left out as far as that is needed. What still does not fit becomes several texts.
    pub(super) fn fitted(mut self) -> String {
        if size(&self.text()).encoding == Encoding::Ucs2 {
            self.leave_out(Spare::Name);
        }
        for spare in SPARES {
            if size(&self.text()).segments <= MAX_SEGMENTS {
                break;
            }
            self.leave_out(spare);
        }
        self.text()
    }

    fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }

    fn leave_out(&mut self, what: Spare) {
        let lines = std::mem::take(&mut self.lines);
        let kept = lines.into_iter().filter_map(|line| match line.spare {
            Some((spare, instead)) if spare == what => instead.map(|text| Line { text, spare: None }),
            _ => Some(line),
        });
        self.lines = kept.collect();
    }
}

/// The time of day in 24 hours: `07:22`.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%H:%M").to_string()
}

/// The same with the day before it: `Wed 23:00`.
fn day_clock(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%a %H:%M").to_string()
}

/// The hour, with its minutes where the zone has some: `07`, `07:30`.
pub(super) fn hour(at: Timestamp, zone: &TimeZone) -> String {
    let at = zoned(at, zone);
    if at.minute() == 0 {
        at.strftime("%H").to_string()
    } else {
        at.strftime("%H:%M").to_string()
    }
}

/// The day and the zone: `Thu 19 Nov`, `AEDT`.
pub(super) fn day_and_zone(at: Timestamp, zone: &TimeZone) -> (String, String) {
    let at = zoned(at, zone);
    (
        at.strftime("%a %-d %b").to_string(),
        at.strftime("%Z").to_string(),
    )
}

/// The sun of the day that an instant lies in.
pub(super) fn sun_of(at: Timestamp, zone: &TimeZone, (latitude, longitude): (Coordinate, Coordinate)) -> Sun {
    sun(latitude, longitude, noon(at, zone))
}

/// Sunrise and sunset of one day: `Sunrise 05:43, set 20:20`.
pub(super) fn sun_line(sun: Sun, zone: &TimeZone) -> String {
    match sun {
        Sun::Rises { rise, set } => format!("Sunrise {}, set {}", minute(rise, zone), minute(set, zone)),
        Sun::StaysUp => "Sun does not set".to_owned(),
        Sun::StaysDown => "Sun does not rise".to_owned(),
    }
}

/// The nearest minute.
pub(super) fn minute(at: Timestamp, zone: &TimeZone) -> String {
    clock(at.plus(std::time::Duration::from_secs(30)), zone)
}
