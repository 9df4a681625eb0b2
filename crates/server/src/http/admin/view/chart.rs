//! Small bar charts: numbers per day as rectangles of an inline SVG.

use thunderbird_domain::{
    admin::{MessageState, Overview},
    time::Timestamp,
};

/// Height of a full bar, in the drawing's units.
const HEIGHT: u64 = 72;
/// Width of a day.
const STEP: u64 = 20;

/// One day.
pub struct Bar {
    /// Left edge.
    pub x: u64,
    /// Upper edge.
    pub y: u64,
    /// How high it stands.
    pub height: u64,
    /// What a pointer reads.
    pub label: String,
}

/// A chart.
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// How its bars are coloured.
    pub class: &'static str,
    /// The largest value.
    pub most: u64,
    /// A bar per day, oldest first.
    pub bars: Vec<Bar>,
}

impl Chart {
    /// The texts per day whose state `counts` selects.
    pub fn of(
        overview: &Overview,
        title: &'static str,
        class: &'static str,
        counts: impl Fn(MessageState) -> bool,
    ) -> Self {
        let mut ends: Vec<Timestamp> = overview.days.iter().skip(1).copied().collect();
        ends.push(Timestamp::from_micros(i64::MAX));
        let values: Vec<(Timestamp, u64)> = overview
            .days
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let day = overview
                    .figures
                    .buckets
                    .iter()
                    .filter(|bucket| (start..end).contains(&bucket.hour));
                (
                    start,
                    day.filter(|bucket| counts(bucket.state))
                        .map(|bucket| bucket.messages)
                        .sum(),
                )
            })
            .collect();
        let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0);
        let bars = values
            .iter()
            .zip(0_u64..)
            .map(|(&(day, value), place)| bar(place, day, value, most))
            .collect();
        Self {
            title,
            class,
            most,
            bars,
        }
    }
}

fn bar(place: u64, day: Timestamp, value: u64, most: u64) -> Bar {
    // Whatever is not nothing is seen.
    let least = u64::from(value > 0).saturating_mul(2);
    let height = value
        .saturating_mul(HEIGHT)
        .checked_div(most)
        .unwrap_or(0)
        .max(least);
    let date = day.plus(std::time::Duration::from_hours(12)).to_string();
    Bar {
        x: place.saturating_mul(STEP).saturating_add(2),
        y: HEIGHT.saturating_sub(height).saturating_add(7),
        height,
        label: format!("{}: {value}", date.get(..10).unwrap_or_default()),
    }
}
