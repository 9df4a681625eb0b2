//! Files that are written by programs: rewritten here; a difference to what is committed fails.

use std::{fs, path::Path};

use crate::{
    failure::{Failure, none},
    migrations,
    process::{cargo, read, root, run},
};

/// Pages that the server's own tests write when asked to; the same tests fail on a page that is not current.
const PAGES: [&str; 3] = [
    "docs/configuration.md",
    "docs/openapi.json",
    "docs/sms-commands.md",
];

/// Asks the server's suite `generated` to write its pages.
const REWRITE: &str = "THUNDERBIRD_REWRITE_PAGES";

/// Rewrites every generated file and names those that changed.
pub fn check() -> Result<(), Failure> {
    let mut before = vec![(
        migrations::SCHEMA,
        read(Path::new(migrations::SCHEMA)).unwrap_or_default(),
    )];
    before.extend(PAGES.map(|page| (page, read(Path::new(page)).unwrap_or_default())));
    let schema = root().join(migrations::SCHEMA);
    fs::write(&schema, migrations::fresh_schema()?).map_err(Failure::file(&schema))?;
    let suite = [
        "test",
        "--locked",
        "--package",
        "thunderbird-server",
        "--test",
        "generated",
    ];
    run(cargo().args(suite).env(REWRITE, "yes"))?;
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
