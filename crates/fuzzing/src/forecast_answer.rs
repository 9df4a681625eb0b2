//! What a provider of forecasts answers: whole and possible, or no forecast.

use thunderbird_adapters::forecast::{met_norway, open_meteo::answer};
use thunderbird_domain::{
    forecast::{Cell, Hour},
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// A body, read as the answer of each provider.
pub fn check(bytes: &[u8]) {
    let cell = Cell::at(-837, 2_921);
    let _ = answer::run(bytes, NOW);
    if let Ok(surface) = answer::surface(bytes, cell) {
        are_possible(&surface.hours);
        assert!(surface.impossible <= 2);
    }
    if let Ok((free, impossible)) = answer::free_air(bytes, cell) {
        assert!(free.is_sorted_by(|(one, ..), (next, ..)| one < next));
        assert!(impossible <= 2);
    }
    if let Ok(reading) = met_norway::read(bytes, cell, NOW) {
        are_possible(&reading.forecast.hours);
        assert!(reading.forecast.hours.last().is_some_and(|last| last.at > NOW));
    }
}

fn are_possible(hours: &[Hour]) {
    assert!(hours.is_sorted_by(|one, next| one.at < next.at));
    for hour in hours {
        assert!(hour.air.is_none_or(|air| (-600..=550).contains(&air.tenths())));
        assert!(hour.wind.is_none_or(|wind| wind.whole() <= 300));
        assert!(hour.gust.is_none_or(|gust| gust.whole() <= 400));
        assert!(hour.chance.is_none_or(|chance| chance.whole() <= 100));
    }
}
