//! What is known of a crate's source.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// A module's path from the crate's root: empty for the root itself.
pub type ModulePath = Vec<String>;

/// A crate's modules, without those that only tests have.
#[derive(Debug, Default)]
pub struct Crate {
    /// Every module by its path.
    pub modules: BTreeMap<ModulePath, Module>,
}

/// One module: a file, or a `mod` block inside a file.
#[derive(Debug, Default)]
pub struct Module {
    /// File that holds the module, relative to the folder that was read.
    pub file: PathBuf,
    /// Names of the items that the module defines.
    pub items: BTreeSet<String>,
    /// Names that `use` brings in.
    pub imports: BTreeMap<String, Import>,
    /// Modules whose names `use path::*` brings in.
    pub globs: Vec<Import>,
    /// Paths of at least two segments in the module's code.
    pub paths: Vec<Used>,
    /// Every name that the module's code mentions outside of `use`.
    pub mentioned: BTreeSet<String>,
}

/// One leaf of a `use` item.
#[derive(Debug, Clone)]
pub struct Import {
    /// The path as written, and its line.
    pub used: Used,
    /// True if other modules can name it too (`pub use`, `pub(crate) use`).
    pub is_reexport: bool,
}

/// A path as written: `super`, `crate` and `self` are still in it.
#[derive(Debug, Clone)]
pub struct Used {
    /// The segments.
    pub segments: Vec<String>,
    /// Line in the file, counted from 1.
    pub line: usize,
}
