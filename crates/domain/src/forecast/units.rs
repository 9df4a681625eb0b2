//! Measured values, each a type of its own. What the weather cannot do is no value: it is absent, and never 0.

use std::ops::RangeInclusive;

/// A temperature in tenths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Celsius(i16);

/// A speed in kilometres an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kmh(u16);

/// Rain and melted snow in tenths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenthMm(u16);

/// A height above the sea in metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metres(i16);

/// A share of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

/// The direction that wind comes from, clockwise from north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees(u16);

impl Celsius {
    /// From degrees, if air can have this temperature.
    pub fn measured(degrees: f64) -> Option<Self> {
        within(degrees, -60.0..=55.0, 10.0).map(Self)
    }

    /// From tenths of a degree, as stored or computed.
    pub const fn from_tenths(tenths: i16) -> Self {
        Self(tenths)
    }

    /// Tenths of a degree.
    pub const fn tenths(self) -> i16 {
        self.0
    }

    /// The nearest whole degree; what is halfway between two goes to the colder one.
    pub fn rounded(self) -> i16 {
        let shifted = self.0.saturating_add(4);
        shifted.div_euclid(10)
    }

    /// So many tenths more, or fewer.
    #[must_use]
    pub fn plus_tenths(self, tenths: i32) -> Self {
        let sum = i32::from(self.0).saturating_add(tenths);
        Self(i16::try_from(sum).unwrap_or(if sum < 0 { i16::MIN } else { i16::MAX }))
    }
}

impl Kmh {
    /// A mean wind, if wind can be so strong.
    pub fn wind(speed: f64) -> Option<Self> {
        within(speed, 0.0..=300.0, 1.0).map(Self)
    }

    /// A gust, if gusts can be so strong.
    pub fn gust(speed: f64) -> Option<Self> {
        within(speed, 0.0..=400.0, 1.0).map(Self)
    }

    /// Whole kilometres an hour, as stored or computed.
    pub const fn from_whole(speed: u16) -> Self {
        Self(speed)
    }

    /// Whole kilometres an hour.
    pub const fn whole(self) -> u16 {
        self.0
    }

    /// The nearest multiple of five.
    pub const fn nearest_five(self) -> u16 {
        self.0.saturating_add(2) / 5 * 5
    }

    /// The next multiple of five that is not less.
    pub const fn up_to_five(self) -> u16 {
        self.0.saturating_add(4) / 5 * 5
    }
}

impl TenthMm {
    /// What fell within so many hours, if so much can fall.
    pub fn measured(millimetres: f64, hours: u8) -> Option<Self> {
        within(millimetres, 0.0..=200.0 * f64::from(hours), 10.0).map(Self)
    }

    /// From tenths of a millimetre, as stored or computed.
    pub const fn from_tenths(tenths: u16) -> Self {
        Self(tenths)
    }

    /// Tenths of a millimetre.
    pub const fn tenths(self) -> u16 {
        self.0
    }

    /// Both of them together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Metres {
    /// The height of the 0 C level, if it can be there.
    pub fn zero_level(metres: f64) -> Option<Self> {
        within(metres, -500.0..=7_000.0, 1.0).map(Self)
    }

    /// The height of ground, if ground can be so high.
    pub fn ground(metres: f64) -> Option<Self> {
        within(metres, -100.0..=6_000.0, 1.0).map(Self)
    }

    /// The height of a level of pressure.
    pub fn level(metres: f64) -> Option<Self> {
        within(metres, -1_000.0..=12_000.0, 1.0).map(Self)
    }

    /// Whole metres, as stored or typed.
    pub const fn from_whole(metres: i16) -> Self {
        Self(metres)
    }

    /// In whole metres.
    pub const fn whole(self) -> i16 {
        self.0
    }
}

impl Percent {
    /// A share of a hundred, if it is one.
    pub fn measured(share: f64) -> Option<Self> {
        within(share, 0.0..=100.0, 1.0).map(Self)
    }

    /// From the store.
    pub const fn from_whole(share: u8) -> Self {
        Self(share)
    }

    /// Of a hundred.
    pub const fn whole(self) -> u8 {
        self.0
    }
}

/// The eight names of directions, clockwise from north.
const POINTS: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

impl Degrees {
    /// A direction, if it is one.
    pub fn measured(degrees: f64) -> Option<Self> {
        within(degrees, 0.0..=360.0, 1.0).map(Self)
    }

    /// From the store.
    pub const fn from_whole(degrees: u16) -> Self {
        Self(degrees)
    }

    /// In whole degrees.
    pub const fn whole(self) -> u16 {
        self.0
    }

    /// The nearest of the eight directions.
    pub fn point(self) -> &'static str {
        let eighth = usize::from(self.0.saturating_add(22) % 360 / 45);
        POINTS.get(eighth).copied().unwrap_or("N")
    }
}

/// The value times `scale`, rounded, if it lies in the range and fits.
fn within<T: TryFrom<i32>>(value: f64, range: RangeInclusive<f64>, scale: f64) -> Option<T> {
    let scaled = range.contains(&value).then(|| rounded(value * scale))?;
    T::try_from(scaled).ok()
}

/// The nearest whole number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from f64 saturates and makes 0 of NaN; callers look at the range first"
)]
pub(super) fn rounded(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_weather_cannot_do_is_no_value() {
        assert_eq!(Celsius::measured(-12.34), Some(Celsius(-123)));
        assert_eq!(Kmh::gust(399.6), Some(Kmh(400)));
        assert_eq!(Metres::zero_level(1_250.4), Some(Metres(1_250)));
        assert_eq!(TenthMm::measured(7.85, 1), Some(TenthMm(79)));
        for absent in [f64::NAN, f64::INFINITY, -61.0, 56.0] {
            assert_eq!(Celsius::measured(absent), None, "{absent}");
        }
        assert_eq!(Kmh::gust(972.0), None);
        assert_eq!(Metres::zero_level(-100_000.0), None);
        assert_eq!(TenthMm::measured(-0.1, 1), None);
        assert_eq!(Percent::measured(100.5), None);
    }

    #[test]
    fn rounding_never_makes_the_weather_milder_or_minus_zero() {
        for (tenths, whole) in [
            (-5, -1),
            (-4, 0),
            (4, 0),
            (5, 0),
            (6, 1),
            (-14, -1),
            (-15, -2),
            (-16, -2),
        ] {
            assert_eq!(Celsius(tenths).rounded(), whole, "{tenths}");
        }
        assert_eq!((Kmh(52).nearest_five(), Kmh(53).nearest_five()), (50, 55));
        assert_eq!((Kmh(50).up_to_five(), Kmh(51).up_to_five()), (50, 55));
    }

    #[test]
    fn wind_comes_from_the_nearest_of_eight_directions() {
        for (degrees, point) in [
            (0, "N"),
            (22, "N"),
            (23, "NE"),
            (270, "W"),
            (337, "NW"),
            (338, "N"),
            (360, "N"),
        ] {
            assert_eq!(Degrees(degrees).point(), point, "{degrees}");
        }
    }
}
