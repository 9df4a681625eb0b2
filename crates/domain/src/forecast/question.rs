//! What a text asks of the weather, before it is known which place that is.

use super::coordinates::{self, Read, Spot};
use crate::word::word_enum;

/// How far ahead is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// The next 12 hours.
    Half,
    /// The next 24 hours.
    Day,
    /// Today and six days more.
    Week,
}

word_enum!(Span {
    Half => "CAST",
    Day => "CAST24",
    Week => "CAST7",
});

impl Span {
    /// Hours from the current one on, where the answer has rows of hours.
    pub const fn hours(self) -> u64 {
        match self {
            Self::Half => 12,
            Self::Day => 24,
            Self::Week => 168,
        }
    }

    /// What a number behind CAST stands for.
    fn of_number(word: &str) -> Option<Self> {
        match word {
            "12" => Some(Self::Half),
            "24" => Some(Self::Day),
            "7" => Some(Self::Week),
            _ => None,
        }
    }
}

/// The place or places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The camp of the last check-in.
    Last,
    /// The place with this code.
    Code(String),
    /// A page of the route's camps, from 1 on.
    Camps(usize),
    /// A page of the route's peaks, from 1 on.
    Peaks(usize),
    /// A place in coordinates.
    Spot(Spot),
    /// Numbers that do not say which place is meant.
    Unclear,
}

/// What a text asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// How far ahead.
    pub span: Span,
    /// About which place.
    pub wanted: Wanted,
}

impl Question {
    /// Reads a text that begins with one of the words of the command, normalized and as it was typed.
    pub fn read(normal: &str, typed: &str) -> Self {
        let mut words = normal.split(' ').filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let number = first.strip_prefix("CAST").unwrap_or_default();
        let named = Span::of_number(number);
        let span = named.unwrap_or(Span::Half);
        let behind = behind_the_word(typed);
        let read = match coordinates::read(behind) {
            Read::Spot(_) if first == "CAST" && hours_slipped(behind) => Read::Unclear,
            read => read,
        };
        match read {
            Read::Spot(spot) => {
                return Self {
                    span,
                    wanted: Wanted::Spot(spot),
                };
            }
            Read::Unclear => {
                return Self {
                    span,
                    wanted: Wanted::Unclear,
                };
            }
            Read::Otherwise => {}
        }
        let mut words = words.peekable();
        // CAST 24 PELIO: a blank slipped in.
        let slipped = words
            .peek()
            .and_then(|word| Span::of_number(word))
            .filter(|_| first == "CAST");
        if slipped.is_some() {
            words.next();
        }
        let place = words.next().unwrap_or_default();
        let page = words.next().and_then(|page| page.parse().ok()).unwrap_or(1);
        let wanted = match place {
            "" => Wanted::Last,
            "CAMPS" | "CAMP" => Wanted::Camps(page),
            "PEAKS" | "PEAK" => Wanted::Peaks(page),
            code => Wanted::Code(code.to_owned()),
        };
        Self {
            span: slipped.unwrap_or(span),
            wanted,
        }
    }
}

/// Whether the words can be hours with coordinates behind them, as in `CAST 24 -41.87 146.03`. Read together they are
/// another place of the world, and neither is guessed.
fn hours_slipped(behind: &str) -> bool {
    let behind = behind.trim_start();
    let rest = ["12", "24", "7"]
        .iter()
        .find_map(|hours| behind.strip_prefix(hours));
    rest.filter(|rest| rest.starts_with(char::is_whitespace))
        .is_some_and(|rest| matches!(coordinates::read(rest), Read::Spot(_)))
}

/// The text behind its first word, with every sign that stands there.
fn behind_the_word(typed: &str) -> &str {
    let begin = typed.find(char::is_alphanumeric).unwrap_or(typed.len());
    let word = typed.get(begin..).unwrap_or_default();
    let end = word
        .find(|letter: char| !letter.is_alphanumeric())
        .unwrap_or(word.len());
    word.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(typed: &str) -> String {
        let normal = typed.to_ascii_uppercase().replace(['.', ',', '-'], " ");
        let normal: Vec<&str> = normal.split_whitespace().collect();
        let question = Question::read(&normal.join(" "), typed);
        match question.wanted {
            Wanted::Spot(spot) => format!(
                "{} at {} {}",
                question.span.as_str(),
                spot.latitude,
                spot.longitude
            ),
            wanted => format!("{} {wanted:?}", question.span.as_str()),
        }
    }

    #[test]
    fn the_word_says_how_far_ahead_and_what_follows_says_where() {
        for (typed, asked) in [
            ("CAST", "CAST Last"),
            ("weather", "CAST Last"),
            ("cast12 pelio", "CAST Code(\"PELIO\")"),
            ("CAST24 OSSA", "CAST24 Code(\"OSSA\")"),
            ("CAST 24 PELIO", "CAST24 Code(\"PELIO\")"),
            ("CAST 7", "CAST7 Last"),
            ("CAST24 7", "CAST24 Code(\"7\")"),
            ("CAST7 PEAKS", "CAST7 Peaks(1)"),
            ("CAST camps 2", "CAST Camps(2)"),
            ("CAST 41.87 146.03", "CAST Unclear"),
        ] {
            assert_eq!(told(typed), asked, "{typed}");
        }
    }

    #[test]
    fn a_minus_behind_the_word_keeps_the_south() {
        for typed in [
            "CAST -41.87,146.03",
            "CAST-41.87 146.03",
            "\"CAST -41.87 146.03\"",
            "CAST 41.87S 146.03E 1600",
        ] {
            assert_eq!(told(typed), "CAST at -41.87 146.03", "{typed}");
        }
        assert_eq!(told("CAST7 -41.87,146.03"), "CAST7 at -41.87 146.03");
    }

    #[test]
    fn hours_that_slipped_before_coordinates_are_no_degrees() {
        for typed in [
            "CAST 24 -41.87 146.03",
            "CAST 7 -41.87,146.03",
            "CAST 24 41.87S 146.03E",
            "CAST 12 41.87S 146.03E 1600",
        ] {
            let question = Question::read(&crate::sms::normal::normalize(typed), typed);
            assert_eq!(question.wanted, Wanted::Unclear, "{typed}");
        }
    }
}
