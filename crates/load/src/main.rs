//! `target/release/thunderbird-load`: measures the machine's limits and the service's figures in one run, prints a table
//! of ratios and writes it as JSON. `docs/performance.md` says how it is run and what each row means.
//!
//! The service is the release binary beside this one, over databases of its own under `target/load` and a fake Twilio;
//! everything stays on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring tool stops at the first surprise, speaks on its terminal, reads the clock itself and counts \
              less than 2^52"
)]

mod attack;
mod client;
mod counts;
mod limits;
mod machine;
mod options;
mod process;
mod random;
mod rows;
mod seed;
mod site;
mod statistics;
mod table;
mod twilio;
mod webhook;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser as _;
use serde_json::json;
use thunderbird_testkit::fake_twilio::AUTH_TOKEN;

use crate::{
    options::{Options, Part},
    random::Numbers,
    rows::Bench,
    seed::Size,
    site::Site,
    table::{Row, Table},
    twilio::{TAKES, Twilio},
    webhook::Line,
};

fn main() -> ExitCode {
    let options = Options::parse().shortened();
    let beside = std::env::current_exe().unwrap();
    let binary = options
        .binary
        .clone()
        .unwrap_or_else(|| beside.with_file_name("thunderbird"));
    if options.base_url.is_none() && !binary.is_file() {
        println!("{} is not there: cargo build --release", binary.display());
        return ExitCode::from(2);
    }
    let binary = binary.canonicalize().unwrap_or(binary);
    let (began, machine) = (Instant::now(), machine::describe());
    let mut table = match options.base_url.clone() {
        Some(base_url) => remote(&options, &base_url),
        None if options.attack => attack::run(&options, &binary, &Folder::beside(&beside).of_this_run()),
        None => own(&options, &binary, &Folder::beside(&beside)),
    };
    if let Some(other) = &options.beside {
        rows::beside::run(&mut table, &fs::read_to_string(other).unwrap());
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{seconds:.0} s; load average {} before, {:.2} after",
        machine.get("load").unwrap(),
        machine::load()
    );
    let report = json!({ "machine": machine, "load_after": machine::load(), "seconds": seconds, "rows": table.json() });
    let json = options
        .json
        .clone()
        .unwrap_or_else(|| beside.with_file_name("load.json"));
    fs::write(json, format!("{report:#}\n")).unwrap();
    if options.markdown {
        println!("\n{}", table.markdown());
    }
    judge(&options, &table)
}

/// Fails for a figure that is neither met nor explained.
fn judge(options: &Options, table: &Table) -> ExitCode {
    if options.smoke {
        return ExitCode::SUCCESS;
    }
    if options.attack {
        return attack::judge(table);
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
    let open = table
        .open(&fs::read_to_string(page).unwrap_or_default())
        .join("\n- ");
    if open.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("neither met nor explained in docs/performance.md:\n- {open}");
    ExitCode::FAILURE
}

/// Our own program, over an empty database and a large one.
fn own(options: &Options, binary: &Path, folder: &Folder) -> Table {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let twilio = runtime.block_on(Twilio::start(TAKES));
    let empty = (Size::EMPTY, &twilio);
    let mut sites = vec![Site::own(&runtime, binary, &folder.of_this_run(), empty)];
    if let Some(size) = options.size.0 {
        let like = sites.first().unwrap();
        let kept = Site::kept(&runtime, binary, &folder.0, (size, &twilio), like);
        sites.push(kept);
    }
    let mut bench = Bench {
        options,
        table: Table::default(),
        sites,
        numbers: Numbers::of_this_run(),
        runtime: &runtime,
    };
    sizes(&mut bench);
    if options.has(Part::Footprint) {
        rows::footprint::run(&mut bench, binary);
    } else {
        bench.sites.iter_mut().for_each(|site| site.start(&runtime));
    }
    for site in &mut bench.sites {
        site.sign_in_many(&runtime, &mut bench.numbers);
    }
    parts(&mut bench, Some(&twilio));
    rows::growth::run(&mut bench);
    for site in &mut bench.sites {
        if let Some(own) = site.own.as_mut() {
            runtime.block_on(own.service.terminate());
        }
    }
    bench.table
}

fn parts(bench: &mut Bench<'_>, twilio: Option<&Twilio>) {
    let options = bench.options;
    if options.has(Part::Rates) {
        rows::rates::run(bench);
    }
    if options.has(Part::HalfRate) {
        rows::half_rate::run(bench);
    }
    if options.has(Part::SignIns) {
        rows::sign_ins::run(bench);
    }
    if let Some(twilio) = twilio {
        if options.has(Part::Outbox) {
            rows::outbox::run(bench, twilio);
        }
        if options.has(Part::Promises) {
            rows::promises::run(bench, twilio);
        }
        if options.has(Part::Console) {
            rows::console::run(bench);
        }
        if options.has(Part::Pairs) {
            rows::pairs::run(bench);
        }
    }
}

fn sizes(bench: &mut Bench<'_>) {
    for site in &bench.sites {
        let Some(own) = &site.own else { continue };
        let bytes = fs::metadata(&own.database).unwrap().len();
        let name = format!("texts in the database{}", site.suffix);
        let note = format!(
            "{} accounts and hikers, {} MiB",
            own.size.people,
            bytes / 1_048_576
        );
        bench
            .table
            .add(Row::note(name, own.size.messages as f64, "").with(note));
    }
}

/// A service that runs already.
fn remote(options: &Options, base_url: &str) -> Table {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let token = options
        .auth_token_file
        .as_ref()
        .map(|file| fs::read_to_string(file).unwrap());
    let line = Line {
        base_url: base_url.trim_end_matches('/').to_owned(),
        auth_token: token.map_or_else(|| AUTH_TOKEN.to_owned(), |token| token.trim().to_owned()),
        our_number: options.number.clone(),
    };
    let mut bench = Bench {
        options,
        table: Table::default(),
        sites: vec![Site::remote(base_url, line, &options.email)],
        numbers: Numbers::of_this_run(),
        runtime: &runtime,
    };
    parts(&mut bench, None);
    bench.table
}

/// Where databases are, on the disk of the build; those of one run go with it.
struct Folder(PathBuf);

impl Folder {
    /// Beside the folder of a program.
    fn beside(program: &Path) -> Self {
        let target = program.parent().and_then(Path::parent).unwrap();
        Self(target.join("load"))
    }

    /// The one that goes with this run.
    fn of_this_run(&self) -> PathBuf {
        self.0.join(format!("empty-{}", std::process::id()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(self.of_this_run()));
    }
}
