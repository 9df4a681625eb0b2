//! What a value at the model's ground says of another height: the one rule for every provider.
//!
//! Between the two heights the air is as much warmer or colder as the free air of the model is; where it says nothing of
//! both heights, 0.65 C for each 100 m. Rain is never moved.

use super::{
    forecast::Level,
    units::{Celsius, Degrees, Kmh, Metres},
};

/// Thousandths of a tenth of a degree that a metre makes.
const LAPSE: i32 = 65;

/// The air at `to`, when it has this temperature at `from`.
pub fn moved(air: Celsius, from: Metres, to: Metres, profile: &[Level]) -> Celsius {
    let free = |height| free_air(profile, height).map(|level| i32::from(level.air.tenths()));
    if let (Some(there), Some(here)) = (free(to), free(from)) {
        return air.plus_tenths(there - here);
    }
    let down = i32::from(from.whole()) - i32::from(to.whole());
    air.plus_tenths(divided(down * LAPSE, 1_000))
}

/// The free air at a height between two levels.
pub fn free_air(profile: &[Level], height: Metres) -> Option<Level> {
    let pairs = profile.iter().zip(profile.iter().skip(1));
    let mut around = pairs.filter(|(low, high)| low.height <= height && height <= high.height);
    let (low, high) = around.next()?;
    let whole = i32::from(high.height.whole()) - i32::from(low.height.whole());
    let part = i32::from(height.whole()) - i32::from(low.height.whole());
    if whole == 0 {
        return Some(*low);
    }
    let between = |low: i32, high: i32| low + divided((high - low) * part, whole);
    let air = between(low.air.tenths().into(), high.air.tenths().into());
    let wind = between(low.wind.whole().into(), high.wind.whole().into());
    let from: Degrees = if part * 2 <= whole { low.from } else { high.from };
    Some(Level {
        height,
        air: Celsius::from_tenths(0).plus_tenths(air),
        wind: Kmh::from_whole(u16::try_from(wind).unwrap_or_default()),
        from,
    })
}

/// The quotient, rounded to the nearest whole number.
fn divided(number: i32, by: i32) -> i32 {
    (2 * number + by).div_euclid(2 * by)
}

/// How cold the wind makes air of this temperature feel, as Environment Canada and the US Weather Service computed it in
/// 2001. It says nothing of warm air and of weak wind; then the air feels as it is.
pub fn feels(air: Celsius, wind: Kmh) -> Celsius {
    if air.tenths() > 100 || wind.whole() < 5 {
        return air;
    }
    let (degrees, speed) = (f64::from(air.tenths()) / 10.0, f64::from(wind.whole()));
    let power = speed.powf(0.16);
    let felt = 0.3965_f64.mul_add(
        degrees * power,
        0.6215_f64.mul_add(degrees, 13.12 - 11.37 * power),
    );
    Celsius::from_tenths(0)
        .plus_tenths(super::units::rounded(felt * 10.0))
        .min(air)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(height: i16, tenths: i16, wind: u16) -> Level {
        Level {
            height: Metres::from_whole(height),
            air: Celsius::from_tenths(tenths),
            wind: Kmh::from_whole(wind),
            from: Degrees::from_whole(270),
        }
    }

    fn moved_by(profile: &[Level], from: i16, to: i16) -> i16 {
        let (from, to) = (Metres::from_whole(from), Metres::from_whole(to));
        moved(Celsius::from_tenths(50), from, to, profile).tenths()
    }

    #[test]
    fn without_a_profile_a_hundred_metres_are_two_thirds_of_a_degree() {
        assert_eq!(moved_by(&[], 980, 1_617), 50 - 41);
        assert_eq!(moved_by(&[], 980, 739), 50 + 16);
        assert_eq!(moved_by(&[], 980, 980), 50);
        assert_eq!(moved_by(&[], 0, 100), 50 - 6);
    }

    #[test]
    fn the_free_air_of_the_model_is_used_as_it_is_also_when_it_is_colder_below() {
        let warm_above = [level(500, 0, 10), level(1_000, 20, 30), level(1_500, 40, 50)];
        assert_eq!(moved_by(&warm_above, 1_000, 1_500), 70);
        assert_eq!(moved_by(&warm_above, 1_000, 500), 30);
        assert_eq!(
            moved_by(&warm_above, 1_000, 1_600),
            50 - 39,
            "beyond the levels it is the rule"
        );
    }

    #[test]
    fn wind_between_two_levels_is_between_theirs() {
        let profile = [level(500, 0, 10), level(1_500, -50, 50)];
        assert_eq!(
            free_air(&profile, Metres::from_whole(1_000))
                .unwrap()
                .wind
                .whole(),
            30
        );
        assert_eq!(free_air(&profile, Metres::from_whole(1_501)), None);
    }

    #[test]
    fn wind_chill_is_the_table_of_the_weather_services() {
        for (air, wind, felt) in [
            (0, 30, -65),
            (-100, 30, -195),
            (-100, 60, -226),
            (50, 20, 11),
            (0, 4, 0),
            (110, 60, 110),
        ] {
            assert_eq!(
                feels(Celsius::from_tenths(air), Kmh::from_whole(wind)).tenths(),
                felt,
                "{air} {wind}"
            );
        }
    }
}
