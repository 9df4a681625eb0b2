//! Reads the words after OUT: which of them name a day, which a time, and whether any is left over.

use jiff::civil::Time;
use unicode_normalization::UnicodeNormalization as _;

use super::{
    clock_time::ClockTime,
    day::{self, Day, DigitDate},
    due_refusal::DueRefusal,
};
use crate::invisible::is_invisible;

/// Zone abbreviations of these regions, and those that travellers type. A time is always local to the route.
const ZONES: &[&str] = &[
    "AEDT", "AEST", "ACDT", "ACST", "AWST", "AWDT", "LHST", "LHDT", "NZDT", "NZST", "UTC", "GMT", "EST",
    "EDT", "PST", "PDT", "CET", "BST",
];

/// What the words of a text say, before the calendar is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The day, as far as it is named.
    pub(super) day: Day,
    /// The time of day, if one is named.
    pub(super) time: Option<ClockTime>,
}

impl Said {
    /// Reads every word of the tail. `this_year` tells a year from a time such as `2030`.
    pub(super) fn parse(tail: &str, this_year: i16) -> Result<Self, DueRefusal> {
        let words = words(tail)?;
        let mut said = Self::default();
        let mut rest = words.as_slice();
        while let Some((word, after)) = rest.split_first() {
            let used = said.take(word, after, this_year)?;
            rest = after.get(used..).unwrap_or_default();
        }
        Ok(said)
    }

    /// Takes one word, and returns how many of the words after it belong to it.
    fn take(&mut self, word: &str, after: &[String], this_year: i16) -> Result<usize, DueRefusal> {
        let next = after.first().map_or("", String::as_str);
        if ZONES.contains(&word) {
            return Err(DueRefusal::ZoneWord);
        }
        if matches!(word, "NEXT" | "WEEK") {
            return Err(DueRefusal::NextWeek);
        }
        let in_letters = match (day::day_of_month(word), day::month(word)) {
            (Some(day), _) => day::month(next).map(|month| (day, month)),
            (None, Some(month)) => {
                let day = day::day_of_month(next).ok_or(DueRefusal::Leftover)?;
                Some((day, month))
            }
            (None, None) => None,
        };
        if let Some(date) = in_letters {
            set(&mut self.day.date, date)?;
            let after_date = after.get(1..).unwrap_or_default();
            return Ok(1 + usize::from(self.take_year(after_date, this_year)?));
        }
        if matches!(word, "TODAY" | "TOMORROW" | "TMRW") {
            set(&mut self.day.days_ahead, i8::from(word != "TODAY"))?;
        } else if let Some(weekday) = day::weekday(word) {
            set(&mut self.day.weekday, weekday)?;
        } else if let Some(date) = day::digit_date(word) {
            let DigitDate::DayMonth(day, month, year) = date else {
                return Err(DueRefusal::NoMonth);
            };
            set(&mut self.day.date, (day, month))?;
            self.day.year = year;
        } else {
            let time = ClockTime::parse(word).ok_or(DueRefusal::Leftover)?;
            set(&mut self.time, time)?;
        }
        Ok(0)
    }

    /// Takes a year after a date. Four digits that can be this year or the next are the year only if a time of day
    /// stands elsewhere in the text; all other digits are left to be read as a time.
    fn take_year(&mut self, after: &[String], this_year: i16) -> Result<bool, DueRefusal> {
        let year = after
            .first()
            .filter(|word| word.len() == 4)
            .and_then(|word| word.parse::<i16>().ok())
            .filter(|year| (this_year..=this_year.saturating_add(1)).contains(year));
        let Some(year) = year else { return Ok(false) };
        let has_time =
            self.time.is_some() || after.iter().skip(1).any(|word| ClockTime::parse(word).is_some());
        if !has_time {
            return Err(DueRefusal::NoTime);
        }
        set(&mut self.day.year, year)?;
        Ok(true)
    }
}

/// Fills a part that no word has named yet. A second word for the same part makes the text ambiguous.
fn set<T>(part: &mut Option<T>, value: T) -> Result<(), DueRefusal> {
    if part.is_some() {
        return Err(DueRefusal::TwoTimes);
    }
    *part = Some(value);
    Ok(())
}

/// The words of the tail in capitals: NFKC, without characters that no phone shows, `6 P.M.` as `6PM`.
fn words(tail: &str) -> Result<Vec<String>, DueRefusal> {
    let typed: String = tail.nfkc().filter(|letter| !is_invisible(*letter)).collect();
    if typed.contains('?') || typed.trim_start().starts_with('>') {
        return Err(DueRefusal::AsksOrQuotes);
    }
    let mut words: Vec<String> = Vec::new();
    for raw in typed.split(|letter: char| letter.is_whitespace() || letter == ',') {
        let word = half_day(raw.trim_end_matches(['.', '!', ';']).to_ascii_uppercase());
        if word.is_empty() || is_picture(&word) {
            continue;
        }
        match words.last_mut() {
            Some(number) if matches!(word.as_str(), "AM" | "PM") && ends_in_digit(number) => {
                number.push_str(&word);
            }
            _ => words.push(word),
        }
    }
    Ok(words)
}

/// Writes `A.M` and `P.M` at the end of a word as `AM` and `PM`.
fn half_day(word: String) -> String {
    match (word.strip_suffix("A.M"), word.strip_suffix("P.M")) {
        (Some(number), _) => format!("{number}AM"),
        (_, Some(number)) => format!("{number}PM"),
        _ => word,
    }
}

/// A sign such as a thumb says nothing about the time.
fn is_picture(word: &str) -> bool {
    !word
        .chars()
        .any(|letter| letter.is_alphanumeric() || letter.is_ascii())
}

fn ends_in_digit(word: &str) -> bool {
    word.ends_with(|letter: char| letter.is_ascii_digit())
}

/// A time of day as a hiker types it back: `6:30PM`.
pub fn typed_time(time: Time) -> String {
    time.strftime("%-I:%M%p").to_string()
}

/// Whether every word of the tail belongs to a day or a time, so that the text is meant as a promise. A text that
/// only begins with the word, such as an automatic "Out of office", does not name one.
pub fn names_time(tail: &str) -> bool {
    // The year only tells a year from a time, and both belong to a promise.
    const ANY_YEAR: i16 = 2026;
    !matches!(
        Said::parse(tail, ANY_YEAR),
        Err(DueRefusal::Leftover | DueRefusal::AsksOrQuotes)
    )
}
