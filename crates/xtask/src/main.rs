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
mod browser;
mod cycles;
mod deny;
mod deploy;
mod disks;
mod empty_root;
mod failure;
mod first_run;
mod fuzz;
mod generate;
mod layers;
mod links;
mod lints;
mod markdown;
mod migrations;
mod oauth_clients;
mod operator;
mod process;
mod proxy;
mod ratchet;
mod reliability;
mod schemathesis;
mod scratch;
mod sizes;
mod source;
mod tour;
mod twilio_client;
mod walk;
mod words;

use std::{process::ExitCode, time::Instant};

use failure::Failure;

/// A task: its name, what it shows, what it runs.
struct Task {
    name: &'static str,
    shows: &'static str,
    run: fn() -> Result<(), Failure>,
}

/// Every task, in the order of `cargo xtask ci`: the quick ones first.
const TASKS: [Task; 26] = [
    Task {
        name: "fmt",
        shows: "every source file is formatted",
        run: lints::fmt,
    },
    Task {
        name: "sizes",
        shows: "no source file is longer than 400 lines",
        run: sizes::check,
    },
    Task {
        name: "words",
        shows: "no marker, no foreign name, no vague file name",
        run: words::check,
    },
    Task {
        name: "layers",
        shows: "dependencies point inwards; what breaks that is refused",
        run: layers::check,
    },
    Task {
        name: "cycles",
        shows: "no new circle of files that use each other",
        run: cycles::check,
    },
    Task {
        name: "deny",
        shows: "licences, bans and sources of every dependency",
        run: deny::check,
    },
    Task {
        name: "deploy",
        shows: "alerts, dashboard and runbook name what exists",
        run: deploy::check,
    },
    Task {
        name: "links",
        shows: "what the documentation points at is there",
        run: links::check,
    },
    Task {
        name: "unit",
        shows: "the systemd unit's exposure is at most 2.0",
        run: deploy::unit,
    },
    Task {
        name: "clippy",
        shows: "no lint is broken",
        run: lints::clippy,
    },
    Task {
        name: "test",
        shows: "every test passes",
        run: lints::test,
    },
    Task {
        name: "migrations",
        shows: "the diesel command can run, redo and revert everything",
        run: migrations::check,
    },
    Task {
        name: "generate",
        shows: "generated files are those of the source",
        run: generate::check,
    },
    Task {
        name: "trace",
        shows: "every answer waits for the disk, seen in the system calls",
        run: reliability::trace,
    },
    Task {
        name: "disk",
        shows: "a full or read-only disk is told and outlived",
        run: reliability::disk,
    },
    Task {
        name: "add-a-feature",
        shows: "the guide adds a working command",
        run: add_a_feature::check,
    },
    Task {
        name: "tour",
        shows: "the examples of README and API guide work, with a debug build",
        run: first_run::tour,
    },
    Task {
        name: "twilio-client",
        shows: "Twilio's own client agrees with the Twilio of the tests",
        run: twilio_client::check,
    },
    Task {
        name: "oauth-clients",
        shows: "stock OAuth2 clients sign in, refresh and read errors",
        run: oauth_clients::check,
    },
    Task {
        name: "wrong-disks",
        shows: "a network disk is refused, a small one reported",
        run: disks::check,
    },
    Task {
        name: "proxy",
        shows: "the example of nginx serves the public URL",
        run: proxy::check,
    },
    Task {
        name: "schemathesis",
        shows: "whatever is sent, the API answers as it is described",
        run: schemathesis::check,
    },
    Task {
        name: "browser",
        shows: "the console works in a real browser",
        run: browser::check,
    },
    Task {
        name: "first-run",
        shows: "a fresh clone builds offline and the README's tour works",
        run: first_run::check,
    },
    Task {
        name: "empty-root",
        shows: "the binary serves the tour with nothing around it",
        run: empty_root::check,
    },
    Task {
        name: "operator",
        shows: "what the operator's pages have typed works",
        run: operator::check,
    },
];

/// Tasks that CI does not run; they are run by name.
const LONG: [Task; 3] = [
    Task {
        name: "reliability",
        shows: "every promise of docs/reliability.md, in full, with its figures",
        run: reliability::full,
    },
    Task {
        name: "lower",
        shows: "rewrites the lists of what is tolerated, where less is left",
        run: lower,
    },
    Task {
        name: "pages",
        shows: "writes the pages again that the binary prints",
        run: generate::pages,
    },
];

/// Makes every list shorter that can be.
fn lower() -> Result<(), Failure> {
    cycles::lower()
}

fn all() -> impl Iterator<Item = &'static Task> {
    TASKS.iter().chain(&LONG)
}

/// The one task that takes arguments; too long for CI as well.
const FUZZ: (&str, &str) = ("fuzz", "no fuzz target finds anything: fuzz [seconds] [target..]");

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some((_, arguments)) = wanted.split_first().filter(|(first, _)| *first == FUZZ.0) {
        return ended(
            &perform(FUZZ, || fuzz::check(arguments))
                .err()
                .into_iter()
                .collect::<Vec<_>>(),
        );
    }
    let tasks: Vec<&Task> = match wanted.as_slice() {
        [all] if all == "ci" => TASKS.iter().collect(),
        names if !names.is_empty() && names.iter().all(|name| all().any(|task| task.name == name)) => all()
            .filter(|task| names.iter().any(|name| name == task.name))
            .collect(),
        _ => return usage(),
    };
    let failed: Vec<&str> = tasks
        .iter()
        .filter_map(|task| perform((task.name, task.shows), task.run).err())
        .collect();
    ended(&failed)
}

/// Runs one task and tells how it went; its name when it failed.
fn perform<'a>(
    (name, shows): (&'a str, &str),
    run: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), &'a str> {
    println!("== {name}: {shows}");
    let start = Instant::now();
    run()
        .map(|()| println!("== {name}: ok ({} s)", start.elapsed().as_secs()))
        .map_err(|failure| {
            eprintln!("== {name}: FAILED\n{failure}");
            name
        })
}

fn ended(failed: &[&str]) -> ExitCode {
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo xtask ci | <task> [<task>..]\n");
    for Task { name, shows, .. } in all() {
        eprintln!("  {name:14} {shows}");
    }
    eprintln!("  {:14} {}; not part of ci", FUZZ.0, FUZZ.1);
    ExitCode::from(2)
}
