//! No source file grows past what a reader holds in mind. Tests are source files too.

use crate::{
    failure::{Failure, none},
    process::{files, read},
    ratchet::{Counts, List},
};

const MOST_LINES: usize = 400;
const GENERATED: &str = "schema.rs";

/// Files that are still longer, with their lines.
const ALLOWED: List = List {
    file: "crates/xtask/lists/sizes.txt",
    shows: "lines of a file",
};

/// Counts the lines of every Rust file.
pub fn check() -> Result<(), Failure> {
    none(ALLOWED.complaints(&too_long()?)?)
}

/// Lowers the numbers of the list.
pub fn lower() -> Result<(), Failure> {
    ALLOWED.lower(&too_long()?)
}

fn too_long() -> Result<Counts, Failure> {
    let mut found = Counts::new();
    for path in files()? {
        let is_source = path.extension().is_some_and(|kind| kind == "rs");
        if !is_source || path.file_name().is_some_and(|name| name == GENERATED) {
            continue;
        }
        let lines = read(&path)?.lines().count();
        if lines > MOST_LINES {
            found.insert(path.to_string_lossy().into_owned(), lines);
        }
    }
    Ok(found)
}
