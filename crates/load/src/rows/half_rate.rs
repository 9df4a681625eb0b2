//! How long a text takes at half of the rate at which the service takes them.

use std::time::Duration;

use super::{Bench, CONNECTIONS};
use crate::{
    client::Load,
    limits::fsync_times,
    site::Site,
    statistics::percentile,
    table::{Asked, Row},
};

/// Measures and judges it. What the disk takes is measured before and after each measurement of texts.
pub fn run(bench: &mut Bench<'_>) {
    let mut times: Vec<Vec<Duration>> = bench.sites.iter().map(|_| Vec::new()).collect();
    let mut disk = Vec::new();
    let folder = bench
        .sites
        .first()
        .and_then(|site| site.own.as_ref()?.database.parent());
    let folder = folder.map(std::path::Path::to_owned);
    for _ in 0..bench.options.rounds {
        for (site, times) in bench.sites.iter().zip(&mut times) {
            if let Some(folder) = &folder {
                disk.extend(fsync_times(folder, bench.options.span() / 4, Duration::ZERO));
            }
            let rate = bench.table.value(&format!("texts{}", site.suffix));
            let load = half(site, bench, rate);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few seconds of texts"
            )]
            let count = (load.rate.unwrap_or_default() * load.span.as_secs_f64()) as usize + 1;
            let mut texts = site.line.helps(count, &mut bench.numbers);
            let (outcome, _) = site.measure(load, &mut texts);
            outcome.must_be_good("texts at half rate");
            times.extend(outcome.times);
        }
    }
    disk.sort_unstable();
    let (disk_50, disk_99) = (percentile(&disk, 50.0), percentile(&disk, 99.0));
    if folder.is_some() {
        let row = Row::note("disk, append of 4 KiB with fdatasync, p99", disk_99, "ms");
        bench.table.add(row.with(format!("p50 {disk_50:.2} ms")));
    }
    for (site, times) in bench.sites.iter().zip(&mut times) {
        times.sort_unstable();
        let (p50, p99) = (percentile(times, 50.0), percentile(times, 99.0));
        let suffix = site.suffix;
        bench
            .table
            .add(Row::note(format!("text at half rate, p50{suffix}"), p50, "ms"));
        bench
            .table
            .add(Row::note(format!("text at half rate, p99{suffix}"), p99, "ms"));
        if folder.is_some() {
            let name = format!("text at half rate, p99 / disk p99{suffix}");
            bench
                .table
                .add(Row::judge(name, p99 / disk_99, "x", Asked::AtMost(4.0)));
        }
    }
}

fn half(site: &Site, bench: &Bench<'_>, rate: Option<f64>) -> Load {
    Load {
        rate: Some(rate.unwrap_or(1_000.0) / 2.0),
        ..site.flood(CONNECTIONS, bench.options.span())
    }
}
