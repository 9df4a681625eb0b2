//! `docs/add-a-feature.md` is followed to the letter on a copy: its blocks are applied, its tests are run.

use std::{fs, path::Path, process::Command};

use crate::{
    failure::Failure,
    markdown::{Block, blocks},
    needs,
    process::{crates, read, root, run, unnested},
    scratch,
};

const PAGE: &str = "docs/add-a-feature.md";

/// Applies the page. A block `rust new=<file>` is a new file. `rust file=<file>` is put into an existing one: before or
/// after the one line that the block's `before`/`after` value begins with (blanks are written as `_`), or `at=end`.
/// A block `sh run=yes` is run at the end.
pub fn check() -> Result<(), Failure> {
    let copy = scratch::copy()?;
    let page = blocks(&read(Path::new(PAGE))?);
    let mut applied = 0_usize;
    for block in &page {
        applied += usize::from(apply(copy.path(), block)?);
    }
    let commands: String = page
        .iter()
        .filter(|block| block.value("run").is_some())
        .map(|block| block.text.as_str())
        .collect();
    if applied == 0 || commands.is_empty() {
        return Err(Failure::found(format!(
            "{PAGE} has no block to apply or no command to run"
        )));
    }
    let bash = needs::BASH.path()?;
    let done = run(unnested(Command::new(bash))
        .args(["-euo", "pipefail", "-c", &commands])
        .current_dir(copy.path())
        .env("CARGO_TARGET_DIR", root().join("target")));
    forget_the_copy()?;
    done
}

/// Deletes what was built of our crates. The copy builds into our directory, so that dependencies are not compiled again;
/// cargo then takes what it built of the copy, which is newer than our files, for a build of our files.
fn forget_the_copy() -> Result<(), Failure> {
    let packages = crates()?
        .into_iter()
        .flat_map(|name| ["--package".to_owned(), format!("thunderbird-{name}")]);
    run(Command::new("cargo")
        .args(["clean", "--quiet", "--locked"])
        .args(packages)
        .current_dir(root()))
}

fn apply(copy: &Path, block: &Block) -> Result<bool, Failure> {
    if let Some(file) = block.value("new") {
        let path = copy.join(file);
        if path.exists() {
            return Err(told(block, &format!("{file} exists already")));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        }
        fs::write(&path, &block.text).map_err(Failure::file(&path))?;
        return Ok(true);
    }
    let Some(file) = block.value("file") else {
        return Ok(false);
    };
    let path = copy.join(file);
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let edited = match (block.value("before"), block.value("after"), block.value("at")) {
        (Some(anchor), None, None) => beside(&text, anchor, &block.text, true),
        (None, Some(anchor), None) => beside(&text, anchor, &block.text, false),
        (None, None, Some("end")) => Some(format!("{text}\n{}", block.text)),
        _ => None,
    };
    match edited {
        Some(edited) => fs::write(&path, edited)
            .map_err(Failure::file(&path))
            .map(|()| true),
        None => Err(told(
            block,
            &format!("{file} has not exactly one line that begins as the block says"),
        )),
    }
}

/// The text with `inserted` before or after the one line that begins with `anchor`.
fn beside(text: &str, anchor: &str, inserted: &str, before: bool) -> Option<String> {
    let is_anchor = |line: &str| {
        line.trim_start()
            .replace('_', " ")
            .starts_with(&anchor.replace('_', " "))
    };
    if text.lines().filter(|line| is_anchor(line)).count() != 1 {
        return None;
    }
    let mut edited = String::new();
    for line in text.lines() {
        let here = is_anchor(line);
        let parts = if here && before {
            [inserted, line, "\n"]
        } else {
            [line, "\n", ""]
        };
        edited.extend(parts);
        if here && !before {
            edited.push_str(inserted);
        }
    }
    Some(edited)
}

fn told(block: &Block, what: &str) -> Failure {
    Failure::found(format!("{PAGE}:{}: {what}", block.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_goes_beside_the_one_line_that_is_meant() {
        let text = "mod a;\n  pub_mod b;\n";
        assert_eq!(
            beside(text, "pub_mod_b", "mod x;\n", true).unwrap(),
            "mod a;\nmod x;\n  pub_mod b;\n"
        );
        assert_eq!(
            beside(text, "mod_a", "mod x;\n", false).unwrap(),
            "mod a;\nmod x;\n  pub_mod b;\n"
        );
        assert_eq!(beside(text, "mod_c", "mod x;\n", false), None, "no such line");
        assert_eq!(
            beside("mod a;\nmod a;\n", "mod_a", "mod x;\n", false),
            None,
            "two such lines"
        );
    }
}
