//! How the repository reads: words that plain English does without, comments too short to say anything, names that were
//! replaced. What is still there is counted by area; the numbers may only fall.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use proc_macro2::{TokenStream, TokenTree};

use crate::{
    failure::{Failure, none},
    process::{files, read},
    ratchet::{Counts, List},
};

/// Expressions that are avoided, in lower case; what follows `!` makes the expression good English.
const AVOIDED: [(&str, &str); 24] = [
    ("amiss", ""),
    ("anew", ""),
    ("are told", ""),
    ("believe", ""),
    ("believed", ""),
    ("believes", ""),
    ("beside", ""),
    ("borne", ""),
    ("is told", ""),
    ("mend", ""),
    ("mended", ""),
    ("mends", ""),
    ("no one", ""),
    ("nobody", ""),
    ("nobody's", ""),
    ("none are", ""),
    ("none has", ""),
    ("none is", ""),
    ("none of", ""),
    ("such", "as"),
    ("was told", ""),
    ("were told", ""),
    ("whoever", ""),
    ("whomever", ""),
];

/// Fewest words of a doc comment.
const FEWEST_WORDS: usize = 3;

/// Names of the code that have a standard name now.
const OLD_NAMES: [&str; 21] = [
    "Eyes",
    "Heard",
    "Horizon",
    "Insider",
    "LittleLeft",
    "Neighbour",
    "Partner",
    "Seat",
    "SenderLanes",
    "Shelves",
    "Sighting",
    "Situation",
    "Standing",
    "Tally",
    "Told",
    "Turnstile",
    "Unchanged",
    "pulse",
    "set_ups",
    "thin_out",
    "to_the_end",
];

/// A file with one of each, which the check must find.
const FIXTURE: &str = include_str!("../fixtures/prose.rs");

/// What is still there.
const ALLOWED: List = List {
    file: "crates/xtask/lists/prose.txt",
    shows: "prose",
};

/// Every finding: what, then where.
type Found = BTreeMap<String, Vec<String>>;

/// Proves that each kind is found, then compares every file with the list.
pub fn check() -> Result<(), Failure> {
    control()?;
    let found = find()?;
    let complaints = ALLOWED.complaints(&counts(&found))?;
    let with_places = complaints.into_iter().map(|complaint| {
        let places = found
            .iter()
            .find(|(name, _)| complaint.contains(&format!("{name} has")));
        let places = places
            .map(|(_, places)| places.join("\n    "))
            .unwrap_or_default();
        format!("{complaint}\n    {places}")
    });
    none(with_places.collect())
}

/// Lowers the numbers of the list.
pub fn lower() -> Result<(), Failure> {
    ALLOWED.lower(&counts(&find()?))
}

fn counts(found: &Found) -> Counts {
    found
        .iter()
        .map(|(name, places)| (name.clone(), places.len()))
        .collect()
}

fn find() -> Result<Found, Failure> {
    let mut found = Found::new();
    for path in files()? {
        let Some(area) = area(&path) else {
            continue;
        };
        let text = read(&path)?;
        if path.extension().is_some_and(|kind| kind == "rs") {
            judge_code((&area, &path), &text, &mut found);
        } else {
            let prose = without_code(&text.split("```").step_by(2).collect::<String>());
            judge_words((&area, &path), &prose, &mut found);
        }
    }
    Ok(found)
}

/// A crate, `tests`, `docs` or the root; `None` for what is no prose or is written by a program.
fn area(path: &Path) -> Option<String> {
    let kind = path.extension()?;
    let is_fixture = path.starts_with("crates/xtask/fixtures") || path.ends_with("xtask/src/prose.rs");
    if (kind != "rs" && kind != "md") || is_fixture {
        return None;
    }
    let mut folders = path.parent()?.iter().map(|folder| folder.to_string_lossy());
    Some(match (folders.next(), folders.next()) {
        (Some(first), Some(name)) if first == "crates" => name.into_owned(),
        (Some(first), _) => first.into_owned(),
        (None, _) => "root".to_owned(),
    })
}

fn judge_code(place: (&str, &PathBuf), text: &str, found: &mut Found) {
    let mut prose = String::new();
    let mut doc = String::new();
    for (number, line) in text.lines().chain([""]).enumerate() {
        let line = line.trim();
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        if let Some(comment) = comment {
            doc.push_str(comment);
        } else if !doc.is_empty() {
            if doc.split_whitespace().count() < FEWEST_WORDS {
                note(place, "short comment", &format!("{number}:{doc}"), found);
            }
            doc.clear();
        }
        if let Some(comment) = line.strip_prefix("//") {
            prose.push_str(comment.trim_start_matches(['/', '!']));
        }
        prose.push('\n');
    }
    judge_words(place, &without_code(&prose), found);
    if let Ok(tokens) = TokenStream::from_str(text) {
        judge_names(place, tokens, found);
    }
}

fn judge_names(place: (&str, &PathBuf), tokens: TokenStream, found: &mut Found) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => judge_names(place, group.stream(), found),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                if OLD_NAMES.contains(&name.as_str()) {
                    let line = ident.span().start().line;
                    note(place, &format!("name {name}"), &line.to_string(), found);
                }
            }
            _ => {}
        }
    }
}

/// Text between backticks is code.
fn without_code(prose: &str) -> String {
    let parts = prose.split('`').enumerate();
    parts
        .map(|(number, part)| {
            if number % 2 == 0 {
                part.to_owned()
            } else {
                "\n".repeat(part.matches('\n').count())
            }
        })
        .collect()
}

fn judge_words(place: (&str, &PathBuf), prose: &str, found: &mut Found) {
    let words: Vec<(usize, String)> = prose
        .lines()
        .enumerate()
        .flat_map(|(number, line)| {
            let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
            words
                .filter(|word| !word.is_empty())
                .map(move |word| (number + 1, word.to_lowercase()))
        })
        .collect();
    let is = |at: usize, wanted: &str| words.get(at).is_some_and(|(_, word)| word == wanted);
    for (at, (line, _)) in words.iter().enumerate() {
        for (avoided, unless) in AVOIDED {
            let length = avoided.split(' ').count();
            let is_there = avoided
                .split(' ')
                .enumerate()
                .all(|(step, word)| is(at + step, word));
            if is_there && (unless.is_empty() || !is(at + length, unless)) {
                note(place, avoided, &line.to_string(), found);
            }
        }
    }
}

fn note((area, path): (&str, &PathBuf), what: &str, place: &str, found: &mut Found) {
    let places = found.entry(format!("{area}: {what}")).or_default();
    places.push(format!("{}:{place}", path.display()));
}

fn control() -> Result<(), Failure> {
    let mut found = Found::new();
    judge_code(("fixture", &PathBuf::from("prose.rs")), FIXTURE, &mut found);
    let expected = [
        "fixture: name Seat",
        "fixture: nobody",
        "fixture: short comment",
        "fixture: such",
    ];
    let once = found.values().all(|places| places.len() == 1);
    if once && found.keys().eq(expected.iter()) {
        return Ok(());
    }
    Err(Failure::found(format!(
        "the fixture: found {found:?}, not {expected:?}"
    )))
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_kind_is_found_once_in_the_fixture() {
        super::control().unwrap();
    }
}
