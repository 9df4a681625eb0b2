//! `docs/add-a-feature.md` is followed to the letter on a copy: its blocks are applied, its tests are run.

use std::{fs, path::Path};

use crate::{
    failure::Failure,
    markdown::{Block, blocks},
    process::{cargo, read, root, run},
    scratch,
};

const PAGE: &str = "docs/add-a-feature.md";

/// Applies the page. A block `rust new=<file>` is a new file; `rust file=<file>` is put into an existing one, before
/// or after the one line that the block's `before`/`after` value begins with, blanks written as `_`.
/// A block `sh run=yes` holds cargo commands, run at the end in order.
pub fn check() -> Result<(), Failure> {
    let copy = scratch::copy()?;
    let page = blocks(&read(Path::new(PAGE))?);
    let mut applied = 0_usize;
    for block in &page {
        applied += usize::from(apply(copy.path(), block)?);
    }
    let commands: Vec<&str> = page
        .iter()
        .filter(|block| block.value("run").is_some())
        .flat_map(|block| block.text.lines())
        .collect();
    if applied == 0 || commands.is_empty() {
        return Err(Failure::found(format!(
            "{PAGE} has no block to apply or no command to run"
        )));
    }
    for command in commands {
        let words = command.split_whitespace().skip_while(|word| *word == "cargo");
        run(cargo()
            .args(words)
            .current_dir(copy.path())
            .env("CARGO_TARGET_DIR", root().join("target")))?;
    }
    Ok(())
}

fn apply(copy: &Path, block: &Block) -> Result<bool, Failure> {
    if let Some(file) = block.value("new") {
        let path = copy.join(file);
        if path.exists() {
            return Err(told(block, &format!("{file} exists already")));
        }
        fs::write(&path, &block.text).map_err(Failure::file(&path))?;
        return Ok(true);
    }
    let Some(file) = block.value("file") else {
        return Ok(false);
    };
    let (anchor, before) = match (block.value("before"), block.value("after")) {
        (Some(anchor), None) => (anchor, true),
        (None, Some(anchor)) => (anchor, false),
        _ => {
            return Err(told(
                block,
                "a block for an existing file needs `before` or `after`",
            ));
        }
    };
    let anchor = anchor.replace('_', " ");
    let path = copy.join(file);
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let is_anchor = |line: &&str| line.trim_start().replace('_', " ").starts_with(&anchor);
    if text.lines().filter(is_anchor).count() != 1 {
        return Err(told(
            block,
            &format!("{file} has not exactly one line that begins with {anchor:?}"),
        ));
    }
    let mut edited = String::new();
    for line in text.lines() {
        let here = is_anchor(&line);
        if here && before {
            edited.push_str(&block.text);
        }
        edited.push_str(line);
        edited.push('\n');
        if here && !before {
            edited.push_str(&block.text);
        }
    }
    fs::write(&path, edited).map_err(Failure::file(&path))?;
    Ok(true)
}

fn told(block: &Block, what: &str) -> Failure {
    Failure::found(format!("{PAGE}:{}: {what}", block.line))
}
