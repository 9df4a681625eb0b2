//! Formatting, clippy and the tests.

use crate::{
    failure::Failure,
    process::{cargo, run},
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

/// The README's test command.
pub fn test() -> Result<(), Failure> {
    run(cargo().args(["test", "--workspace", "--locked"]))
}
