//! A place on a route: its code, where it lies, how high.

use std::{fmt, str::FromStr};

/// A place's code: four to six ASCII capitals, unique on its route only (`LAKEO` is two places on two routes).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaypointCode(Box<str>);

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A code is four to six capital letters A to Z.")]
pub struct NotACode;

impl WaypointCode {
    /// Reads a code exactly as it is written: nothing is trimmed or folded.
    ///
    /// # Errors
    ///
    /// [`NotACode`] for anything but `[A-Z]{4,6}`.
    pub fn parse(raw: &str) -> Result<Self, NotACode> {
        let well_formed = (4..=6).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_uppercase());
        if well_formed {
            Ok(Self(raw.into()))
        } else {
            Err(NotACode)
        }
    }

    /// The letters of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WaypointCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One angle of a position, in millionths of a degree (eleven centimetres of latitude). North and east are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate(i32);

/// A text that is no angle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A coordinate is written in decimal degrees with at most six decimals, from -180 to 180.")]
pub struct NotACoordinate;

impl Coordinate {
    const PER_DEGREE: i32 = 1_000_000;

    /// From millionths of a degree.
    pub const fn from_microdegrees(microdegrees: i32) -> Self {
        Self(microdegrees)
    }

    /// Millionths of a degree.
    pub const fn as_microdegrees(self) -> i32 {
        self.0
    }
}

/// Reads decimal degrees digit by digit, so that no binary fraction comes between the file and the map.
impl FromStr for Coordinate {
    type Err = NotACoordinate;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = raw.strip_prefix('-').map_or((false, raw), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, "0"), |parts| parts);
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() > 3 || fraction.len() > 6 || !all_digits(whole) || !all_digits(fraction) {
            return Err(NotACoordinate);
        }
        let degrees: i32 = whole.parse().map_err(|_| NotACoordinate)?;
        let micro: i32 = format!("{fraction:0<6}").parse().map_err(|_| NotACoordinate)?;
        let size = degrees
            .checked_mul(Self::PER_DEGREE)
            .and_then(|size| size.checked_add(micro));
        match size {
            Some(size) if size <= 180 * Self::PER_DEGREE => Ok(Self(if negative { -size } else { size })),
            _ => Err(NotACoordinate),
        }
    }
}

/// Decimal degrees without trailing zeros: `-41.6504`.
impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_degree = Self::PER_DEGREE.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        let fraction = format!("{:06}", size % per_degree);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{dot}{fraction}", size / per_degree)
    }
}

/// The part of the world a route lies in, as a box of coordinates: catches a swapped or mistyped number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What people call it.
    pub name: String,
    /// The southern edge, inside.
    pub south: Coordinate,
    /// The northern edge, inside.
    pub north: Coordinate,
    /// The western edge, inside.
    pub west: Coordinate,
    /// The eastern edge, inside.
    pub east: Coordinate,
}

impl Region {
    /// Whether a place lies inside.
    pub fn contains(&self, latitude: Coordinate, longitude: Coordinate) -> bool {
        (self.south..=self.north).contains(&latitude) && (self.west..=self.east).contains(&longitude)
    }
}

/// What a hiker does at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sleeps there, and checks in.
    Camp,
    /// A peak that hikers climb.
    Peak,
}

/// A place as a data file tells of it, before the rules were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaypointDraft {
    /// Camp or peak.
    pub kind: Kind,
    /// The code, as written.
    pub code: String,
    /// The name, as written.
    pub name: String,
    /// Latitude in degrees north.
    pub latitude: Coordinate,
    /// Longitude in degrees east.
    pub longitude: Coordinate,
    /// Metres above the sea.
    pub elevation_m: i64,
    /// Whether somebody has compared the position with a map.
    pub verified: bool,
}

/// A place on a route. It is known by its route and code together, never by the code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waypoint {
    /// Camp or peak.
    pub kind: Kind,
    /// What hikers text.
    pub code: WaypointCode,
    /// What people call it.
    pub name: String,
    /// Latitude in degrees north.
    pub latitude: Coordinate,
    /// Longitude in degrees east.
    pub longitude: Coordinate,
    /// Metres above the sea.
    pub elevation_m: i32,
    /// Whether somebody has compared the position with a map. Only then may a message to a contact link to one.
    pub verified: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_four_to_six_capitals() {
        for raw in ["OSSA", "RONNY", "PELIOW"] {
            assert_eq!(WaypointCode::parse(raw).unwrap().as_str(), raw);
        }
        for raw in ["", "OSS", "PELIOWE", "ronny", "LAKE1", "LAKÉO", " OSSA", "OSSA "] {
            assert_eq!(WaypointCode::parse(raw), Err(NotACode), "{raw:?}");
        }
    }

    #[test]
    fn degrees_are_read_to_the_last_digit() {
        for (raw, microdegrees) in [
            ("-41.6504", -41_650_400),
            ("146.229973", 146_229_973),
            ("-44", -44_000_000),
            ("0.000001", 1),
            ("-0.5", -500_000),
            ("180", 180_000_000),
        ] {
            let coordinate: Coordinate = raw.parse().unwrap();
            assert_eq!(coordinate.as_microdegrees(), microdegrees);
            assert_eq!(coordinate.to_string(), raw);
        }
        for raw in [
            "",
            "-",
            ".5",
            "5.",
            "1e2",
            "+5",
            "180.000001",
            "1.2345678",
            "4 1",
            "1000",
        ] {
            assert_eq!(raw.parse::<Coordinate>(), Err(NotACoordinate), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(microdegrees in -180_000_000_i32..=180_000_000) {
            let coordinate = Coordinate::from_microdegrees(microdegrees);
            prop_assert_eq!(coordinate.to_string().parse::<Coordinate>(), Ok(coordinate));
        }
    }
}
