//! What the documentation points at is there: relative links, their anchors, and paths of this repository in code style.

use std::{collections::BTreeSet, path::Path};

use crate::{
    failure::{Failure, none},
    process::{files, read, root},
};

/// Beginnings of what is a path of this repository when it stands between backticks.
const OURS: [&str; 5] = [".ci/", "crates/", "deploy/", "docs/", "tests/"];

/// Looks at every Markdown page.
pub fn check() -> Result<(), Failure> {
    let mut findings = Vec::new();
    for page in files()?
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
    {
        let text = outside_of_blocks(&read(page)?);
        for target in links(&text) {
            if let Some(complaint) = broken(page, &target)? {
                findings.push(format!("{}: {complaint}", page.display()));
            }
        }
        let paths = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| OURS.iter().any(|ours| word.starts_with(ours)));
        for path in paths.filter(|path| !path.contains([' ', '<', '*'])) {
            if !root().join(path).exists() {
                findings.push(format!("{}: there is no {path}", page.display()));
            }
        }
    }
    none(findings)
}

fn broken(page: &Path, target: &str) -> Result<Option<String>, Failure> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(None);
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let beside = page.parent().unwrap_or(Path::new(""));
    let file = if path.is_empty() {
        page.to_path_buf()
    } else {
        beside.join(path)
    };
    if !root().join(&file).exists() {
        return Ok(Some(format!("the link to {target} leads nowhere")));
    }
    if anchor.is_empty() || anchors(&read(&file)?).contains(anchor) {
        return Ok(None);
    }
    Ok(Some(format!("{path} has no section #{anchor}")))
}

/// The page without its fenced blocks.
fn outside_of_blocks(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

/// The targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    let starts = text.split("](").skip(1);
    starts
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a page's headings, as Markdown renderers make them.
pub fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let titles = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    titles
        .map(|title| {
            let kept = title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
            kept.map(|letter| if letter == ' ' { '-' } else { letter })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_has_the_anchor_that_links_use() {
        let anchors =
            anchors("# Running it\n\ntext\n\n### Alert: safety texts late\n## Twilio, step by step\n");
        assert!(anchors.contains("alert-safety-texts-late"));
        assert!(anchors.contains("twilio-step-by-step"));
        assert_eq!(anchors.len(), 3);
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let page = "see [a](x.md#y)\n```\n[b](no.md)\n```\nand [c](../z.md)";
        assert_eq!(links(&outside_of_blocks(page)), ["x.md#y", "../z.md"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_told() {
        let page = Path::new("docs/README.md");
        assert_eq!(broken(page, "security.md").unwrap(), None);
        assert_eq!(broken(page, "operations.md#back-up").unwrap(), None);
        assert!(broken(page, "no-such-page.md").unwrap().is_some());
        assert!(broken(page, "operations.md#no-such-section").unwrap().is_some());
    }
}
