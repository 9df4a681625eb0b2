//! Every task: its name, what it shows, what it needs of the machine, what it runs.

use crate::{
    add_a_feature, browser, cycles, deny, deploy, disks, empty_root,
    failure::Failure,
    first_run, forecasts, generate, handlers, layers, links, lints, migrations, mutate,
    needs::{self, Need},
    oauth_clients, operator, postgres, problems, prose, proxy, reliability, schemathesis, sizes,
    twilio_client, words,
};

/// A task of `cargo xtask`.
pub struct Task {
    /// What is typed to run it.
    pub name: &'static str,
    /// What a green run shows.
    pub shows: &'static str,
    /// Tools and abilities; the task fails without them.
    pub needs: &'static [Need],
    /// The check itself.
    pub run: fn() -> Result<(), Failure>,
}

const fn task(
    name: &'static str,
    shows: &'static str,
    needs: &'static [Need],
    run: fn() -> Result<(), Failure>,
) -> Task {
    Task {
        name,
        shows,
        needs,
        run,
    }
}

/// Every task of `cargo xtask ci`, in its order: the quick ones first.
pub const TASKS: &[Task] = &[
    task("fmt", "every source file is formatted", &[], lints::fmt),
    task(
        "sizes",
        "no source file is longer than 400 lines",
        &[],
        sizes::check,
    ),
    task(
        "handlers",
        "no handler is longer than 25 lines",
        &[],
        handlers::check,
    ),
    task(
        "words",
        "no marker, no foreign name, no vague file name; prose that only gets plainer",
        &[],
        words::check,
    ),
    task(
        "layers",
        "dependencies point inwards; what breaks that is refused",
        &[],
        layers::check,
    ),
    task(
        "cycles",
        "no new circle of files that use each other",
        &[],
        cycles::check,
    ),
    task(
        "deny",
        "licences, bans and sources of every dependency",
        &[needs::CARGO_DENY],
        deny::check,
    ),
    task(
        "unused",
        "a crate takes every dependency of the workspace's list",
        &[],
        deny::unused,
    ),
    task(
        "deploy",
        "alerts, dashboard and runbook name what exists",
        &[],
        deploy::check,
    ),
    task(
        "problems",
        "the page of problems has every problem of the API",
        &[],
        problems::check,
    ),
    task(
        "links",
        "what the documentation points at is there",
        &[],
        links::check,
    ),
    task(
        "unit",
        "the systemd unit's exposure is at most 2.0",
        &[needs::SYSTEMD_ANALYZE],
        deploy::unit,
    ),
    task("test", "every test passes", &[], lints::test),
    task(
        "smoke",
        "the load generator gets right answers",
        &[],
        lints::smoke,
    ),
    task(
        "postgres",
        "the store keeps the same promises on PostgreSQL",
        &[needs::POSTGRES],
        postgres::check,
    ),
    task("clippy", "no lint is broken", &[], lints::clippy),
    task(
        "migrations",
        "the diesel command can run, redo and revert everything",
        &[needs::DIESEL],
        migrations::check,
    ),
    task(
        "generate",
        "generated files are those of the source",
        &[needs::DIESEL],
        generate::check,
    ),
    task(
        "first-run",
        "a fresh clone builds offline and the README's tour works",
        &[needs::BASH, needs::CURL, needs::PYTHON],
        first_run::check,
    ),
    task(
        "empty-root",
        "the binary serves the tour with nothing around it",
        &[
            needs::BASH,
            needs::CHROOT,
            needs::CURL,
            needs::IP,
            needs::LDD,
            needs::PYTHON,
            needs::UNSHARE,
            needs::NAMESPACES,
        ],
        empty_root::check,
    ),
    task(
        "operator",
        "what the operator's pages have typed works",
        &[
            needs::CURL,
            needs::IP,
            needs::SETPRIV,
            needs::SQLITE3,
            needs::SYSTEMD_ANALYZE,
            needs::SYSTEMD_SYSUSERS,
            needs::UNSHARE,
            needs::NAMESPACES,
            needs::SUPERUSER,
        ],
        operator::check,
    ),
    task(
        "wrong-disks",
        "a network disk is refused, a small one reported",
        &[needs::STRACE, needs::UNSHARE, needs::TRACING, needs::MOUNTS],
        disks::check,
    ),
    task(
        "proxy",
        "the example of nginx serves the public URL",
        &[needs::NGINX, needs::OPENSSL],
        proxy::check,
    ),
    task(
        "twilio-client",
        "Twilio's own client agrees with the Twilio of the tests",
        &[needs::TWILIO],
        twilio_client::check,
    ),
    task(
        "oauth-clients",
        "stock OAuth2 clients sign in, refresh and read errors",
        &[needs::OAUTH],
        oauth_clients::check,
    ),
    task(
        "schemathesis",
        "whatever is sent, the API answers as it is described",
        &[needs::SCHEMATHESIS],
        schemathesis::check,
    ),
    task(
        "browser",
        "the console works in a real browser",
        &[needs::NODE, needs::NPM, needs::CHROMIUM],
        browser::check,
    ),
    task(
        "trace",
        "every answer waits for the disk, seen in the system calls",
        &[needs::STRACE, needs::TRACING],
        reliability::trace,
    ),
    task(
        "disk",
        "a full or read-only disk is reported and survived",
        &[needs::UNSHARE, needs::MOUNTS],
        reliability::disk,
    ),
    // The last one: what it builds of its copy is deleted afterwards, and ours would have to be built again.
    task(
        "add-a-feature",
        "the guide adds a working command and a working aggregate",
        &[needs::BASH],
        add_a_feature::check,
    ),
];

/// Tasks that CI does not run: it has no time for them, or runs what shows more.
pub const BY_NAME: &[Task] = &[
    task(
        "pages",
        "rewrites the generated pages; needs cargo and nothing else",
        &[],
        generate::pages,
    ),
    task(
        "tour",
        "the examples of README and API guide work, with a debug build",
        &[needs::BASH, needs::CURL, needs::PYTHON],
        first_run::tour,
    ),
    task(
        "reliability",
        "every promise of docs/reliability.md, in full, with its figures",
        &[needs::STRACE, needs::TRACING, needs::UNSHARE, needs::MOUNTS],
        reliability::full,
    ),
    task(
        "forecasts",
        "every promise of docs/forecasts.md, in full, with its figures",
        &[],
        forecasts::full,
    ),
    task(
        "mutate",
        "a test sees every break of the rules of promises and of ages",
        &[],
        mutate::check,
    ),
    task(
        "lower",
        "rewrites the lists of what is tolerated, where less is left",
        &[],
        lower,
    ),
];

/// Makes every list shorter that can be.
fn lower() -> Result<(), Failure> {
    cycles::lower()?;
    sizes::lower()?;
    handlers::lower()?;
    prose::lower()
}

/// Every task.
pub fn all() -> impl Iterator<Item = &'static Task> {
    TASKS.iter().chain(BY_NAME)
}
