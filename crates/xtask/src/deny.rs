//! Licences, bans and sources of every dependency, by cargo-deny.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{run, tool},
};

/// Runs without a network: the advisory database is another task's business.
pub fn check() -> Result<(), Failure> {
    let deny = tool(
        "cargo-deny",
        "cargo install --locked cargo-deny@0.20.2 --root target/tools",
    )?;
    run(Command::new(deny)
        .args(["--offline", "--workspace", "--all-features", "check"])
        .args(["--hide-inclusion-graph", "bans", "licenses", "sources"]))
}
