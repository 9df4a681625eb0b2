//! The thunderbird binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    thunderbird_server::cli::run()
}
