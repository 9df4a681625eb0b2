//! Breaks the rules of promises and of the ages of forecasts one at a time, and requires that a test sees each break.
//!
//! A copy of the domain is compiled once, with every mutation behind a switch, so that trying one costs a run of the tests
//! and no build. Not part of `ci`: the build and the runs take some ten minutes.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    ages,
    failure::{Failure, none},
    mutations::{MUTATIONS, Mutation},
    process::{cargo, output, root},
    scratch,
};

/// Where the files lie that are bent.
const FOLDER: &str = "crates/domain/src";

/// Chooses the mutation that is tried, by its place in the list.
const CHOSEN: &str = "THUNDERBIRD_BENT";

/// What the copy has besides: whether a mutation is tried.
const SWITCH: &str = "
pub(crate) fn bent(place: usize) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<usize>> = std::sync::OnceLock::new();
    let chosen = || std::env::var(\"THUNDERBIRD_BENT\").ok()?.parse().ok();
    *CHOSEN.get_or_init(chosen) == Some(place)
}
";

/// Every mutation, in the order in which they are tried.
fn mutations() -> impl Iterator<Item = &'static Mutation> {
    ages::MUTATIONS.iter().chain(MUTATIONS)
}

/// A program of tests, and which of them are run.
struct Suite {
    program: PathBuf,
    filter: &'static [&'static str],
}

/// Tries every mutation on a copy, and prints a row of `docs/reliability.md` for each.
pub fn check() -> Result<(), Failure> {
    let copy = scratch::copy()?;
    bend(copy.path())?;
    let suites = build(copy.path())?;
    if let Some(red) = first_red(copy.path(), &suites, None)? {
        return Err(Failure::found(format!("{red} is red without a mutation")));
    }
    let mut findings = Vec::new();
    for (place, mutation) in mutations().enumerate() {
        match first_red(copy.path(), &suites, Some(place))? {
            Some(test) => println!("| {} | `{}` | `{test}` |", mutation.name, mutation.file),
            None => findings.push(format!("{}: {}: no test sees it", mutation.file, mutation.name)),
        }
    }
    none(findings)
}

/// Puts every mutation into the copy, each behind its switch.
fn bend(copy: &Path) -> Result<(), Failure> {
    for (place, mutation) in mutations().enumerate() {
        let file = format!("{FOLDER}/{}/{}", mutation.folder, mutation.file);
        scratch::edit(copy, &file, mutation.from, &switched(mutation, place))?;
    }
    let module = copy.join(FOLDER).join("deadline/mod.rs");
    let text = fs::read_to_string(&module).map_err(Failure::file(&module))?;
    fs::write(&module, text + SWITCH).map_err(Failure::file(&module))
}

fn switched(mutation: &Mutation, place: usize) -> String {
    let Mutation { from, to, .. } = mutation;
    let whole = if to.contains("BENT") {
        (*to).to_owned()
    } else {
        format!("(if BENT {{ {to} }} else {{ {from} }})")
    };
    whole.replace("BENT", &format!("crate::deadline::bent({place})"))
}

/// Compiles the domain's tests of the copy, the domain alone in a target directory of its own.
fn build(copy: &Path) -> Result<Vec<Suite>, Failure> {
    let told = output(
        cargo()
            .args(["test", "--locked", "--no-run", "--message-format=json"])
            .args(["--package", "thunderbird-domain", "--lib"])
            .args(["--test", "sms", "--test", "forecast"])
            .current_dir(copy)
            .env("CARGO_TARGET_DIR", root().join("target/mutate")),
    )?;
    let suite = |name: &str, filter| {
        let program = told.lines().find_map(|line| program(line, name));
        let program = program.ok_or_else(|| Failure::found(format!("cargo built no tests {name}")));
        program.map(|program| Suite { program, filter })
    };
    Ok(vec![
        suite("thunderbird_domain", &["deadline", "forecast"][..])?,
        suite("forecast", &[][..])?,
        suite("sms", &[][..])?,
    ])
}

/// The program of tests that a message of cargo says was built, if it is the one of this name.
fn program(line: &str, name: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_wanted = message.pointer("/target/name")? == name && message.pointer("/profile/test")? == true;
    let program = message.get("executable")?.as_str().filter(|_| is_wanted)?;
    Some(PathBuf::from(program))
}

/// The first test that is red, if one is. Nothing more is run then.
fn first_red(copy: &Path, suites: &[Suite], place: Option<usize>) -> Result<Option<String>, Failure> {
    for suite in suites {
        let mut command = Command::new(&suite.program);
        command
            .args(suite.filter)
            .current_dir(copy.join("crates/domain"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(place) = place {
            command.env(CHOSEN, place.to_string());
        }
        let mut tests = command.spawn().map_err(Failure::file(&suite.program))?;
        let said = tests.stdout.take();
        let lines = said.map(|said| BufReader::new(said).lines().map_while(Result::ok));
        if let Some(red) = lines.into_iter().flatten().find_map(|line| red(&line)) {
            tests.kill().map_err(Failure::file(&suite.program))?;
            tests.wait().map_err(Failure::file(&suite.program))?;
            return Ok(Some(red));
        }
        let status = tests.wait().map_err(Failure::file(&suite.program))?;
        if !status.success() {
            return Err(Failure::found(format!("{} ended early", suite.program.display())));
        }
    }
    Ok(None)
}

/// The test that libtest calls failed in this line.
fn red(line: &str) -> Option<String> {
    let test = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
    Some(test.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::process::read;

    #[test]
    fn each_mutation_has_a_name_of_its_own_and_bends_one_place() {
        let names: BTreeSet<_> = mutations().map(|mutation| mutation.name).collect();
        assert_eq!(names.len(), mutations().count());
        for mutation in mutations() {
            let file = Path::new(FOLDER).join(mutation.folder).join(mutation.file);
            let text = read(&file).unwrap();
            assert_eq!(text.matches(mutation.from).count(), 1, "{}", mutation.name);
        }
    }

    #[test]
    fn a_mutation_stands_behind_its_switch() {
        let expression = Mutation {
            name: "",
            folder: "",
            file: "",
            from: "a()",
            to: "b()",
        };
        assert_eq!(
            switched(&expression, 7),
            "(if crate::deadline::bent(7) { b() } else { a() })"
        );
        let whole = Mutation {
            to: "a().filter(|_| !BENT)",
            ..expression
        };
        assert_eq!(switched(&whole, 8), "a().filter(|_| !crate::deadline::bent(8))");
        assert!(SWITCH.contains(CHOSEN));
    }

    #[test]
    fn a_red_test_is_read_out_of_what_libtest_says() {
        assert_eq!(red("test a::c ... FAILED").unwrap(), "a::c");
        assert_eq!(red("test a::b ... ok"), None);
    }

    #[test]
    fn the_program_of_tests_is_read_out_of_what_cargo_says() {
        let line = r#"{"target":{"name":"sms"},"profile":{"test":true},"executable":"/t/sms-1"}"#;
        assert_eq!(program(line, "sms").unwrap(), Path::new("/t/sms-1"));
        assert_eq!(program(line, "other"), None);
        assert_eq!(program("warning: x", "sms"), None);
    }
}
