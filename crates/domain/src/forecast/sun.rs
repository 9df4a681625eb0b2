//! Sunrise and sunset, computed: right also while no provider answers.
//!
//! The formulas are those of NOAA's solar calculator, for a flat horizon at the height of the sea.

use std::time::Duration;

use super::units::rounded;
use crate::{route::Coordinate, time::Timestamp};

/// What the sun does on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sun {
    /// It rises, and it sets.
    Rises {
        /// When the first of it is seen.
        rise: Timestamp,
        /// When the last of it is seen.
        set: Timestamp,
    },
    /// It is up all day.
    StaysUp,
    /// It is down all day.
    StaysDown,
}

/// The sun's distance from overhead when it rises: air bends its light, and it is no point.
const HORIZON: f64 = 90.833;

/// What the sun does on the day that has this instant in its middle, by the sun.
pub fn sun(latitude: Coordinate, longitude: Coordinate, noon: Timestamp) -> Sun {
    let place = (degrees(latitude).to_radians(), degrees(longitude));
    let (Some(rise), Some(set)) = (event(place, noon, -1.0), event(place, noon, 1.0)) else {
        let (declination, _) = position(century(noon));
        let height = (place.0.sin() * declination.sin() + place.0.cos() * declination.cos()).asin();
        let is_up = height.to_degrees() > 90.0 - HORIZON;
        return if is_up { Sun::StaysUp } else { Sun::StaysDown };
    };
    // What is computed first belongs to the day in UTC; the passage that is nearest to the instant is the day's.
    let passage = rise.plus(set.since(rise) / 2);
    let shifted = |instant: Timestamp| {
        if passage.since(noon) > HALF_A_DAY {
            instant.minus(HALF_A_DAY * 2)
        } else if noon.since(passage) > HALF_A_DAY {
            instant.plus(HALF_A_DAY * 2)
        } else {
            instant
        }
    };
    Sun::Rises {
        rise: shifted(rise),
        set: shifted(set),
    }
}

const HALF_A_DAY: Duration = Duration::from_hours(12);

/// When the sun rises (-1) or sets (1) on the day in UTC. It is computed twice, because the sun moves on in half a day.
fn event((latitude, longitude): (f64, f64), noon: Timestamp, side: f64) -> Option<Timestamp> {
    let midnight = noon.as_seconds().div_euclid(86_400).saturating_mul(86_400);
    let mut at = noon;
    for _ in 0..2 {
        let (declination, equation) = position(century(at));
        let cosine = HORIZON.to_radians().cos() / (latitude.cos() * declination.cos())
            - latitude.tan() * declination.tan();
        if !(-1.0..=1.0).contains(&cosine) {
            return None;
        }
        let minutes = 720.0 - 4.0 * longitude - equation + side * 4.0 * cosine.acos().to_degrees();
        let seconds = midnight.saturating_add(rounded(minutes * 60.0).into());
        at = Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    }
    Some(at)
}

/// Centuries since noon of the first day of 2000.
fn century(at: Timestamp) -> f64 {
    let days = f64::from(u32::try_from(at.as_seconds()).unwrap_or_default()) / 86_400.0 - 10_957.5;
    days / 36_525.0
}

fn degrees(angle: Coordinate) -> f64 {
    f64::from(angle.as_microdegrees()) / 1e6
}

/// The sun's declination in radians and the equation of time in minutes, so many centuries after the year 2000.
fn position(century: f64) -> (f64, f64) {
    let mean_longitude = (280.466_46 + century * (36_000.769_83 + century * 0.000_303_2)).rem_euclid(360.0);
    let anomaly = (357.529_11 + century * (35_999.050_29 - 0.000_153_7 * century)).to_radians();
    let eccentricity = 0.016_708_634 - century * (0.000_042_037 + 0.000_000_126_7 * century);
    let centre = anomaly.sin() * (1.914_602 - century * (0.004_817 + 0.000_014 * century))
        + (2.0 * anomaly).sin() * (0.019_993 - 0.000_101 * century)
        + (3.0 * anomaly).sin() * 0.000_289;
    let node = (125.04 - 1_934.136 * century).to_radians();
    let longitude = (mean_longitude + centre - 0.005_69 - 0.004_78 * node.sin()).to_radians();
    let tilt = 23.439_291 - century * 0.013_004_2 + 0.002_56 * node.cos();
    let tilt = tilt.to_radians();
    let declination = (tilt.sin() * longitude.sin()).asin();
    let half = (tilt / 2.0).tan().powi(2);
    let mean = mean_longitude.to_radians();
    let equation = half * (2.0 * mean).sin() - 2.0 * eccentricity * anomaly.sin()
        + 4.0 * eccentricity * half * anomaly.sin() * (2.0 * mean).cos()
        - 0.5 * half * half * (4.0 * mean).sin()
        - 1.25 * eccentricity * eccentricity * (2.0 * anomaly).sin();
    (declination, 4.0 * equation.to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: &str, longitude: &str, noon: &str) -> Sun {
        let noon: jiff::Timestamp = noon.parse().unwrap();
        let noon = Timestamp::from_micros(noon.as_microsecond());
        sun(latitude.parse().unwrap(), longitude.parse().unwrap(), noon)
    }

    /// The hour and minute of both in UTC, and which days.
    fn told(sun: Sun) -> String {
        let Sun::Rises { rise, set } = sun else {
            return format!("{sun:?}");
        };
        let minute = |at: Timestamp| {
            at.plus(Duration::from_secs(30))
                .to_string()
                .get(5..16)
                .unwrap()
                .to_owned()
        };
        format!("{} {}", minute(rise), minute(set))
    }

    #[test]
    fn the_sun_rises_and_sets_where_and_when_almanacs_say() {
        // 05:43 and 20:20 in Tasmania, daylight saving time.
        let pelion = at("-41.83", "146.05", "2026-11-19T02:00:00Z");
        assert_eq!(told(pelion), "11-18T18:43 11-19T09:20");
        // Greenwich on the longest day of 2026: 04:43 and 21:21, British summer time.
        assert_eq!(
            told(at("51.48", "0", "2026-06-21T12:00:00Z")),
            "06-21T03:43 06-21T20:21"
        );
        // At the equator both are about 6 o'clock by the sun.
        assert_eq!(
            told(at("0", "0", "2026-03-20T12:00:00Z")),
            "03-20T06:04 03-20T18:11"
        );
    }

    #[test]
    fn beyond_the_polar_circles_there_are_days_without_sunset_and_without_sunrise() {
        assert_eq!(at("78.2", "15.6", "2026-06-21T11:00:00Z"), Sun::StaysUp);
        assert_eq!(at("78.2", "15.6", "2026-12-21T11:00:00Z"), Sun::StaysDown);
        assert_eq!(at("-90", "0", "2026-12-21T12:00:00Z"), Sun::StaysUp);
    }

    #[test]
    fn both_belong_to_the_day_that_is_asked_for_wherever_it_begins() {
        for (longitude, noon) in [
            ("-176.5", "2026-11-18T23:00:00Z"),
            ("179", "2026-11-19T00:00:00Z"),
            ("-157", "2026-11-19T22:00:00Z"),
        ] {
            let Sun::Rises { rise, set } = at("-20", longitude, noon) else {
                panic!("the sun rises in the tropics");
            };
            let noon: jiff::Timestamp = noon.parse().unwrap();
            let noon = Timestamp::from_micros(noon.as_microsecond());
            assert!(rise < noon && noon < set, "{longitude}: {rise} {set}");
        }
    }
}
