//! Why a text sets no time.

use jiff::civil::{Date, Time, Weekday};

/// Why no time was read. Nothing was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueRefusal {
    /// The text asks a question or quotes a message.
    AsksOrQuotes,
    /// No time of day stands in the text.
    NoTime,
    /// The time of day can be before or after noon.
    TwoReadings {
        /// The reading before noon.
        morning: Time,
        /// The reading after noon.
        evening: Time,
    },
    /// Midnight belongs to two days.
    Midnight,
    /// Two times of day, or two days of one kind, stand in the text.
    TwoTimes,
    /// A zone is named; a time is always local to the route.
    ZoneWord,
    /// `NEXT SUN` and `SUN WEEK` mean different days to different people.
    NextWeek,
    /// A date whose second number is no month.
    NoMonth,
    /// The calendar does not have this date.
    NoSuchDate,
    /// Weekday and date are different days.
    DaysDiffer {
        /// What the date says.
        date: Date,
        /// The weekday that this date really has.
        weekday: Weekday,
    },
    /// No day was named, and the time has passed today or is less than 15 minutes ahead.
    NeedsDay,
    /// The weekday is today and the time has passed; the same weekday next week has this date.
    PassedToday {
        /// The same weekday next week.
        next: Date,
        /// The time of day.
        time: Time,
    },
    /// The time has passed.
    Past,
    /// The time is less than 15 minutes ahead.
    TooSoon,
    /// The time is more than 31 ahead.
    TooFar,
    /// The clocks go forward over this time: the next minute that exists.
    SkippedHour {
        /// The next local minute that exists.
        next: Time,
    },
    /// A word that belongs to no time stands in the text.
    Leftover,
}

impl DueRefusal {
    /// The word for it in the metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::AsksOrQuotes => "asks_or_quotes",
            Self::NoTime => "no_time",
            Self::TwoReadings { .. } => "two_readings",
            Self::Midnight => "midnight",
            Self::TwoTimes => "two_times",
            Self::ZoneWord => "zone_word",
            Self::NextWeek => "next_week",
            Self::NoMonth => "no_month",
            Self::NoSuchDate => "no_such_date",
            Self::DaysDiffer { .. } => "days_differ",
            Self::NeedsDay => "needs_day",
            Self::PassedToday { .. } => "passed_today",
            Self::Past => "past",
            Self::TooSoon => "too_soon",
            Self::TooFar => "too_far",
            Self::SkippedHour { .. } => "skipped_hour",
            Self::Leftover => "leftover",
        }
    }
}
