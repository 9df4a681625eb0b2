//! From a folder of files to a tree of modules.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use super::{
    module::{Crate, ModulePath},
    reading,
};
use crate::failure::Failure;

impl Crate {
    /// Reads the crate whose sources lie in `folder`, from its `lib.rs` (or `main.rs`) on.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let mut tree = Self::default();
        let root = ["lib.rs", "main.rs"]
            .into_iter()
            .find(|root| folder.join(root).is_file());
        let root =
            root.ok_or_else(|| Failure::found(format!("{}: no lib.rs and no main.rs", folder.display())))?;
        tree.read_file(folder, Path::new(root), Vec::new())?;
        Ok(tree)
    }

    fn read_file(&mut self, folder: &Path, file: &Path, path: ModulePath) -> Result<(), Failure> {
        let full = folder.join(file);
        let text = fs::read_to_string(&full).map_err(Failure::file(&full))?;
        let parsed =
            syn::parse_file(&text).map_err(|error| Failure::found(format!("{}: {error}", full.display())))?;
        let reading = reading::read(file, path, &parsed.items);
        self.modules.extend(reading.modules);
        for child in reading.files {
            let place = match &child.file {
                Some(named) => beyond(file, named),
                None => place(folder, file, &child.module)?,
            };
            self.read_file(folder, &place, child.module)?;
        }
        Ok(())
    }
}

/// The file that `#[path]` names, from the folder of the file that says so.
fn beyond(parent: &Path, named: &str) -> PathBuf {
    let mut file = parent.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(named).components() {
        match part {
            Component::ParentDir => {
                file.pop();
            }
            other => file.push(other),
        }
    }
    file
}

/// Where the file of a module lies: next to `mod.rs`, or in the folder named after the parent.
fn place(folder: &Path, parent: &Path, child: &[String]) -> Result<PathBuf, Failure> {
    let name = child.last().map(String::as_str).unwrap_or_default();
    let stem = parent.file_stem().unwrap_or_default();
    let is_root = ["lib", "main", "mod"].iter().any(|root| stem == *root);
    let base = if is_root {
        parent.parent().unwrap_or(Path::new("")).to_path_buf()
    } else {
        parent.with_extension("")
    };
    [base.join(format!("{name}.rs")), base.join(name).join("mod.rs")]
        .into_iter()
        .find(|file| folder.join(file).is_file())
        .ok_or_else(|| Failure::found(format!("{}: no file for mod {name}", parent.display())))
}
