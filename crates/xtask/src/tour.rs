//! The examples of the documentation as a script, and what their blocks promise to print.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{failure::Failure, markdown::blocks, process};

/// How long a terminal stays open at most, in tenths of a second; it is closed as soon as [`CLOSED`] is there.
const OPEN: u32 = 600;

/// The file whose presence closes every terminal.
pub const CLOSED: &str = "closed";

/// What a block is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// Commands, one after the other.
    Shell,
    /// A command that stays open in a terminal of its own until the end, waiting for what is typed.
    Terminal,
    /// A program.
    Python,
    /// What a file is to hold.
    File,
}

/// One block of commands, and the lines that it shows.
struct Step {
    language: Language,
    /// The path of the file.
    file: String,
    commands: String,
    expected: String,
    place: String,
}

/// The examples of pages: blocks `sh <kind>`, `sh <kind> terminal`, `python <kind>`, each with an optional block `text shows` after it,
/// where `…` is any text; and files, `<language> <kind> file=<path>`. All shell blocks share one shell, so a variable lives on.
pub struct Tour(Vec<Step>);

impl Tour {
    /// Reads pages, in order; each must have an example.
    pub fn of(pages: &[&str], kind: &str) -> Result<Self, Failure> {
        let mut steps = Vec::new();
        for page in pages {
            let before = steps.len();
            steps.extend(read_steps((page, &process::read(Path::new(page))?), kind));
            if steps.len() == before {
                return Err(Failure::found(format!("{page} has no block `sh {kind}`")));
            }
        }
        Ok(Self(steps))
    }

    /// The commands as one script; the output of each block goes to a file of its own in `directory`.
    pub fn script(&self, directory: &Path) -> Result<String, Failure> {
        let mut script = String::new();
        for step in &self.0 {
            let file = file(directory, step, "out");
            let commands = match step.language {
                Language::Shell => step.commands.clone(),
                Language::Terminal => {
                    let _ = writeln!(
                        script,
                        "( {} ) < <(for tenth in $(seq {OPEN}); do [ -e '{}' ] && break; sleep 0.1; done) > '{}' 2>&1 &\n\
                         terminals=\"$terminals $!\"\nsleep 1",
                        step.commands.trim(),
                        directory.join(CLOSED).display(),
                        file.display()
                    );
                    continue;
                }
                Language::File => {
                    let content = self::file(directory, step, "file");
                    fs::write(&content, &step.commands).map_err(Failure::file(&content))?;
                    format!("install -D -m 0644 '{}' '{}'\n", content.display(), step.file)
                }
                Language::Python => {
                    let program = self::file(directory, step, "py");
                    fs::write(&program, &step.commands).map_err(Failure::file(&program))?;
                    format!("python3 '{}'\n", program.display())
                }
            };
            let _ = writeln!(script, "{{\n{commands}}} > '{}' 2>&1", file.display());
        }
        Ok(script)
    }

    /// Compares what was printed with what was promised.
    pub fn complaints(&self, directory: &Path) -> Vec<String> {
        self.0
            .iter()
            .flat_map(|step| complaints(step, directory))
            .collect()
    }
}

fn read_steps((name, page): (&str, &str), kind: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in blocks(page) {
        let words: Vec<&str> = block.info.split(' ').collect();
        let file = block.value("file").unwrap_or_default().to_owned();
        let language = match words.as_slice() {
            ["sh", given] if *given == kind => Language::Shell,
            ["sh", given, "terminal"] if *given == kind => Language::Terminal,
            ["python", given] if *given == kind => Language::Python,
            [_, given, _] if *given == kind && !file.is_empty() => Language::File,
            ["text", "shows"] => {
                if let Some(step) = steps.last_mut() {
                    step.expected.push_str(&block.text);
                }
                continue;
            }
            _ => continue,
        };
        let place = format!("{name}:{}", block.line);
        steps.push(Step {
            language,
            file,
            commands: block.text,
            expected: String::new(),
            place,
        });
    }
    steps
}

fn file(directory: &Path, step: &Step, kind: &str) -> PathBuf {
    let name: String = step
        .place
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
        .collect();
    directory.join(format!("{name}.{kind}"))
}

fn complaints(step: &Step, directory: &Path) -> Vec<String> {
    let Ok(printed) = fs::read_to_string(file(directory, step, "out")) else {
        return vec![format!("{}: the block was not reached", step.place)];
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
        "{}: {missing:?} not among what it printed:\n{printed}",
        step.place
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
        let page =
            "```sh tour\necho one\n```\n```text shows\none\ntwo…\n```\n```python tour\nprint(3)\n```\n";
        let tour = Tour(read_steps(("P.md", page), "tour"));
        let complaints = |printed: &str| {
            fs::write(directory.path().join("P-md-1.out"), printed).unwrap();
            tour.complaints(directory.path())
        };
        assert!(
            tour.complaints(directory.path())
                .first()
                .unwrap()
                .contains("P.md:1: the block was not reached")
        );
        fs::write(directory.path().join("P-md-8.out"), "3\n").unwrap();
        assert!(complaints("one\n").first().unwrap().contains("two"));
        assert_eq!(complaints("one\ntwo and more\n"), Vec::<String>::new());
        let script = tour.script(directory.path()).unwrap();
        assert!(script.contains("echo one\n} > '"), "{script}");
        assert!(script.contains("python3 '"), "{script}");
    }
}
