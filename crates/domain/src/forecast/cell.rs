//! Squares of a twentieth of a degree: what a forecast is fetched and kept for, and all that a provider learns of a place.

use crate::route::Coordinate;

/// Cells in a circle of latitude.
const AROUND: i32 = 7_200;

/// Millionths of a degree in a cell.
const SIDE: i32 = 50_000;

/// A square of 0.05 degrees around a multiple of 0.05: about 5 km, half of what a model sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    lat: i16,
    lon: i16,
}

impl Cell {
    /// The cell that a place lies in.
    pub fn of(latitude: Coordinate, longitude: Coordinate) -> Self {
        Self::normal(
            nearest(latitude.as_microdegrees()),
            nearest(longitude.as_microdegrees()),
        )
    }

    /// The cell with this index: twentieths of a degree, as stored. One beyond the antimeridian is the same cell.
    pub fn at(lat: i16, lon: i16) -> Self {
        Self::normal(lat.into(), lon.into())
    }

    /// A pole is one cell, whatever its longitude.
    fn normal(lat: i32, lon: i32) -> Self {
        let lat = lat.clamp(-1_800, 1_800);
        let lon = (lon + AROUND / 2).rem_euclid(AROUND) - AROUND / 2;
        let lon = if lat.abs() == 1_800 { 0 } else { lon };
        Self {
            lat: i16::try_from(lat).unwrap_or_default(),
            lon: i16::try_from(lon).unwrap_or_default(),
        }
    }

    /// Twentieths of a degree north.
    pub const fn lat(self) -> i16 {
        self.lat
    }

    /// Twentieths of a degree east.
    pub const fn lon(self) -> i16 {
        self.lon
    }

    /// The middle, in degrees north and east.
    pub fn centre(self) -> (f64, f64) {
        (f64::from(self.lat) / 20.0, f64::from(self.lon) / 20.0)
    }

    /// The middle's latitude.
    pub fn latitude(self) -> Coordinate {
        Coordinate::from_microdegrees(i32::from(self.lat) * SIDE)
    }

    /// The middle's longitude.
    pub fn longitude(self) -> Coordinate {
        Coordinate::from_microdegrees(i32::from(self.lon) * SIDE)
    }

    /// Whether an answer that names this point, in degrees, can be about the cell.
    pub fn is_near(self, latitude: f64, longitude: f64) -> bool {
        let (lat, lon) = self.centre();
        let east = (longitude - lon).abs();
        // Beyond 60 degrees of latitude the points of a grid of equal distances are more degrees of longitude apart.
        let near_east = NEAR * (0.5 / lat.to_radians().cos().max(0.01)).max(1.0);
        (latitude - lat).abs() <= NEAR && (east <= near_east || (360.0 - east).abs() <= near_east)
    }
}

/// How far the point of a model's grid may lie from the middle of the cell, in degrees.
const NEAR: f64 = 0.2;

fn nearest(micro: i32) -> i32 {
    (micro + SIDE / 2).div_euclid(SIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(latitude: &str, longitude: &str) -> Cell {
        Cell::of(latitude.parse().unwrap(), longitude.parse().unwrap())
    }

    #[test]
    fn places_of_one_square_share_a_cell() {
        let pelion = cell("-41.8293", "146.0463");
        assert_eq!(pelion, Cell::at(-837, 2_921));
        assert_eq!(pelion, cell("-41.84", "146.06"));
        assert_eq!(pelion.latitude().to_string(), "-41.85");
        assert_eq!(pelion.longitude().to_string(), "146.05");
    }

    #[test]
    fn the_antimeridian_and_the_poles_are_cells_like_others() {
        assert_eq!(cell("0", "180"), cell("0", "-180"));
        assert_eq!(cell("0", "179.99"), cell("0", "-179.99"));
        assert_eq!(cell("90", "12"), cell("90", "-170"));
        assert!(cell("-18", "180").is_near(-18.0, 179.95));
        assert!(!cell("-41.85", "146.05").is_near(-41.85, 146.3));
    }
}
