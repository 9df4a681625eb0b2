//! What the service promises of forecasts, in full, with the figures of `docs/forecasts.md`.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{
    failure::Failure,
    process::{cargo, root, run},
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

/// What a test prints before a figure.
const FIGURE: &str = "figure: ";

/// What stands in the figure of each promise.
const PROMISED: [&str; 10] = [
    "outage of 12 h",
    "outage with nothing kept",
    "askers of one square",
    "cold miss",
    "webhook p99",
    "walked routes",
    "damaged answers",
    "simulated label",
    "kill -9",
    "processor's time",
];

/// Everything, in full, one test after the other, so that no figure is another's load. Speed is measured of a release build.
pub fn full() -> Result<(), Failure> {
    let mut tests = cargo();
    tests
        .args(["test", "--locked", "--workspace", "--no-fail-fast"])
        .args(SUITES)
        .arg("--")
        .args(FILTERS)
        .args(["--nocapture", "--test-threads=1"])
        .env("THUNDERBIRD_RELIABILITY", "full")
        .env(MEASURED, released()?);
    let (figures, outcome) = figures_of(&mut tests)?;
    println!("\nThe figures of docs/forecasts.md:");
    for figure in &figures {
        println!("- {figure}");
    }
    outcome?;
    let missing: Vec<&str> = PROMISED
        .into_iter()
        .filter(|promise| !figures.iter().any(|figure| figure.contains(promise)))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        let missing = missing.join(", ");
        Err(Failure::found(format!("no figure was printed for: {missing}")))
    }
}

/// Names a program that is measured in place of a release build.
const MEASURED: &str = "THUNDERBIRD_MEASURED";

/// The program as it is released, built if no other one is named.
fn released() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os(MEASURED) {
        return Ok(PathBuf::from(named));
    }
    run(cargo().args([
        "build",
        "--locked",
        "--release",
        "--package",
        "thunderbird-server",
    ]))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/thunderbird"))
}

/// Runs tests, shows what they print, and picks the figures out of it. Also whether all of them passed.
fn figures_of(tests: &mut Command) -> Result<(Vec<String>, Result<(), Failure>), Failure> {
    let named = Failure::file("cargo test");
    let mut child = tests
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(named)?;
    let mut figures = Vec::new();
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|said| BufReader::new(said).lines())
    {
        let line = line.map_err(Failure::file("cargo test"))?;
        println!("{line}");
        figures.extend(line.split_once(FIGURE).map(|(_, figure)| figure.to_owned()));
    }
    let status = child.wait().map_err(Failure::file("cargo test"))?;
    let outcome = if status.success() {
        Ok(())
    } else {
        Err(Failure::found("a test of forecasts failed: see above"))
    };
    Ok((figures, outcome))
}
