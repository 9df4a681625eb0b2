//! Disks that no plain test can make: small ones, and disks that the kernel calls another machine's.

use crate::{
    failure::Failure,
    process::{SERVER_TESTS, cargo, run},
};

/// Runs the suite `disks`.
pub fn check() -> Result<(), Failure> {
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "disks", "--", "--ignored"]))
}
