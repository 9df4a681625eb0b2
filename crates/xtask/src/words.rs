//! What must not stand in the repository: markers of unfinished work, names of one machine, vague file names; and prose that is
//! hard to read.

use std::path::Path;

use crate::{
    failure::{Failure, none},
    process::{files, read},
    prose,
};

/// Markers of unfinished work. Written in halves, so that this file passes its own check.
const MARKERS: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("HA", "CK:"),
    concat!("unimpl", "emented!("),
    concat!("! place", "holder"),
];

/// Places that exist on one machine or network only.
const PLACES: [&str; 5] = [
    concat!("crates", ".io"),
    concat!("../sha", "red"),
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/home", "/"),
];

/// File names that say nothing about what is inside.
const VAGUE: [&str; 10] = [
    "utils", "util", "common", "helpers", "helper", "types", "manager", "service", "models", "misc",
];

/// Files written by tools, or that must spell a home directory out.
const EXEMPT: [&str; 2] = ["Cargo.lock", "docs/openapi.json"];

/// Searches every text file.
pub fn check() -> Result<(), Failure> {
    let mut findings = Vec::new();
    for path in files()? {
        let name = path.to_string_lossy().into_owned();
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_source = name.starts_with("crates/") && path.extension().is_some_and(|kind| kind == "rs");
        if is_source && VAGUE.contains(&stem.as_str()) {
            findings.push(format!(
                "{name}: the name says nothing; name it after what it does"
            ));
        }
        if EXEMPT.contains(&name.as_str()) || !is_text(&path) {
            continue;
        }
        for (number, line) in read(&path)?.lines().enumerate() {
            let found = MARKERS.iter().chain(&PLACES).find(|word| line.contains(**word));
            if let Some(word) = found {
                findings.push(format!("{name}:{}: contains {word:?}", number + 1));
            }
        }
    }
    none(findings)?;
    prose::check()
}

fn is_text(path: &Path) -> bool {
    if path.starts_with("fuzz/seeds") || path.starts_with("fuzz/regressions") {
        return false;
    }
    let binary = ["png", "ico", "woff2", "gz", "bin", "db"];
    path.extension()
        .is_none_or(|extension| !binary.iter().any(|kind| extension == *kind))
}
