//! Whether each number of a forecast's text is in the forecast, or in the range of the stated formula: written a second
//! time, in floating point, so that a mistake of the service's own arithmetic is seen.

use thunderbird_domain::{
    forecast::{Forecast, Hour, Level, Metres, Place},
    time::Timestamp,
};

/// What the text may say: everything that the hours in its reach allow.
struct Allowed {
    airs: Vec<f64>,
    winds: Vec<f64>,
    gusts: Vec<f64>,
    waters: Vec<f64>,
    chances: Vec<f64>,
    clouds: Vec<f64>,
    zeros: Vec<f64>,
}

/// The first number in the lines of an answer for one place, as `CAST`, `CAST24` and `CAST7` give it, that is in no hour of
/// the forecast and follows from none; nothing if all of them are sound.
pub fn invented(text: &str, place: &Place, forecast: &Forecast, now: Timestamp) -> Option<String> {
    let start = now.as_seconds().div_euclid(3_600) * 3_600;
    let hours = forecast.hours.iter();
    let in_reach: Vec<&Hour> = hours.filter(|hour| hour.at.as_seconds() >= start).collect();
    let allowed = Allowed::of(&in_reach, forecast.ground, place.height);
    text.lines().find_map(|line| {
        let is_sound = if let Some(row) = row_of(line) {
            is_row(row, &allowed)
        } else {
            is_summary(line, &allowed)
        };
        (!is_sound).then(|| line.to_owned())
    })
}

/// What stands behind the time or the day of a row: `07-10 4/-1 W25-55 0.6 40%` or `Thu 3..7 SW75 7.9 80%`.
fn row_of(line: &str) -> Option<&str> {
    let (first, rest) = line.split_once(' ')?;
    let is_day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&first);
    let is_time = first.len() >= 5
        && first
            .chars()
            .all(|letter| letter.is_ascii_digit() || "-:".contains(letter));
    let is_head = rest.contains(", ") || rest.contains("guess");
    ((is_day || is_time) && !is_head).then_some(rest)
}

fn is_row(row: &str, allowed: &Allowed) -> bool {
    row.split(' ').all(|word| {
        if word == "-" || word == "?" {
            true
        } else if let Some((low, high)) = word.split_once("..") {
            is_air(low, allowed) && is_air(high, allowed)
        } else if let Some((low, feels)) = word.split_once('/') {
            is_air(low, allowed) && (feels == "-" || is_felt(feels, allowed))
        } else if let Some(chance) = word.strip_suffix('%') {
            number(chance).is_some_and(|chance| near(&allowed.chances, chance, 0.5, 0.5))
        } else {
            let fallen = number(word.trim_end_matches('s'));
            fallen.is_some_and(|fallen| is_water(fallen, allowed)) || is_wind(word, allowed)
        }
    })
}

fn is_summary(line: &str, allowed: &Allowed) -> bool {
    let mut is_sound = true;
    if let Some(rest) = line.strip_prefix("High ") {
        is_sound &= rest
            .split_once('C')
            .is_some_and(|(high, _)| is_air(high, allowed));
    }
    if let Some((_, levels)) = line.split_once("0C level ") {
        let ends = levels.trim_end_matches('m').replace("below 0 to ", "");
        let ends = ends.split('-').filter(|end| *end != "below 0");
        is_sound &= ends
            .filter_map(number)
            .all(|end| near(&allowed.zeros, end, 25.5, 25.5));
    }
    if let Some(rest) = line.strip_prefix("Cloud below 3000m: ") {
        let ends = rest.trim_end_matches('%').split('-').filter_map(number);
        is_sound &= ends.into_iter().all(|end| near(&allowed.clouds, end, 3.0, 3.0));
    }
    is_sound
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

fn near(known: &[f64], said: f64, below: f64, above: f64) -> bool {
    known
        .iter()
        .any(|known| said >= known - below - 1e-9 && said <= known + above + 1e-9)
}

/// Rounded to a whole degree; the arithmetic in tenths may differ from this one by two of them.
fn is_air(said: &str, allowed: &Allowed) -> bool {
    number(said).is_some_and(|said| near(&allowed.airs, said, 0.75, 0.75))
}

fn is_felt(said: &str, allowed: &Allowed) -> bool {
    let Some(said) = number(said) else { return false };
    let winds = allowed.winds.iter();
    let chilled = winds.flat_map(|wind| allowed.airs.iter().map(move |air| chill(*air, *wind)));
    let felt: Vec<f64> = chilled.chain(allowed.airs.iter().copied()).collect();
    near(&felt, said, 0.9, 0.9)
}

/// The wind chill of 2001.
fn chill(air: f64, wind: f64) -> f64 {
    let power = wind.powf(0.16);
    (13.12 + 0.6215 * air - 11.37 * power + 0.3965 * air * power).min(air)
}

/// `W25-55`, `W25` or `25`: the wind to the nearest 5, a gust up to the next 5.
fn is_wind(word: &str, allowed: &Allowed) -> bool {
    let speeds = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let is_gust = |said: f64| near(&allowed.gusts, said, 0.5, 5.0) || near(&allowed.winds, said, 0.5, 5.0);
    let is_mean = |said: f64| near(&allowed.winds, said, 3.0, 3.0);
    match speeds.split_once('-') {
        Some((wind, gust)) => {
            (wind == "?" || number(wind).is_some_and(is_mean))
                && (gust == "?" || number(gust).is_some_and(is_gust))
        }
        None => number(speeds).is_some_and(|said| is_gust(said) || is_mean(said)),
    }
}

/// The sum of some hours in a row.
fn is_water(said: f64, allowed: &Allowed) -> bool {
    let tolerance = if said >= 10.0 { 0.51 } else { 0.001 };
    (0..allowed.waters.len()).any(|first| {
        let mut sum = 0.0;
        allowed.waters[first..].iter().any(|water| {
            sum += water;
            (sum - said).abs() <= tolerance
        })
    })
}

impl Allowed {
    fn of(hours: &[&Hour], ground: Option<Metres>, height: Option<Metres>) -> Self {
        let tenths = |value: i16| f64::from(value) / 10.0;
        let known = |value: fn(&Hour) -> Option<f64>| hours.iter().filter_map(|hour| value(hour)).collect();
        let airs = hours.iter().filter_map(|hour| {
            let air = tenths(hour.air?.tenths());
            Some(air + moved(ground.zip(height), &hour.profile))
        });
        let free = hours
            .iter()
            .filter_map(|hour| Some(between(&hour.profile, height?)?.1));
        let near_ground = hours
            .iter()
            .filter_map(|hour| Some(f64::from(hour.wind?.whole())));
        Self {
            airs: airs.collect(),
            winds: near_ground.chain(free).collect(),
            gusts: known(|hour| Some(hour.gust?.whole().into())),
            // Hours without a value leave a sum as it is.
            waters: hours
                .iter()
                .map(|hour| hour.water.map_or(0.0, |water| f64::from(water.tenths()) / 10.0))
                .collect(),
            chances: known(|hour| Some(hour.chance?.whole().into())),
            clouds: known(|hour| Some(hour.low_cloud?.whole().into())),
            zeros: known(|hour| Some(hour.zero?.whole().into())),
        }
    }
}

/// By how much the air is warmer at a place than over the model's ground.
fn moved(heights: Option<(Metres, Metres)>, profile: &[Level]) -> f64 {
    let Some((from, to)) = heights else { return 0.0 };
    match (between(profile, from), between(profile, to)) {
        (Some((here, _)), Some((there, _))) => there - here,
        _ => f64::from(i32::from(from.whole()) - i32::from(to.whole())) * 0.0065,
    }
}

/// Temperature and wind of the free air at a height between two levels.
fn between(profile: &[Level], height: Metres) -> Option<(f64, f64)> {
    let pair = profile
        .windows(2)
        .find(|pair| pair[0].height <= height && height <= pair[1].height)?;
    let at = |level: &Level| {
        (
            f64::from(level.height.whole()),
            f64::from(level.air.tenths()) / 10.0,
            f64::from(level.wind.whole()),
        )
    };
    let ((low, air, wind), (high, air_above, wind_above)) = (at(&pair[0]), at(&pair[1]));
    let whole = high - low;
    let part = if whole > 0.0 {
        (f64::from(height.whole()) - low) / whole
    } else {
        0.0
    };
    Some((air + (air_above - air) * part, wind + (wind_above - wind) * part))
}
