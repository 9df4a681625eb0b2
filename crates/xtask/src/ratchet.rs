//! Lists of what is still tolerated. A list may only get shorter and its numbers smaller: `cargo xtask lower` does that,
//! and nothing writes anything larger.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    failure::Failure,
    process::{read, root},
};

/// A committed list.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// Path from the root.
    pub file: &'static str,
    /// What is listed.
    pub shows: &'static str,
}

/// How often each name is tolerated.
pub type Counts = BTreeMap<String, usize>;

impl List {
    /// The text of the list.
    pub fn read(&self) -> Result<String, Failure> {
        read(Path::new(self.file))
    }

    /// Replaces the list.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        let file = root().join(self.file);
        fs::write(&file, text).map_err(Failure::file(&file))?;
        println!("{}: {} lines of {}", self.file, text.lines().count(), self.shows);
        Ok(())
    }

    /// The list as counts: `<number> <name>` on each line.
    pub fn counts(&self) -> Result<Counts, Failure> {
        let text = self.read()?;
        text.lines()
            .map(|line| {
                let (number, name) = line.split_once(' ')?;
                Some((name.to_owned(), number.parse().ok()?))
            })
            .collect::<Option<Counts>>()
            .ok_or_else(|| Failure::found(format!("{}: a line is not `<number> <name>`", self.file)))
    }

    /// What is wrong with `found`: a number that is larger than the list's, or a list that is larger than it must be.
    pub fn complaints(&self, found: &Counts) -> Result<Vec<String>, Failure> {
        Ok(compare(found, &self.counts()?)
            .into_iter()
            .map(|complaint| format!("{}: {complaint}", self.shows))
            .collect())
    }

    /// Writes the numbers that fell.
    pub fn lower(&self, found: &Counts) -> Result<(), Failure> {
        let mut text = String::new();
        for (name, allowed) in self.counts()? {
            match found.get(&name) {
                Some(0) | None => {}
                Some(count) => {
                    text.push_str(&allowed.min(*count).to_string());
                    text.push(' ');
                    text.push_str(&name);
                    text.push('\n');
                }
            }
        }
        self.write(&text)
    }
}

fn compare(found: &Counts, allowed: &Counts) -> Vec<String> {
    let grown = found.iter().filter_map(|(name, count)| {
        let allowed = allowed.get(name).copied().unwrap_or_default();
        (*count > allowed).then(|| format!("{name} has {count}, at most {allowed} are allowed"))
    });
    let fallen = allowed.iter().filter_map(|(name, allowed)| {
        let count = found.get(name).copied().unwrap_or_default();
        (count < *allowed)
            .then(|| format!("{name} has only {count} instead of {allowed}: `cargo xtask lower`"))
    });
    grown.chain(fallen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(&str, usize)]) -> Counts {
        pairs
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    }

    #[test]
    fn a_number_may_neither_grow_nor_stay_too_large() {
        let allowed = counts(&[("a", 2), ("b", 1)]);
        assert_eq!(compare(&allowed, &allowed), Vec::<String>::new());
        for found in [
            counts(&[("a", 3), ("b", 1)]),
            counts(&[("a", 1), ("b", 1)]),
            counts(&[("a", 2)]),
            counts(&[("a", 2), ("b", 1), ("c", 1)]),
        ] {
            assert_eq!(compare(&found, &allowed).len(), 1, "{found:?}");
        }
    }
}
