//! `cargo run --release -p thunderbird-load`: measures the machine's limits and the service's figures in one run,
//! prints a table of ratios and writes `target/load.json`.
//!
//! `--seconds N` is how long each row takes (3). The service is the release binary beside this one, over a database of
//! its own and a fake Twilio; everything stays on loopback. Exits with 1 for a figure that is neither met nor explained
//! in `docs/performance.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring tool stops at the first surprise, speaks on its terminal and reads the clock itself"
)]

mod client;
mod limits;
mod rows;
mod scenario;
mod table;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use table::Table;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => 3,
        ["--seconds", number] => number.parse().unwrap(),
        _ => {
            println!("usage: thunderbird-load [--seconds N]");
            return ExitCode::from(2);
        }
    };
    let beside = std::env::current_exe().unwrap();
    let binary = beside.with_file_name("thunderbird");
    if !binary.is_file() {
        println!("build the service first: cargo build --release");
        return ExitCode::from(2);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let table: Table = runtime.block_on(scenario::measure(&binary, Duration::from_secs(seconds)));
    println!("{table}");
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::write(beside.with_file_name("load.json"), table.json().to_string()).unwrap();
    let explained = std::fs::read_to_string(root.join("docs/performance.md")).unwrap_or_default();
    let open = table.open(&explained);
    for name in &open {
        println!("neither met nor explained in docs/performance.md: {name}");
    }
    if open.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
