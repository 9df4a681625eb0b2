//! Reads a place in coordinates from a text as it was typed. A sign is worth half the world, so nothing is guessed.

use crate::route::Coordinate;

/// What the text after the command's word is, as far as coordinates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// No coordinates: a code, a list, or nothing.
    Otherwise,
    /// Numbers that do not say which place is meant.
    Unclear,
    /// A place, with the height that was typed.
    Spot(Spot),
}

/// A place in coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Latitude in degrees.
    pub latitude: Coordinate,
    /// Longitude in degrees.
    pub longitude: Coordinate,
    /// Metres above the sea, if they were typed.
    pub height: Option<i16>,
}

/// A part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A number in millionths, and whether it was signed.
    Number { micro: i64, signed: bool },
    /// One of N, S, E, W.
    Side(char),
}

const DEGREE: i64 = 1_000_000;

/// The lowest and the highest place that a text may name, in metres.
const HEIGHTS: std::ops::RangeInclusive<i64> = -400..=9_000;

/// Words around coordinates that say nothing more.
const LABELS: &[&str] = &[
    "LAT",
    "LATITUDE",
    "LON",
    "LONG",
    "LNG",
    "LONGITUDE",
    "ALT",
    "ALTITUDE",
    "ELEV",
    "ELEVATION",
    "HEIGHT",
    "M",
    "MASL",
    "DEG",
];

/// Reads the text after the command's word.
pub fn read(typed: &str) -> Read {
    let Some(tokens) = tokens(typed) else {
        return Read::Otherwise;
    };
    let numbers = tokens
        .iter()
        .filter(|token| matches!(token, Token::Number { .. }));
    let has_side = tokens.iter().any(|token| matches!(token, Token::Side(_)));
    match numbers.count() {
        0 => Read::Otherwise,
        _ if has_decimal_comma(typed) && has_side => Read::Unclear,
        1 if !has_side && is_short(&tokens) => Read::Otherwise,
        _ => place(&tokens).map_or(Read::Unclear, Read::Spot),
    }
}

/// Whether a comma stands between two digits and the number before it has no point: `41,27S` can be 41.27 degrees, and 41
/// degrees and 27 minutes.
fn has_decimal_comma(typed: &str) -> bool {
    typed.match_indices(',').any(|(at, _)| {
        let before = typed.get(..at).unwrap_or_default();
        let number = before.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        let number = before.get(number.len()..).unwrap_or_default();
        let after = typed.get(at + 1..).unwrap_or_default();
        !number.is_empty()
            && !number.contains('.')
            && after.starts_with(|letter: char| letter.is_ascii_digit())
    })
}

/// Whether the only number is a whole one of at most two digits: a page, or the hours of CAST in two words.
fn is_short(tokens: &[Token]) -> bool {
    let short = |token: &Token| matches!(token, Token::Number { micro, signed: false } if micro % DEGREE == 0 && *micro < 100 * DEGREE);
    tokens.iter().all(short)
}

/// The parts of the text; nothing if it has words that belong to no coordinates.
fn tokens(typed: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = typed;
    let mut before = ' ';
    while let Some(letter) = rest.chars().next() {
        if letter.is_ascii_digit() {
            let signed = is_minus(before) || before == '+';
            let (micro, length) = number(rest)?;
            let micro = if is_minus(before) { -micro } else { micro };
            tokens.push(Token::Number { micro, signed });
            rest = rest.get(length..)?;
            before = '0';
            continue;
        }
        if letter.is_alphabetic() && !is_degree(letter) {
            let length = rest
                .find(|other: char| !other.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let word = rest.get(..length)?.to_ascii_uppercase();
            if let Some(side) = side(&word) {
                tokens.push(Token::Side(side));
            } else if !LABELS.contains(&word.as_str()) {
                return None;
            }
            rest = rest.get(length..)?;
            before = 'A';
            continue;
        }
        // A hyphen behind a number or a letter is a dash between two of them.
        before = if (is_minus(letter) || letter == '+') && before.is_ascii_alphanumeric() {
            ' '
        } else {
            letter
        };
        rest = rest.get(letter.len_utf8()..)?;
    }
    Some(tokens)
}

fn side(word: &str) -> Option<char> {
    match word {
        "N" | "NORTH" => Some('N'),
        "S" | "SOUTH" => Some('S'),
        "E" | "EAST" => Some('E'),
        "W" | "WEST" => Some('W'),
        _ => None,
    }
}

fn is_minus(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The two ordinal signs look like a degree sign, and phones offer them next to it.
fn is_degree(letter: char) -> bool {
    matches!(letter, '\u{b0}' | '\u{ba}' | '\u{aa}' | '\u{2da}')
}

/// A number at the beginning, in millionths; what is beyond six decimals is cut. Also its length.
fn number(text: &str) -> Option<(i64, usize)> {
    let digits = |text: &str| {
        text.find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    let mut micro: i64 = text
        .get(..whole)?
        .parse()
        .ok()
        .filter(|whole| *whole < 1_000_000)?;
    micro *= DEGREE;
    let Some(after) = text.get(whole..)?.strip_prefix('.') else {
        return Some((micro, whole));
    };
    let decimals = digits(after);
    let kept: String = after.get(..decimals)?.chars().take(6).collect();
    micro += format!("{kept:0<6}").parse::<i64>().ok()?;
    Some((micro, whole + 1 + decimals))
}

/// The place that the parts name, if they name one.
fn place(tokens: &[Token]) -> Option<Spot> {
    let has_side = tokens.iter().any(|token| matches!(token, Token::Side(_)));
    let (latitude, longitude, height) = if has_side {
        by_sides(tokens)?
    } else {
        by_signs(tokens)?
    };
    let height = height.map(i16::try_from).transpose().ok()?;
    let within = latitude.abs() <= 90 * DEGREE && longitude.abs() <= 180 * DEGREE;
    within.then_some(Spot {
        latitude: Coordinate::from_microdegrees(i32::try_from(latitude).ok()?),
        longitude: Coordinate::from_microdegrees(i32::try_from(longitude).ok()?),
        height,
    })
}

/// Two numbers of which one has a sign at least, and a height.
fn by_signs(tokens: &[Token]) -> Option<(i64, i64, Option<i64>)> {
    let (numbers, signs): (Vec<i64>, Vec<bool>) = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Number { micro, signed } => Some((*micro, *signed)),
            Token::Side(_) => None,
        })
        .unzip();
    let is_signed = signs.iter().take(2).any(|signed| *signed);
    match numbers.as_slice() {
        [latitude, longitude] if is_signed => Some((*latitude, *longitude, None)),
        [latitude, longitude, height] if is_signed => Some((*latitude, *longitude, Some(metres(*height)?))),
        _ => None,
    }
}

/// Numbers with a letter before or behind each group, and a height.
fn by_sides(tokens: &[Token]) -> Option<(i64, i64, Option<i64>)> {
    let leads = matches!(tokens.first(), Some(Token::Side(_)));
    let mut groups: Vec<(char, Vec<i64>)> = Vec::new();
    let mut open: Vec<i64> = Vec::new();
    for token in tokens {
        match token {
            Token::Number { signed: true, .. } => return None,
            Token::Number { micro, .. } if leads => groups.last_mut()?.1.push(*micro),
            Token::Number { micro, .. } => open.push(*micro),
            Token::Side(side) if leads => groups.push((*side, Vec::new())),
            Token::Side(side) => groups.push((*side, std::mem::take(&mut open))),
        }
    }
    let [(first, one), (second, two)] = groups.as_slice() else {
        return None;
    };
    let (two, height) = if leads {
        split_height(two)
    } else {
        (two.as_slice(), open.as_slice())
    };
    let (one, two) = (angle(*first, one)?, angle(*second, two)?);
    let height = match height {
        [] => None,
        [height] => Some(metres(*height)?),
        _ => return None,
    };
    match (first, second) {
        ('N' | 'S', 'E' | 'W') => Some((one, two, height)),
        ('E' | 'W', 'N' | 'S') => Some((two, one, height)),
        _ => None,
    }
}

/// Where letters lead, a height follows the last group: a fourth number, or one that can be neither minutes nor seconds.
fn split_height(group: &[i64]) -> (&[i64], &[i64]) {
    let is_part = |place: usize| {
        let before = group
            .get(place.wrapping_sub(1))
            .is_none_or(|before| before % DEGREE == 0);
        group.get(place).is_some_and(|part| *part < 60 * DEGREE) && before
    };
    let parts = match group.len() {
        0 | 1 => group.len(),
        _ if !is_part(1) => 1,
        2 => 2,
        _ if !is_part(2) => 2,
        _ => 3,
    };
    group.split_at_checked(parts).unwrap_or((group, &[]))
}

/// Degrees, minutes and seconds on one side of the world.
fn angle(side: char, parts: &[i64]) -> Option<i64> {
    let small = |part: i64| (0..60 * DEGREE).contains(&part);
    let micro = match parts {
        [degrees] => *degrees,
        [degrees, minutes] if degrees % DEGREE == 0 && small(*minutes) => degrees + (minutes + 30) / 60,
        [degrees, minutes, seconds]
            if degrees % DEGREE == 0 && minutes % DEGREE == 0 && small(*minutes) && small(*seconds) =>
        {
            degrees + (minutes * 60 + seconds + 1_800) / 3_600
        }
        _ => return None,
    };
    Some(if matches!(side, 'S' | 'W') { -micro } else { micro })
}

fn metres(micro: i64) -> Option<i64> {
    Some(micro / DEGREE).filter(|metres| HEIGHTS.contains(metres))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(typed: &str) -> String {
        match read(typed) {
            Read::Spot(spot) => {
                let height = spot.height.map_or("-".to_owned(), |height| height.to_string());
                format!("{} {} {height}", spot.latitude, spot.longitude)
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_place_is_read_in_every_way_that_phones_write_it() {
        for typed in [
            "41.87S 146.03E",
            "41.87 S, 146.03 E",
            "s41.87 e146.03",
            "146.03E 41.87S",
            "-41.87,146.03",
            "-41.87 146.03",
            "(-41.870000, 146.030000)",
            "\u{2212}41.87 +146.03",
            "\u{2013}41.87, 146.03",
            "41.87S-146.03E",
            "lat -41.87 lon 146.03",
            "41\u{b0}52'12\" S 146\u{b0}1'48\" E",
            "41\u{b0}52\u{2032}12\u{2033}S  146\u{b0}01\u{2032}48\u{2033}E",
            "S 41 52 12 E 146 1 48",
            "41 52.2 S 146 1.8 E",
            "41.87000009S 146.03000009E",
            "41.87 south 146.03 east",
        ] {
            assert_eq!(told(typed), "-41.87 146.03 -", "{typed}");
        }
    }

    #[test]
    fn a_height_stands_behind_the_place() {
        for typed in [
            "41.87S 146.03E 1600",
            "-41.87,146.03 1600m",
            "S41.87 E146.03 1600",
            "S41 52 12 E146 1 48 1600",
            "41.87S 146.03E alt 1600 m",
        ] {
            assert_eq!(told(typed), "-41.87 146.03 1600", "{typed}");
        }
    }

    #[test]
    fn what_does_not_say_which_half_of_the_world_is_never_guessed() {
        for typed in [
            "41,27S 146,03E",
            "S41,27 E146,03",
            "41.87 146.03",
            "41.87 146.03 1600",
            "146.03S 41.87E",
            "-91 146",
            "41.87S 146.03S",
            "41.87S",
            "41.87",
            "-41.87S 146.03E",
            "41 87S 146 03E",
            "41.87S 146.03E 99999",
            "-41.87 146.03 1600 5",
        ] {
            assert_eq!(told(typed), "Unclear", "{typed}");
        }
    }

    #[test]
    fn codes_lists_and_hours_are_no_coordinates() {
        for typed in [
            "",
            "PELIO",
            "24 PELIO",
            "24",
            "CAMPS 2",
            "12",
            "n",
            "https://maps.google.com/?q=-41.87,146.03",
        ] {
            assert_eq!(told(typed), "Otherwise", "{typed}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic_and_no_place_is_outside_of_the_world(typed in "\\PC{0,40}") {
            if let Read::Spot(spot) = read(&typed) {
                prop_assert!(spot.latitude.as_microdegrees().abs() <= 90_000_000);
                prop_assert!(spot.longitude.as_microdegrees().abs() <= 180_000_000);
            }
        }

        #[test]
        fn what_is_written_with_letters_is_read_back(lat in -90_000_000_i32..=90_000_000, lon in -180_000_000_i32..=180_000_000) {
            let (north, east) = (Coordinate::from_microdegrees(lat.abs()), Coordinate::from_microdegrees(lon.abs()));
            let sides = (if lat < 0 { 'S' } else { 'N' }, if lon < 0 { 'W' } else { 'E' });
            let typed = format!("{north}{} {east}{}", sides.0, sides.1);
            let Read::Spot(spot) = read(&typed) else {
                return Err(TestCaseError::fail(typed));
            };
            prop_assert_eq!((spot.latitude.as_microdegrees(), spot.longitude.as_microdegrees()), (lat, lon));
        }
    }
}
