//! Inside the domain: which context may call which.

use std::{fs, path::Path};

use crate::failure::Failure;

/// Every context, and the contexts that it may call. `words` writes about what the others decided.
const MAY_CALL: [(&str, &[&str]); 10] = [
    ("account", &["token"]),
    (
        "admin",
        &[
            "account", "mail", "phone", "privacy", "route", "sms", "token", "user",
        ],
    ),
    ("mail", &[]),
    ("phone", &["account", "user"]),
    (
        "privacy",
        &["account", "mail", "phone", "route", "sms", "token", "user"],
    ),
    ("route", &[]),
    ("sms", &["account", "phone", "route", "user"]),
    ("token", &[]),
    ("user", &["route"]),
    ("words", &["account", "phone", "route", "sms", "user"]),
];

/// Values that any module may name: ids and codes, which decide nothing.
const VALUES: [&str; 6] = [
    "AccountId",
    "AdminId",
    "CampCode",
    "RouteId",
    "SessionId",
    "UserId",
];

/// Every edge between contexts of the domain under `root` that the table does not allow.
pub fn findings(root: &Path) -> Result<Vec<String>, Failure> {
    let source = root.join("crates/domain/src");
    let mut findings = Vec::new();
    for path in rust_files(&source)? {
        let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
        let inside = path.strip_prefix(&source).unwrap_or(&path);
        let module = module(inside);
        for used in crate_paths(shipped(&text)) {
            if !allowed(&module, &used) {
                findings.push(format!(
                    "domain/src/{}: {module} must not call {used}",
                    inside.display()
                ));
            }
        }
    }
    Ok(findings)
}

fn rust_files(directory: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(Failure::file(directory))? {
        let path = entry.map_err(Failure::file(directory))?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The context or kernel module that a file belongs to.
fn module(inside: &Path) -> String {
    let first = inside
        .iter()
        .next()
        .map(|part| part.to_string_lossy().into_owned())
        .unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

/// Tests may set a scene with anything.
fn shipped(text: &str) -> &str {
    text.split_once("#[cfg(test)]")
        .map_or(text, |(shipped, _)| shipped)
}

fn allowed(module: &str, used: &str) -> bool {
    let mut parts = used.split("::");
    let context = parts.next().unwrap_or_default();
    let is_context = context != "words" && MAY_CALL.iter().any(|(name, _)| *name == context);
    if !is_context || context == module {
        return true;
    }
    if parts.last().is_some_and(|item| VALUES.contains(&item)) {
        return true;
    }
    MAY_CALL
        .iter()
        .any(|(name, callees)| *name == module && callees.contains(&context))
}

/// Every path that begins with `crate::`, groups spread out: `crate::{a::{B, C}, d}` gives `a::B`, `a::C`, `d`.
fn crate_paths(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .flat_map(|line| line.chars().chain(" ".chars()))
        .collect();
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| spread(rest.trim_start()))
        .collect()
}

fn spread(rest: &str) -> Vec<String> {
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
    let (head, tail) = rest.split_at(end.unwrap_or(rest.len()));
    let Some(group) = tail
        .strip_prefix('{')
        .filter(|_| head.is_empty() || head.ends_with("::"))
    else {
        return vec![head.trim_end_matches(':').to_owned()];
    };
    members(group)
        .iter()
        .flat_map(|member| spread(member.trim()))
        .map(|inner| format!("{head}{inner}"))
        .collect()
}

/// The members of a group whose opening brace was taken off, nested groups left whole.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut members = vec![String::new()];
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                members.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if let Some(member) = members.last_mut() {
            member.push(letter);
        }
    }
    members.retain(|member| !member.trim().is_empty());
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_spread_out() {
        let text = "use crate::{\n    account::{AccountId, register},\n    time::Clock, // crate::admin::X\n};\nfn f() { crate::sms::deliver() }";
        assert_eq!(
            crate_paths(text),
            [
                "account::AccountId",
                "account::register",
                "time::Clock",
                "sms::deliver"
            ]
        );
    }

    #[test]
    fn a_context_calls_only_what_the_table_names() {
        assert!(allowed("user", "route::Route"));
        assert!(allowed("user", "time::Clock"));
        assert!(allowed("user", "user::check_in"));
        assert!(allowed("user", "account::AccountId"), "an id decides nothing");
        assert!(!allowed("user", "account::register"));
        assert!(!allowed("route", "user::User"));
        assert!(
            !allowed("outgoing", "sms::deliver"),
            "the kernel calls no context"
        );
        assert!(!allowed("privacy", "admin::console"));
    }
}
