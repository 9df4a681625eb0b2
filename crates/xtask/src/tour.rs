//! The README's tour as a script, and what its blocks promise to print.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    failure::Failure,
    markdown::{Block, blocks},
};

/// One block of commands, and the lines that it shows.
struct Step {
    commands: String,
    expected: String,
    line: usize,
}

/// The tour of a page: blocks `sh tour`, each with an optional block `text shows` after it, where `…` is any text.
pub struct Tour(Vec<Step>);

impl Tour {
    /// Reads a page.
    pub fn of(page: &str) -> Result<Self, Failure> {
        let mut steps: Vec<Step> = Vec::new();
        for Block { info, text, line } in blocks(page) {
            match (info.as_str(), steps.last_mut()) {
                ("sh tour", _) => steps.push(Step {
                    commands: text,
                    expected: String::new(),
                    line,
                }),
                ("text shows", Some(step)) => step.expected.push_str(&text),
                _ => {}
            }
        }
        if steps.is_empty() {
            Err(Failure::found("the page has no block `sh tour`"))
        } else {
            Ok(Self(steps))
        }
    }

    /// The commands as one script; the output of each block goes to a file of its own in `directory`.
    pub fn script(&self, directory: &Path) -> String {
        let mut script = String::new();
        for step in &self.0 {
            let file = output_file(directory, step);
            let _ = writeln!(script, "{{\n{}}} > '{}' 2>&1", step.commands, file.display());
        }
        script
    }

    /// Compares what was printed with what was promised.
    pub fn complaints(&self, directory: &Path) -> Vec<String> {
        self.0
            .iter()
            .flat_map(|step| complaints(step, directory))
            .collect()
    }
}

fn output_file(directory: &Path, step: &Step) -> PathBuf {
    directory.join(format!("block-at-line-{}.out", step.line))
}

fn complaints(step: &Step, directory: &Path) -> Vec<String> {
    let Ok(printed) = fs::read_to_string(output_file(directory, step)) else {
        return vec![format!("line {}: the block was not reached", step.line)];
    };
    let expected = step.expected.lines().filter(|line| !line.trim().is_empty());
    let missing: Vec<&str> = expected
        .filter(|line| {
            !printed
                .lines()
                .any(|printed| matches(line.trim(), printed.trim()))
        })
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "line {}: {missing:?} not among what it printed:\n{printed}",
        step.line
    )]
}

/// Whether a line is as promised; `…` in the promise stands for any text.
fn matches(promise: &str, line: &str) -> bool {
    let mut parts = promise.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    open || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipsis_is_any_text() {
        for (promise, line) in [
            ("ok", "ok"),
            ("{\"id\":…}", "{\"id\":12}"),
            ("Welcome…", "Welcome to the hut"),
            ("…end", "the end"),
            ("a…b…c", "a 1 b 2 c"),
        ] {
            assert!(matches(promise, line), "{promise} {line}");
        }
        for (promise, line) in [
            ("ok", "okay"),
            ("{\"id\":…}", "{\"id\":12"),
            ("a…b", "ac"),
            ("…end", "ended"),
        ] {
            assert!(!matches(promise, line), "{promise} {line}");
        }
    }

    #[test]
    fn a_missing_line_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let tour = Tour::of("```sh tour\necho one\n```\n```text shows\none\ntwo…\n```\n").unwrap();
        assert!(
            tour.complaints(directory.path())
                .first()
                .unwrap()
                .contains("not reached")
        );
        let file = directory.path().join("block-at-line-1.out");
        fs::write(&file, "one\n").unwrap();
        assert!(tour.complaints(directory.path()).first().unwrap().contains("two"));
        fs::write(&file, "one\ntwo and more\n").unwrap();
        assert_eq!(tour.complaints(directory.path()), Vec::<String>::new());
        assert!(tour.script(directory.path()).contains("echo one\n} > '"));
    }
}
