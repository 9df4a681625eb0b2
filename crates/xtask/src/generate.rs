//! Files that are written by programs: rewritten here; a difference to what is committed fails.

use std::{fs, path::Path};

use crate::{
    failure::{Failure, none},
    migrations,
    process::{cargo, output, read, root},
};

/// A page, and the command of the binary that prints it.
const PAGES: [(&str, &[&str]); 4] = [
    ("docs/commands.md", &["generate", "commands"]),
    ("docs/configuration.md", &["generate", "configuration"]),
    ("docs/openapi.json", &["openapi"]),
    ("docs/sms-commands.md", &["generate", "sms-commands"]),
];

/// Rewrites every generated file and names those that changed.
pub fn check() -> Result<(), Failure> {
    let mut findings = rewrite(migrations::SCHEMA, &migrations::fresh_schema()?)?;
    for (page, words) in PAGES {
        let binary = [
            "run",
            "--quiet",
            "--locked",
            "--package",
            "thunderbird-server",
            "--",
        ];
        let printed = output(cargo().args(binary).args(words))?;
        findings.extend(rewrite(page, &format!("{}\n", printed.trim_end()))?);
    }
    none(findings)
}

fn rewrite(file: &str, text: &str) -> Result<Vec<String>, Failure> {
    if read(Path::new(file)).is_ok_and(|committed| committed == text) {
        return Ok(Vec::new());
    }
    fs::write(root().join(file), text).map_err(Failure::file(file))?;
    Ok(vec![format!(
        "{file} was not current; it has been rewritten: look at it and commit it"
    )])
}
