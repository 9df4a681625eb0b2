//! Files that are written by programs: rewritten here; a difference to what is committed fails.

use std::{fs, path::Path, process::Command};

use crate::{
    failure::{Failure, none},
    migrations,
    process::{debug_binary, output, read, root},
};

/// What the binary is asked for, and where its answer is kept; the suite `generated` compares the same list.
const PAGES: [(&[&str], &str); 5] = [
    (&["generate", "commands"], "docs/commands.md"),
    (&["generate", "configuration"], "docs/configuration.md"),
    (&["generate", "limits"], "docs/limits.md"),
    (&["generate", "sms-commands"], "docs/sms-commands.md"),
    (&["openapi"], "docs/openapi.json"),
];

/// Rewrites every generated file and names those that changed.
pub fn check() -> Result<(), Failure> {
    let changed = [write(migrations::SCHEMA, &migrations::fresh_schema()?)?];
    let changed = changed.into_iter().chain(write_pages()?).flatten();
    none(
        changed
            .map(|file| format!("{file} was not current; it has been rewritten: look at it and commit it"))
            .collect(),
    )
}

/// Rewrites the pages that the binary prints, and names those that changed. Needs cargo and nothing else.
pub fn pages() -> Result<(), Failure> {
    for page in write_pages()?.into_iter().flatten() {
        println!("{page} has been rewritten");
    }
    Ok(())
}

fn write_pages() -> Result<Vec<Option<&'static str>>, Failure> {
    let binary = debug_binary()?;
    let pages = PAGES.into_iter().map(|(arguments, page)| {
        let made = output(Command::new(&binary).args(arguments).env_clear())?;
        write(page, &made)
    });
    pages.collect()
}

/// Writes a file; its name, if it was another one before.
fn write(file: &'static str, text: &str) -> Result<Option<&'static str>, Failure> {
    let was = read(Path::new(file)).unwrap_or_default();
    fs::write(root().join(file), text).map_err(Failure::file(file))?;
    Ok((was != text).then_some(file))
}
