//! Reads a day as hikers type it: a weekday, a date with the day first, today or tomorrow.

use jiff::civil::{Date, Weekday};

/// What the words of a text say about the day. Every part that is present must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Day {
    /// `TODAY` is 0, `TOMORROW` is 1.
    pub days_ahead: Option<i8>,
    /// The weekday that is named.
    pub weekday: Option<Weekday>,
    /// Day of the month and month, both from 1.
    pub date: Option<(i8, i8)>,
    /// The year, with four digits.
    pub year: Option<i16>,
}

/// The weekday that the word names: `SUN`, `SUNDAY`, `THURS`. At least three letters are needed.
pub fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("MONDAY", Weekday::Monday),
        ("TUESDAY", Weekday::Tuesday),
        ("WEDNESDAY", Weekday::Wednesday),
        ("THURSDAY", Weekday::Thursday),
        ("FRIDAY", Weekday::Friday),
        ("SATURDAY", Weekday::Saturday),
        ("SUNDAY", Weekday::Sunday),
    ];
    if word.len() < 3 {
        return None;
    }
    let word = if word == "WEDS" { "WED" } else { word };
    NAMES
        .iter()
        .find(|(name, _)| name.starts_with(word))
        .map(|(_, weekday)| *weekday)
}

/// The month that the word names: `NOV`, `NOVEMBER`, `SEPT`. At least three letters are needed.
pub fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    if word.len() < 3 {
        return None;
    }
    let place = NAMES.iter().position(|name| name.starts_with(word))?;
    i8::try_from(place.checked_add(1)?).ok()
}

/// A day of the month: one or two digits, with or without `ST`, `ND`, `RD`, `TH`.
pub fn day_of_month(word: &str) -> Option<i8> {
    let digits = ["ST", "ND", "RD", "TH"]
        .iter()
        .find_map(|suffix| word.strip_suffix(suffix))
        .unwrap_or(word);
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// What a date in digits says, day first: `22/11`, `22-11`, `22/11/26`, `22/11/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitDate {
    /// Day, month, and the year if it was written.
    DayMonth(i8, i8, Option<i16>),
    /// The second number is no month. Day and month are never swapped, because a swapped date can be a valid wrong one.
    NoMonth,
}

/// Reads a date in digits; `None` if the word has another form.
pub fn digit_date(word: &str) -> Option<DigitDate> {
    let parts: Vec<&str> = word.split(['/', '-']).collect();
    let (day, month, year) = match parts.as_slice() {
        [day, month] => (*day, *month, None),
        [day, month, year] => (*day, *month, Some(*year)),
        _ => return None,
    };
    let is_number = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(day, 2) || !is_number(month, 2) {
        return None;
    }
    let year = match year {
        None => None,
        Some(year) if is_number(year, 4) && year.len() == 4 => Some(year.parse().ok()?),
        Some(year) if is_number(year, 2) && year.len() == 2 => {
            Some(2000_i16.checked_add(year.parse().ok()?)?)
        }
        Some(_) => return None,
    };
    let (day, month): (i8, i8) = (day.parse().ok()?, month.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Some(DigitDate::NoMonth);
    }
    Some(DigitDate::DayMonth(day, month, year))
}

/// Why the words name no day that can be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayConflict {
    /// The month does not have this day.
    NoSuchDate,
    /// Weekday and date are different days: the date, and the weekday that it really is.
    WeekdayDiffers(Date),
}

impl Day {
    /// Returns true if no word named a day.
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }

    /// The day that is meant if it is `today` where the sender walks. A weekday means the coming one; today counts.
    ///
    /// # Errors
    ///
    /// [`DayConflict`] if the words contradict each other or the calendar.
    pub fn resolve(&self, today: Date) -> Result<Date, DayConflict> {
        let date = match (self.days_ahead, self.date) {
            (Some(days), _) => self.ahead(today, days)?,
            (None, Some((day, month))) => self.calendar(today, (day, month))?,
            (None, None) => match self.weekday {
                Some(weekday) => return coming(today, weekday).ok_or(DayConflict::NoSuchDate),
                None => today,
            },
        };
        match self.weekday {
            Some(weekday) if date.weekday() != weekday => Err(DayConflict::WeekdayDiffers(date)),
            _ => Ok(date),
        }
    }

    fn ahead(&self, today: Date, days: i8) -> Result<Date, DayConflict> {
        let date = today
            .checked_add(jiff::Span::new().days(days))
            .map_err(|_| DayConflict::NoSuchDate)?;
        match self.date {
            Some(written) if written != (date.day(), date.month()) => Err(DayConflict::WeekdayDiffers(date)),
            _ => Ok(date),
        }
    }

    /// The written date in the written year, else the coming one.
    fn calendar(&self, today: Date, (day, month): (i8, i8)) -> Result<Date, DayConflict> {
        let in_year = |year: i16| Date::new(year, month, day).map_err(|_| DayConflict::NoSuchDate);
        match self.year {
            Some(year) => in_year(year),
            None => match in_year(today.year()) {
                Ok(date) if date >= today => Ok(date),
                this_year => {
                    let next = today.year().checked_add(1).ok_or(DayConflict::NoSuchDate)?;
                    in_year(next).or(this_year)
                }
            },
        }
    }
}

/// The next day with this weekday; `today` counts.
fn coming(today: Date, weekday: Weekday) -> Option<Date> {
    if today.weekday() == weekday {
        return Some(today);
    }
    today.nth_weekday(1, weekday).ok()
}
