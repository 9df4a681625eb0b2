//! Formatting, clippy, the tests, and a short run of the load generator.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{cargo, root, run},
};

/// `cargo fmt`, as a check.
pub fn fmt() -> Result<(), Failure> {
    run(cargo().args(["fmt", "--all", "--check"]))
}

/// Clippy over everything, warnings denied.
pub fn clippy() -> Result<(), Failure> {
    run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}

/// The README's test command. Every suite runs, so that one failure does not hide another.
pub fn test() -> Result<(), Failure> {
    run(cargo().args(["test", "--workspace", "--locked", "--no-fail-fast"]))
}

/// Everything that is measured, once and without judging: the answers must be right.
pub fn smoke() -> Result<(), Failure> {
    // With the tests' features, so that nothing is compiled a second time.
    run(cargo().args(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let load = root().join("target/debug/thunderbird-load");
    run(Command::new(&load).arg("--smoke"))?;
    run(Command::new(&load).args(["--attack", "--smoke"]))
}
