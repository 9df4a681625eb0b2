//! What the service promises of forecasts, in full, with the figures of `docs/forecasts.md`.

use crate::{
    failure::Failure,
    process::{cargo, run},
};

/// Every suite that has a promise of forecasts.
const SUITES: [&str; 8] = [
    "--test",
    "forecast_day",
    "--test",
    "damaged_forecasts",
    "--test",
    "sms",
    "--test",
    "reliability",
];

/// What is run of them: each test of forecasts has the word in its path, but for the two that stand alone in their files.
const FILTERS: [&str; 3] = ["forecast", "six_walked_routes", "no_damaged_answer"];

/// Everything, in full, one test after the other, so that no figure is another's load.
pub fn full() -> Result<(), Failure> {
    run(cargo()
        .args(["test", "--locked", "--workspace"])
        .args(SUITES)
        .arg("--")
        .args(FILTERS)
        .args(["--nocapture", "--test-threads=1"])
        .env("THUNDERBIRD_RELIABILITY", "full"))
}
