//! The console in a real browser. `SCREENSHOTS=<folder> cargo xtask browser` keeps a picture of every page there.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{self, root},
};

/// Chromium and Node drive the suite; the driver comes from the package lock beside it.
pub fn check() -> Result<(), Failure> {
    let folder = root().join("tests/browser");
    process::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
            .current_dir(folder),
    )?;
    let mut suite = Command::new("cargo");
    suite
        .args(process::SERVER_TESTS)
        .args(["--features", "thunderbird-server/browser", "--test", "browser"]);
    if let Ok(pictures) = std::env::var("SCREENSHOTS") {
        suite.env("SCREENSHOTS", root().join(pictures));
    }
    process::run(&mut suite)
}
