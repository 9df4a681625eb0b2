//! What CI runs: `cargo xtask ci`, or one task by name. The same command locally and there.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on its terminal"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a build tool reads the clock and the environment itself"
)]

mod add_a_feature;
mod ages;
mod browser;
mod cycles;
mod deny;
mod deploy;
mod disks;
mod empty_root;
mod failure;
mod first_run;
mod forecasts;
mod fuzz;
mod generate;
mod handlers;
mod layers;
mod links;
mod lints;
mod markdown;
mod migrations;
mod mutate;
mod mutations;
mod needs;
mod oauth_clients;
mod operator;
mod postgres;
mod problems;
mod process;
mod prose;
mod proxy;
mod ratchet;
mod reliability;
mod schemathesis;
mod scratch;
mod sizes;
mod source;
mod tasks;
mod tour;
mod twilio_client;
mod walk;
mod words;

use std::{collections::BTreeSet, process::ExitCode, time::Instant};

use failure::Failure;
use tasks::{BY_NAME, TASKS, Task, all};

/// The one task that takes arguments; CI has no time for it.
const FUZZ: (&str, &str) = ("fuzz", "no fuzz target finds anything: fuzz [seconds] [target..]");

/// How a task ended.
enum Ended {
    Ok,
    Failed,
    /// Not run: what it needs is missing, and `--allow-missing` named that.
    LeftOut,
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some((_, arguments)) = wanted.split_first().filter(|(first, _)| *first == FUZZ.0) {
        let ended = perform(FUZZ, || fuzz::check(arguments));
        return summary(&[(FUZZ.0, ended)]);
    }
    if let Some((_, arguments)) = wanted
        .split_first()
        .filter(|(first, rest)| *first == postgres::AT_LENGTH.0 && postgres::is_at_length(rest))
    {
        let ended = perform(postgres::AT_LENGTH, || postgres::at_length(arguments));
        return summary(&[(postgres::AT_LENGTH.0, ended)]);
    }
    let Some((names, missing)) = split(&wanted) else {
        return usage();
    };
    let tasks: Vec<&Task> = match names.as_slice() {
        [all] if *all == "ci" => TASKS.iter().collect(),
        names if !names.is_empty() && names.iter().all(|name| all().any(|task| task.name == *name)) => {
            all().filter(|task| names.contains(&task.name)).collect()
        }
        _ => return usage(),
    };
    needs::allow_missing(missing);
    if names == ["ci"]
        && let Err(failure) = first_run::begin()
    {
        eprintln!("the release cannot be built while other tasks run: {failure}");
    }
    let ended: Vec<_> = tasks.into_iter().map(|task| (task.name, start(task))).collect();
    summary(&ended)
}

/// The names of tasks, and the needs that `--allow-missing` names; `None` if no task has such a need.
fn split(arguments: &[String]) -> Option<(Vec<&str>, BTreeSet<String>)> {
    let mut names = Vec::new();
    let mut missing = BTreeSet::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument != "--allow-missing" {
            names.push(argument.as_str());
            continue;
        }
        let name = arguments.next()?;
        all().flat_map(|task| task.needs).find(|need| need.name == name)?;
        missing.insert(name.clone());
    }
    Some((names, missing))
}

/// Runs a task if the machine has all that it needs.
fn start(task: &Task) -> Ended {
    let missing: Vec<_> = task.needs.iter().filter(|need| !need.is_there()).collect();
    if !missing.is_empty() && missing.iter().all(|need| need.may_be_missing()) {
        let names: Vec<_> = missing.iter().map(|need| need.name).collect();
        eprintln!(
            "== {}: LEFT OUT, because --allow-missing names {}",
            task.name,
            names.join(", ")
        );
        return Ended::LeftOut;
    }
    perform((task.name, task.shows), || {
        for need in task.needs {
            need.require()?;
        }
        (task.run)()
    })
}

/// Runs one task and prints how it went.
fn perform((name, shows): (&str, &str), run: impl FnOnce() -> Result<(), Failure>) -> Ended {
    println!("== {name}: {shows}");
    let start = Instant::now();
    match run() {
        Ok(()) => {
            println!("== {name}: ok ({} s)", start.elapsed().as_secs());
            Ended::Ok
        }
        Err(failure) => {
            eprintln!("== {name}: FAILED\n{failure}");
            Ended::Failed
        }
    }
}

fn summary(ended: &[(&str, Ended)]) -> ExitCode {
    let names = |wanted: fn(&Ended) -> bool| {
        let tasks = ended.iter().filter(|(_, ended)| wanted(ended));
        tasks.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    };
    let left_out = names(|ended| matches!(ended, Ended::LeftOut));
    if !left_out.is_empty() {
        eprintln!("left out: {left_out}");
    }
    let failed = names(|ended| matches!(ended, Ended::Failed));
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("failed: {failed}");
    ExitCode::FAILURE
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo xtask ci | <task> [<task>..]  [--allow-missing <need>]..\n");
    for Task {
        name, shows, needs, ..
    } in TASKS
    {
        let needs: Vec<_> = needs.iter().map(|need| need.name).collect();
        let needs = if needs.is_empty() {
            String::new()
        } else {
            format!(" (needs {})", needs.join(", "))
        };
        eprintln!("  {name:14} {shows}{needs}");
    }
    eprintln!("not part of ci:");
    for Task { name, shows, .. } in BY_NAME {
        eprintln!("  {name:14} {shows}");
    }
    eprintln!("  {:14} {}", postgres::AT_LENGTH.0, postgres::AT_LENGTH.1);
    eprintln!("  {:14} {}", FUZZ.0, FUZZ.1);
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn what_may_be_missing_is_named_by_its_need() {
        let given = arguments(&["ci", "--allow-missing", "nginx", "--allow-missing", "mounts"]);
        let (names, missing) = split(&given).unwrap();
        assert_eq!(names, ["ci"]);
        assert!(missing.contains("nginx") && missing.contains("mounts"));
        assert!(split(&arguments(&["ci", "--allow-missing", "ngin"])).is_none());
        assert!(split(&arguments(&["ci", "--allow-missing"])).is_none());
    }

    #[test]
    fn a_missing_tool_fails_the_task_unless_it_is_allowed() {
        const GONE: needs::Need = needs::NONE_HAS_IT;
        let task = Task {
            name: "control",
            shows: "a task whose tool no machine has",
            needs: &[GONE],
            run: || Ok(()),
        };
        assert!(matches!(start(&task), Ended::Failed));
        needs::allow_missing([GONE.name.to_owned()].into());
        assert!(matches!(start(&task), Ended::LeftOut));
    }

    #[test]
    fn every_task_has_a_name_of_its_own() {
        let names: BTreeSet<_> = all().map(|task| task.name).collect();
        assert_eq!(names.len(), all().count());
    }
}
