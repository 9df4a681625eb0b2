//! No source file grows past what a reader holds in mind.

use crate::{
    failure::{Failure, none},
    process::{files, read},
};

const MOST_LINES: usize = 400;
const GENERATED: [&str; 1] = ["crates/adapters/src/store/schema.rs"];

/// Counts the lines of every Rust file of the crates' sources.
pub fn check() -> Result<(), Failure> {
    let mut findings = Vec::new();
    for path in files()? {
        let name = path.to_string_lossy().into_owned();
        let in_src = name.starts_with("crates/")
            && name.contains("/src/")
            && path.extension().is_some_and(|kind| kind == "rs");
        if !in_src || GENERATED.contains(&name.as_str()) {
            continue;
        }
        let lines = read(&path)?.lines().count();
        if lines > MOST_LINES {
            findings.push(format!("{name}: {lines} lines, at most {MOST_LINES}: split it"));
        }
    }
    none(findings)
}
