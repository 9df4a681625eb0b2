//! The log: structured, on standard error; text for people at a terminal, JSON for programs otherwise.

use std::io::IsTerminal as _;

use thunderbird_adapters::contained::is_contained;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// What is quieter than the rest unless the operator names it: a stranger's nonsense on the wire is no error of ours.
const QUIET: &str = "actix_http=off,actix_server=warn";

/// What a process that cannot go on tells the shell: EX_SOFTWARE of sysexits.h.
const BROKEN: i32 = 70;

/// The log names the place of a panic alone: its message may hold what somebody sent us. Outside of a request's work it ends the
/// process, to be started again: it may have taken the server's timers or the writer with it.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if is_contained() {
            tracing::error!(place, "panic");
            return;
        }
        tracing::error!(
            event = "process.panic",
            place,
            "a panic that nothing contains: the process ends"
        );
        std::process::exit(BROKEN);
    }));
}

/// Starts logging for the rest of the process. A second call changes nothing.
pub fn start(log: &Log) {
    // The directives were checked when the configuration was read.
    let filter = EnvFilter::try_new(format!("{QUIET},{}", log.filter)).unwrap_or_default();
    let format = log.format.unwrap_or(if std::io::stderr().is_terminal() {
        LogFormat::Text
    } else {
        LogFormat::Json
    });
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
    tell_panics();
}
