//! What the service promises under every fault that can be made here: `tests/reliability`.
//!
//! `cargo test` runs what needs no tool. `trace` and `disk` run what does, briefly; `reliability` runs all of it in full
//! and prints the figures of `docs/reliability.md`.

use std::{env, process::Command};

use crate::{
    failure::Failure,
    needs,
    process::{cargo, run},
};

/// The whole workspace is selected, as in `process::SERVER_TESTS`.
const SUITE: [&str; 6] = ["test", "--locked", "--workspace", "--test", "reliability", "--"];

/// What needs strace.
const TRACED: [&str; 3] = [
    "every_answer_waits_for_the_disk",
    "a_disk_that_turns_read_only_is_told_and_outlived",
    "a_sync_that_fails_is_told_and_outlived",
];

/// What mounts something.
const MOUNTED: [&str; 3] = [
    "an_alert_that_a_full_disk_keeps_back",
    "a_full_disk_is_told_and_outlived",
    "a_read_only_file_stops_the_start_and_says_so",
];

/// In the system calls, every answer comes after the sync of what it answers for; failing calls are told and outlived.
pub fn trace() -> Result<(), Failure> {
    run(cargo()
        .args(SUITE)
        .args(TRACED)
        .args(["--ignored", "--nocapture"]))
}

/// A full disk and a read-only one, mounted where only the test sees them.
pub fn disk() -> Result<(), Failure> {
    let mut apart = apart()?;
    run(apart.args(SUITE).args(MOUNTED).args(["--ignored", "--nocapture"]))
}

/// Everything, in full: some ten minutes. One after the other, so that no figure is another's load.
pub fn full() -> Result<(), Failure> {
    let mut apart = apart()?;
    run(apart
        .args(SUITE)
        .args(["--include-ignored", "--nocapture", "--test-threads=1"])
        .env("THUNDERBIRD_RELIABILITY", "full"))
}

/// Cargo, in mounts of its own.
fn apart() -> Result<Command, Failure> {
    let mut command = crate::process::unnested(Command::new(needs::UNSHARE.path()?));
    command
        .args(["--map-root-user", "--mount"])
        .arg(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    Ok(command)
}
