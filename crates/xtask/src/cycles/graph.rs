//! Which file uses which, and the circles in that.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::source::{Crate, Module, ModulePath, Used};

/// One file's use of another.
#[derive(Debug, Clone)]
pub struct Edge {
    /// File that contains the path.
    pub from: PathBuf,
    /// File that defines what the path names.
    pub to: PathBuf,
    /// The path as written.
    pub path: String,
    /// Line of the path.
    pub line: usize,
}

/// Files that reach each other, and the edges between them.
#[derive(Debug)]
pub struct Circle {
    /// The files of the circle.
    pub files: BTreeSet<PathBuf>,
    /// One edge for each pair of files.
    pub edges: Vec<Edge>,
}

/// Every file of a crate with its edges.
pub struct Graph(BTreeMap<PathBuf, BTreeMap<PathBuf, Edge>>);

impl Graph {
    /// The edges of a crate whose sources lie in `folder`; the folder becomes part of every path.
    pub fn of(source: &Crate, folder: &Path) -> Self {
        let mut graph = Self(BTreeMap::new());
        for (path, module) in &source.modules {
            for used in uses(source, path, module) {
                graph.add(source, (path, module), used, folder);
            }
        }
        graph
    }

    fn add(&mut self, source: &Crate, (path, module): (&ModulePath, &Module), used: &Used, folder: &Path) {
        let target = source.resolve(path, &used.segments);
        let Some(defining) = target.and_then(|target| source.modules.get(&target.module)) else {
            return;
        };
        if defining.file == module.file {
            return;
        }
        let edge = Edge {
            from: folder.join(&module.file),
            to: folder.join(&defining.file),
            path: used.segments.join("::"),
            line: used.line,
        };
        let edges = self.0.entry(edge.from.clone()).or_default();
        edges.entry(edge.to.clone()).or_insert(edge);
    }

    /// Every largest set of files that reach each other.
    pub fn circles(&self) -> Vec<Circle> {
        let reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> =
            self.0.keys().map(|file| (file, self.reached(file))).collect();
        let mut circles = Vec::new();
        let mut seen = BTreeSet::new();
        for (file, others) in &reached {
            if !others.contains(file) || !seen.insert(*file) {
                continue;
            }
            let back = |other: &&PathBuf| reached.get(*other).is_some_and(|from| from.contains(file));
            let files: BTreeSet<&PathBuf> = others.iter().copied().filter(back).collect();
            seen.extend(files.iter().copied());
            circles.push(self.circle(&files));
        }
        circles
    }

    fn reached<'a>(&'a self, from: &PathBuf) -> BTreeSet<&'a PathBuf> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            let targets = self.0.get(file).into_iter().flat_map(BTreeMap::keys);
            for target in targets {
                if reached.insert(target) {
                    open.push(target);
                }
            }
        }
        reached
    }

    fn circle(&self, files: &BTreeSet<&PathBuf>) -> Circle {
        let inside = files.iter().filter_map(|file| self.0.get(*file));
        let edges = inside
            .flat_map(BTreeMap::values)
            .filter(|edge| files.contains(&edge.to));
        Circle {
            files: files.iter().map(|file| (*file).clone()).collect(),
            edges: edges.cloned().collect(),
        }
    }
}

/// What counts as a use: paths in code, imports of items, and globs. A path in a macro may name a module, because the macro
/// may append to it. An import of a module counts through the paths that begin with it. A re-export only passes a name on,
/// unless the module's own code mentions the name.
fn uses<'a>(source: &'a Crate, path: &'a ModulePath, module: &'a Module) -> impl Iterator<Item = &'a Used> {
    let names_an_item = |used: &Used| {
        let target = source.resolve(path, &used.segments);
        target.is_some_and(|target| target.item.is_some())
    };
    let imports = module
        .imports
        .iter()
        .filter(|(name, import)| !import.is_reexport || module.mentioned.contains(*name))
        .map(|(_, import)| &import.used);
    let globs = module
        .globs
        .iter()
        .filter(|import| !import.is_reexport)
        .map(|import| &import.used);
    let imports = imports.filter(move |used| names_an_item(used));
    imports.chain(globs).chain(&module.paths)
}
