//! A copy of the repository that a task may change.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{
    failure::Failure,
    process::{files, root},
};

/// Copies every file that belongs to the repository, as it is now, into a directory that goes when dropped.
pub fn copy() -> Result<TempDir, Failure> {
    let scratch = TempDir::new().map_err(Failure::file("scratch copy"))?;
    let root = root();
    for path in files()? {
        let target = scratch.path().join(&path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(Failure::file(parent))?;
        }
        fs::copy(root.join(&path), &target).map_err(Failure::file(&path))?;
    }
    Ok(scratch)
}

/// Changes one file of the copy: `from` must stand in it exactly once.
pub fn edit(scratch: &Path, file: &str, from: &str, to: &str) -> Result<(), Failure> {
    let path = scratch.join(file);
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    match text.matches(from).count() {
        1 => fs::write(&path, text.replace(from, to)).map_err(Failure::file(&path)),
        count => Err(Failure::found(format!(
            "{file}: {from:?} stands there {count} times, not once"
        ))),
    }
}
