//! Files of one crate that use each other in a circle can only be understood together, so a new circle fails.
//! The circles that are left are listed in `lists/cycles.txt`; the list may only get shorter.

mod graph;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    failure::{Failure, none},
    process::{crates, root},
    ratchet::List,
    source::Crate,
};
use graph::{Circle, Graph};

/// The circles that exist still: one file a line, an empty line between two circles.
const ALLOWED: List = List {
    file: "crates/xtask/lists/cycles.txt",
    shows: "circles of files",
};

/// A crate with one circle of three files, and with uses that look like one and are none.
const FIXTURE: &str = "crates/xtask/fixtures/cycles";

/// Proves that a circle is found, then compares the circles of every crate with the list.
pub fn check() -> Result<(), Failure> {
    control()?;
    let circles = find()?;
    for circle in &circles {
        println!("{}", shown(circle));
    }
    let left: Vec<_> = circles.iter().map(|circle| circle.files.clone()).collect();
    none(complaints(&left, &allowed()?))
}

/// Takes what is no longer a circle out of the list.
pub fn lower() -> Result<(), Failure> {
    let allowed = allowed()?;
    let left = find()?.into_iter().map(|circle| circle.files);
    let kept = left.filter(|files| allowed.iter().any(|old| files.is_subset(old)));
    let text: Vec<String> = kept.map(|files| lines(&files)).collect();
    ALLOWED.write(&text.join("\n"))
}

/// The circles of every crate, with paths from the repository's root.
fn find() -> Result<Vec<Circle>, Failure> {
    let mut circles = Vec::new();
    for folder in crates()? {
        let inside = Path::new("crates").join(folder).join("src");
        circles.extend(circles_in(&inside)?);
    }
    Ok(circles)
}

fn circles_in(folder: &Path) -> Result<Vec<Circle>, Failure> {
    let source = Crate::read(&root().join(folder))?;
    Ok(Graph::of(&source, folder).circles())
}

fn allowed() -> Result<Vec<BTreeSet<PathBuf>>, Failure> {
    let text = ALLOWED.read()?;
    let circles = text
        .split("\n\n")
        .map(|circle| circle.lines().map(PathBuf::from).collect());
    Ok(circles
        .filter(|circle: &BTreeSet<_>| !circle.is_empty())
        .collect())
}

fn complaints(left: &[BTreeSet<PathBuf>], allowed: &[BTreeSet<PathBuf>]) -> Vec<String> {
    let new = left.iter().filter(|files| !allowed.contains(files)).map(|files| {
        if allowed.iter().any(|old| files.is_subset(old)) {
            format!(
                "a circle got smaller, so the list must too: `cargo xtask lower`. Left is\n{}",
                lines(files)
            )
        } else {
            format!("a new circle: cut it. Its files are\n{}", lines(files))
        }
    });
    let gone = allowed
        .iter()
        .filter(|old| !left.iter().any(|files| files.is_subset(old)))
        .map(|old| {
            format!(
                "no longer a circle, so take it off the list: `cargo xtask lower`\n{}",
                lines(old)
            )
        });
    new.chain(gone).collect()
}

/// Finds the one circle of the fixture, which is on no list.
fn control() -> Result<(), Failure> {
    let found = circles_in(Path::new(FIXTURE))?;
    let expected: BTreeSet<PathBuf> = ["a.rs", "b/mod.rs", "c.rs"]
        .map(|file| Path::new(FIXTURE).join(file))
        .into();
    let files: Vec<_> = found.into_iter().map(|circle| circle.files).collect();
    let refused = complaints(&files, &[]);
    if files == [expected] && refused.iter().any(|text| text.starts_with("a new circle")) {
        return Ok(());
    }
    Err(Failure::found(format!(
        "{FIXTURE}: found {files:?}, not its one circle"
    )))
}

fn lines(files: &BTreeSet<PathBuf>) -> String {
    files.iter().fold(String::new(), |mut text, file| {
        let _ = writeln!(text, "{}", file.display());
        text
    })
}

fn shown(circle: &Circle) -> String {
    let mut text = format!("a circle of {} files:", circle.files.len());
    for edge in &circle.edges {
        let _ = write!(
            text,
            "\n  {}:{} uses {} of {}",
            edge.from.display(),
            edge.line,
            edge.path,
            edge.to.display()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(files: &[&str]) -> BTreeSet<PathBuf> {
        files.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn the_circle_of_the_fixture_is_refused() {
        control().unwrap();
    }

    #[test]
    fn the_list_may_only_get_shorter() {
        let allowed = [circle(&["a", "b", "c"])];
        assert_eq!(complaints(&allowed, &allowed), Vec::<String>::new());
        for left in [vec![], vec![circle(&["a", "b"])], vec![circle(&["a", "d"])]] {
            assert!(!complaints(&left, &allowed).is_empty(), "{left:?}");
        }
    }
}
