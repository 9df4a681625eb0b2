//! Files that are written by programs: rewritten here; a difference to what is committed fails.

use std::{fs, path::Path};

use crate::{
    failure::{Failure, none},
    migrations,
    process::{SERVER_TESTS, cargo, read, root, run},
};

/// Written by the server's suite `generated` when this variable is set; without it the suite compares.
const REWRITE: &str = "THUNDERBIRD_REWRITE_PAGES";
const PAGES: [&str; 4] = [
    "docs/commands.md",
    "docs/configuration.md",
    "docs/openapi.json",
    "docs/sms-commands.md",
];

/// Rewrites every generated file and names those that changed.
pub fn check() -> Result<(), Failure> {
    let files = [migrations::SCHEMA].into_iter().chain(PAGES);
    let before: Vec<_> = files
        .map(|file| (file, read(Path::new(file)).unwrap_or_default()))
        .collect();
    write(migrations::SCHEMA, &migrations::fresh_schema()?)?;
    let suite = ["--quiet", "--test", "generated"];
    run(cargo().args(SERVER_TESTS).args(suite).env(REWRITE, "yes"))?;
    let mut findings = Vec::new();
    for (file, was) in before {
        if read(Path::new(file))? != was {
            findings.push(format!(
                "{file} was not current; it has been rewritten: look at it and commit it"
            ));
        }
    }
    none(findings)
}

fn write(file: &str, text: &str) -> Result<(), Failure> {
    fs::write(root().join(file), text).map_err(Failure::file(file))
}
