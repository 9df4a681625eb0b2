//! What is said of where the numbers are from, and of their age.

use std::time::Duration;

use crate::forecast::Source;

/// What each text of the simulator begins with.
pub const SIMULATED: &str = "SIMULATED - NOT WEATHER";

/// Whole hours of a span of time.
pub(super) fn hours_of(span: Duration) -> u64 {
    span.as_secs() / 3_600
}

/// What the model's run is called.
pub(super) fn run_of(source: Source, has_profile: bool) -> &'static str {
    match (source, has_profile) {
        (Source::OpenMeteo, true) => "ECMWF+ICON run",
        (Source::OpenMeteo, false) => "ECMWF run",
        // MET Norway tells when it renewed the forecast, and not of which run it is.
        (Source::MetNorway, _) => "ECMWF, updated",
        (Source::Simulated, _) => "Simulated run",
    }
}

/// Whose numbers they are, as their licences want it said.
pub(super) fn credit(source: Source) -> Option<&'static str> {
    match source {
        Source::OpenMeteo => Some("Weather data by Open-Meteo.com"),
        Source::MetNorway => Some("Data from MET Norway"),
        Source::Simulated => None,
    }
}
