//! Finds the camp that a mistyped code or a camp's name most likely means.
//!
//! The result is only ever named to the hiker as a line to copy. It never moves a hiker and never tells a contact.

use strsim::osa_distance;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{Route, Waypoint};

/// Most camps that are named if several fit equally well.
const MOST: usize = 3;

/// Words that many camps share or that surround a code in a sentence; they say nothing about which camp is meant.
const GENERIC: &[&str] = &[
    "HUT",
    "HUTS",
    "CAMP",
    "CAMPS",
    "CAMPSITE",
    "CAMPGROUND",
    "SITE",
    "SHELTER",
    "LAKE",
    "LAKES",
    "VALLEY",
    "CREEK",
    "RIVER",
    "MOUNT",
    "MOUNTAIN",
    "MT",
    "PEAK",
    "SUMMIT",
    "NEW",
    "OLD",
    "THE",
    "AT",
    "IN",
    "TO",
    "OF",
    "ON",
    "FROM",
    "NEAR",
    "POINT",
    "CHECKIN",
    "CHECK",
    "CHECKED",
    "ARRIVED",
    "REACHED",
    "MADE",
    "HERE",
    "OK",
    "SAFE",
    "NOW",
    "AM",
    "IM",
    "WE",
    "ARE",
    "AND",
    "FOR",
    "NIGHT",
    "TONIGHT",
    "ALL",
    "GOOD",
    "FINE",
    "JUST",
    "GOT",
    "IS",
    "UP",
    "DOWN",
    "LOW",
    "HIGH",
    "EAST",
    "WEST",
    "NORTH",
    "SOUTH",
    "WITH",
    "MY",
];

/// Shortest word that is compared with the beginning of a code or a name.
const SHORTEST_PREFIX: usize = 3;

/// How well a camp fits; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The code itself stands in the text, or the whole name.
    Exact,
    /// The text and code or name have a beginning in common.
    Prefix,
    /// A word of the name stands in the text.
    NameWord,
    /// One letter differs.
    OneOff,
    /// Two letters differ.
    TwoOff,
}

impl Route {
    /// The camps that the typed text most likely means: the best match, or up to three that match equally well. The
    /// list is empty if no camp is near.
    pub fn nearest_camps(&self, typed: &str) -> Vec<&Waypoint> {
        let words = words(typed);
        let mut best: Option<Fit> = None;
        let mut nearest: Vec<&Waypoint> = Vec::new();
        for camp in self.camps() {
            let Some(fit) = fit(camp, &words) else { continue };
            match best {
                Some(known) if fit > known => {}
                Some(known) if fit == known => nearest.push(camp),
                _ => {
                    best = Some(fit);
                    nearest = vec![camp];
                }
            }
        }
        if nearest.len() > MOST { Vec::new() } else { nearest }
    }

    /// The peak that the typed text names, by its code or by a word of its name.
    pub fn named_peak(&self, typed: &str) -> Option<&Waypoint> {
        let words = words(typed);
        self.peaks()
            .filter_map(|peak| Some((fit(peak, &words)?, peak)))
            .filter(|(fit, _)| matches!(fit, Fit::Exact | Fit::NameWord))
            .min_by_key(|(fit, _)| *fit)
            .map(|(_, peak)| peak)
    }

    /// The camp nearest to a place of the route: the neighbour in height and position, by straight distance.
    pub fn camp_next_to(&self, place: &Waypoint) -> Option<&Waypoint> {
        self.camps().min_by_key(|camp| square_distance(camp, place))
    }
}

/// Squared distance in squared microdegrees of latitude, good enough to order camps of one route. A degree of
/// longitude counts for three quarters, as it does near 42 degrees south.
fn square_distance(one: &Waypoint, other: &Waypoint) -> i128 {
    let north = i128::from(one.latitude.as_microdegrees()) - i128::from(other.latitude.as_microdegrees());
    let east = i128::from(one.longitude.as_microdegrees()) - i128::from(other.longitude.as_microdegrees());
    16 * north * north + 9 * east * east
}

/// The words of a text, in capitals, without accents, and without a CHECKIN that was written together with the code.
fn words(typed: &str) -> Vec<String> {
    let plain: String = typed
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                ' '
            }
        })
        .collect();
    plain
        .split_whitespace()
        .map(|word| {
            word.strip_prefix("CHECKIN")
                .filter(|code| !code.is_empty())
                .unwrap_or(word)
        })
        .map(str::to_owned)
        .collect()
}

fn fit(camp: &Waypoint, typed: &[String]) -> Option<Fit> {
    let code = camp.code.as_str();
    let name = words(&camp.name);
    let telling: Vec<&str> = typed
        .iter()
        .map(String::as_str)
        .filter(|word| !GENERIC.contains(word))
        .collect();
    let run = telling.concat();
    let of_name: Vec<&str> = name
        .iter()
        .map(String::as_str)
        .filter(|word| !GENERIC.contains(word))
        .collect();
    let name_run = of_name.concat();
    let exact = typed.iter().any(|word| word == code)
        || (!run.is_empty() && run == name_run)
        || typed == name.as_slice();
    if exact {
        return Some(Fit::Exact);
    }
    telling
        .iter()
        .copied()
        .chain([run.as_str()])
        .filter_map(|word| word_fit(word, code, &of_name, &name_run))
        .min()
}

fn word_fit(word: &str, code: &str, of_name: &[&str], name_run: &str) -> Option<Fit> {
    if word.len() < SHORTEST_PREFIX {
        return None;
    }
    if code.starts_with(word)
        || word.starts_with(code)
        || (word.len() > SHORTEST_PREFIX && name_run.starts_with(word))
    {
        return Some(Fit::Prefix);
    }
    if of_name.contains(&word) {
        return Some(Fit::NameWord);
    }
    let alike = look_alike(word);
    let distance = [osa_distance(word, code), osa_distance(&alike, &look_alike(code))]
        .into_iter()
        .chain(
            [osa_distance(word, name_run)]
                .into_iter()
                .filter(|_| name_run.len() >= 5),
        )
        .chain(
            of_name
                .iter()
                .filter(|part| part.len() >= 5)
                .map(|part| osa_distance(word, part)),
        )
        .min()?;
    match distance {
        0 | 1 => Some(Fit::OneOff),
        2 if word.len() >= 5 => Some(Fit::TwoOff),
        _ => None,
    }
}

/// The word with characters that look alike on a small screen made the same: `l`, `1` and `I`, `0` and `O`, `5` and `S`.
fn look_alike(word: &str) -> String {
    word.chars()
        .map(|letter| match letter {
            'L' | '1' => 'I',
            '0' => 'O',
            '5' => 'S',
            other => other,
        })
        .collect()
}
