//! What needs a PostgreSQL server. The tests start one of their own, in a folder that goes with them.

use crate::{
    failure::Failure,
    needs,
    process::{SERVER_TESTS, cargo, run},
};

/// The task by itself, for more than CI has time for.
pub const AT_LENGTH: (&str, &str) = (
    "postgres",
    "the same, often or for long: postgres [--times <runs>] [--hunt <seconds>]",
);

/// Says to the test of every write at once how long it may take.
const HUNT: &str = "THUNDERBIRD_HUNT_SECONDS";

/// A test target, and the arguments of its program.
type Target = (&'static [&'static str], &'static [&'static str]);

/// The suites of every port, over memory and SQLite, over PostgreSQL and over two stores on one PostgreSQL database, with
/// the plans; refusals, schema and every write at once; and the engine's own promises. One process notes the statements
/// of one kind of database.
const TARGETS: [Target; 4] = [
    (&["--test", "contracts"], &[]),
    (&["--test", "contracts"], &["--ignored", "postgres"]),
    (&["--test", "postgres"], &["--ignored", "--nocapture"]),
    (&["--lib"], &["--ignored", "postgres::"]),
];

/// Runs the tests that are left out where there may be no PostgreSQL.
pub fn check() -> Result<(), Failure> {
    once(None)
}

fn once(hunt: Option<&str>) -> Result<(), Failure> {
    for (target, words) in TARGETS {
        let mut tests = cargo();
        tests.args(SERVER_TESTS).args(target).arg("--").args(words);
        run(tests.envs(hunt.map(|seconds| (HUNT, seconds))))?;
    }
    Ok(())
}

/// Whether these arguments of the task are meant for [`at_length`].
pub fn is_at_length(arguments: &[String]) -> bool {
    arguments
        .first()
        .is_some_and(|first| ["--times", "--hunt"].contains(&first.as_str()))
}

/// Runs the same so many times in a row, each with a hunt of so many seconds; ends at the first failure.
pub fn at_length(arguments: &[String]) -> Result<(), Failure> {
    needs::POSTGRES.require()?;
    let (mut times, mut seconds) = (1_u32, None);
    for pair in arguments.chunks(2) {
        let unknown = || Failure::found(format!("usage: cargo xtask postgres: {}", AT_LENGTH.1));
        let [name, value] = pair else {
            return Err(unknown());
        };
        let number: u32 = value.parse().map_err(|_| unknown())?;
        match name.as_str() {
            "--times" => times = number,
            "--hunt" => seconds = Some(number.to_string()),
            _ => return Err(unknown()),
        }
    }
    for time in 1..=times {
        println!("== run {time} of {times}");
        once(seconds.as_deref())?;
    }
    Ok(())
}
