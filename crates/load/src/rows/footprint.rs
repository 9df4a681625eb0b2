//! What the service takes when it does nothing, and how long it takes to start.

use std::{fs, path::Path, thread, time::Duration, time::Instant};

use super::Bench;
use crate::{
    statistics::median,
    table::{Asked, Row},
};

/// How often a start is measured.
const STARTS: usize = 7;
/// What comes to rest after a start has done so by then.
const REST: Duration = Duration::from_secs(2);

/// Measures and judges it; leaves every service running.
pub fn run(bench: &mut Bench<'_>, binary: &Path) {
    let size = fs::metadata(binary).unwrap().len() as f64 / 1_048_576.0;
    bench
        .table
        .add(Row::judge("binary", size, "MiB", Asked::AtMost(25.0)));
    for site in &mut bench.sites {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let began = Instant::now();
            site.start(bench.runtime);
            starts.push(began.elapsed().as_secs_f64() * 1_000.0);
            if let Some(own) = site.own.as_mut() {
                bench.runtime.block_on(own.service.terminate());
            }
        }
        site.start(bench.runtime);
        thread::sleep(REST);
        let memory = |field| site.process().map_or(f64::NAN, |process| process.memory(field));
        let (resident, anonymous) = (memory("VmRSS"), memory("RssAnon"));
        let suffix = site.suffix;
        let row = Row::judge(
            format!("start to ready{suffix}"),
            median(&starts),
            "ms",
            Asked::AtMost(50.0),
        );
        bench
            .table
            .add(row.with(format!("median of {STARTS}, on an existing file")));
        let row = Row::judge(
            format!("idle memory{suffix}"),
            resident,
            "MiB",
            Asked::AtMost(20.0),
        );
        bench
            .table
            .add(row.with(format!("{anonymous:.1} MiB of it not from files")));
    }
}
