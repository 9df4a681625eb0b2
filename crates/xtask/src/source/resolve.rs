//! From a path as written to the module that defines what it names, through imports and re-exports.

use super::module::{Crate, Import, Module, ModulePath};

/// Re-exports that are followed before a chain of them counts as endless.
const LONGEST_CHAIN: usize = 16;

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The module that defines it, or the module itself.
    pub module: ModulePath,
    /// The item, or `None` if the path names the module.
    pub item: Option<String>,
}

impl Crate {
    /// What `segments`, written in the module `at`, name; `None` if they name nothing of this crate.
    pub fn resolve(&self, at: &[String], segments: &[String]) -> Option<Target> {
        self.follow(at, segments, LONGEST_CHAIN)
    }

    /// The path from the crate's root that `segments`, written in the module `at`, stand for. One import is followed, so
    /// that `sms::X` after `use crate::sms` is found; re-exports are not. `None` for a path that leaves the crate.
    pub fn absolute(&self, at: &[String], segments: &[String]) -> Option<Vec<String>> {
        let (start, rest, is_anchored) = self.start(at, segments)?;
        if is_anchored {
            return Some([start.as_slice(), rest].concat());
        }
        let (first, after) = rest.split_first()?;
        let child = [at, std::slice::from_ref(first)].concat();
        if self.modules.contains_key(&child) {
            return Some([child.as_slice(), after].concat());
        }
        let import = self.modules.get(at)?.imports.get(first)?;
        let (start, rest, is_anchored) = self.start(at, &import.used.segments)?;
        is_anchored.then(|| [start.as_slice(), rest, after].concat())
    }

    fn follow(&self, at: &[String], segments: &[String], chain: usize) -> Option<Target> {
        let chain = chain.checked_sub(1)?;
        let (start, rest, is_anchored) = self.start(at, segments)?;
        let mut target = Target {
            module: start,
            item: None,
        };
        for (position, name) in rest.iter().enumerate() {
            let anchored = is_anchored || position > 0;
            let is_last = position + 1 == rest.len();
            match self.lookup(&target.module, (name, is_last), chain) {
                Some(found) => target = found,
                // A macro may define the name: the module is right in any case.
                None if anchored => target.item = Some(name.clone()),
                None => return None,
            }
            if target.item.is_some() {
                break;
            }
        }
        Some(target)
    }

    /// The module that a path begins in, and what follows; true if `crate`, `self` or `super` say so.
    fn start<'a>(&self, at: &[String], segments: &'a [String]) -> Option<(ModulePath, &'a [String], bool)> {
        let mut module = at.to_vec();
        let mut rest = segments;
        while let Some((first, after)) = rest.split_first() {
            match first.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()?),
                _ => break,
            }
            rest = after;
        }
        self.modules.contains_key(&module).then_some(())?;
        Some((module, rest, rest.len() < segments.len()))
    }

    /// The last name of a path is an item if a module and an item share it, as functions may; others are modules.
    fn lookup(&self, at: &[String], (name, is_last): (&str, bool), chain: usize) -> Option<Target> {
        let item = || self.lookup_item(at, name, chain);
        if is_last && let Some(found) = item().filter(|found| found.item.is_some()) {
            return Some(found);
        }
        let child = [at, &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) {
            return Some(Target {
                module: child,
                item: None,
            });
        }
        item()
    }

    fn lookup_item(&self, at: &[String], name: &str, chain: usize) -> Option<Target> {
        let module = self.modules.get(at)?;
        if module.items.contains(name) {
            return Some(Target {
                module: at.to_vec(),
                item: Some(name.to_owned()),
            });
        }
        match module.imports.get(name) {
            // `use jiff;` names a crate, not itself.
            Some(import) if import.used.segments == [name] => None,
            Some(import) => self.follow(at, &import.used.segments, chain),
            None => self.lookup_globs(at, module, name, chain),
        }
    }

    fn lookup_globs(&self, at: &[String], module: &Module, name: &str, chain: usize) -> Option<Target> {
        let chain = chain.checked_sub(1)?;
        module.globs.iter().find_map(|Import { used, .. }| {
            let source = self.follow(at, &used.segments, chain)?;
            (source.item.is_none() && source.module != at).then_some(())?;
            self.lookup(&source.module, (name, true), chain)
        })
    }
}
