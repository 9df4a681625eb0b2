//! Licences, bans and sources of every dependency, by cargo-deny; entries of the workspace's list that no crate takes.

use std::{path::Path, process::Command};

use crate::{
    failure::{Failure, none},
    needs,
    process::{crates, read, run},
};

/// Checks licences, bans and sources; the advisory database is another task's business.
///
/// The check reads the manifests of every platform's dependencies, and a build downloads only those of its own. So the
/// rest is fetched first; this needs a network only if something is missing.
pub fn check() -> Result<(), Failure> {
    run(Command::new("cargo").args(["fetch", "--locked", "--quiet"]))?;
    run(Command::new(needs::CARGO_DENY.path()?)
        .args(["--offline", "--workspace", "--all-features", "check"])
        .args(["--hide-inclusion-graph", "bans", "licenses", "sources"]))
}

/// Compares the workspace's list with the manifests of the crates.
pub fn unused() -> Result<(), Failure> {
    none(unnamed()?)
}

/// Dependencies of the workspace's list that no crate takes from it.
fn unnamed() -> Result<Vec<String>, Failure> {
    let mut manifests = String::new();
    for name in crates()? {
        manifests.push_str(&read(&Path::new("crates").join(name).join("Cargo.toml"))?);
    }
    let taken = |name: &str| {
        manifests
            .lines()
            .any(|line| line.starts_with(&format!("{name} = ")))
    };
    let list = read(Path::new("Cargo.toml"))?;
    let list = list.split_once("[workspace.dependencies]\n");
    let list = list
        .and_then(|(_, rest)| rest.split_once("\n["))
        .map(|(list, _)| list);
    let names = list
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once(" = "));
    Ok(names
        .filter(|(name, _)| !taken(name))
        .map(|(name, _)| format!("no crate uses the workspace's dependency {name}"))
        .collect())
}
