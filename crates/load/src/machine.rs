//! The machine that was measured on, for whoever reads the figures later.

use std::{fs, thread};

use serde_json::{Value, json};

/// Processors, memory, kernel, and what else was going on.
pub fn describe() -> Value {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    json!({
        "cores": cores,
        "processor": field(&read("/proc/cpuinfo"), "model name"),
        "memory": field(&read("/proc/meminfo"), "MemTotal"),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "load": load(),
    })
}

/// How many processes wanted to run, on average over the last minute.
pub fn load() -> f64 {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = averages.split(' ').next();
    first.and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
}
