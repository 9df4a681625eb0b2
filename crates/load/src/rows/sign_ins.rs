//! Sign-ins, and texts beside them.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use super::{Bench, hash_threads};
use crate::{
    client::{Load, Outcome, requests::Requests},
    limits::{HASH_KIB, argon2_seconds},
    options::Options,
    process::Process,
    random::Numbers,
    site::{PASSWORD, Site, sign_in},
    table::{Asked, Row},
};

/// Clients that sign in as fast as they can.
const FLOOD: usize = 32;
/// Clients that sign in at the same moment.
const CROWD: usize = 500;
/// Texts a second beside sign-ins: far from what the service can take, so that only waiting shows.
const TEXTS: f64 = 400.0;
/// What a crowd may cost besides the hashes: buffers of so many connections.
const BESIDE_HASHES: f64 = 16.0;

/// Measures and judges them.
pub fn run(bench: &mut Bench<'_>) {
    for site in &bench.sites {
        // Before the first hash: what is there now is not the hashes' memory.
        let quiet_memory = site.process().map(anonymous);
        let mut rows = floor(site, bench.options);
        let quiet = texts(site, bench.options, &mut bench.numbers);
        quiet.must_be_good("texts");
        rows.extend(flooded(site, bench.options, &quiet, &mut bench.numbers));
        rows.extend(crowded(
            site,
            bench.options,
            (&quiet, quiet_memory),
            &mut bench.numbers,
        ));
        for row in rows {
            let name = format!("{}{}", row.name, site.suffix);
            bench.table.add(Row { name, ..row });
        }
    }
}

fn anonymous(process: Process) -> f64 {
    process.memory("RssAnon")
}

/// Sign-ins against what hashing alone leaves.
fn floor(site: &Site, options: &Options) -> Vec<Row> {
    let threads = hash_threads();
    let hashes = if options.smoke { 1 } else { 6 };
    let before = argon2_seconds(threads, hashes);
    let load = site.flood(8, options.span() * 3);
    let (outcome, point) = site.measure(load, &mut site.sign_ins());
    outcome.must_be_good("sign-ins");
    let one = f64::midpoint(before, argon2_seconds(threads, hashes));
    let floor = threads as f64 / one;
    let mut rows = vec![
        Row::note("Argon2id, every core busy", one * 1_000.0, "ms"),
        Row::note("sign-ins", point.rate, "/s"),
    ];
    if site.own.is_some() {
        rows.push(Row::note(
            "processor time of a sign-in",
            point.server / 1_000.0,
            "ms",
        ));
        rows.push(Row::judge(
            "sign-ins / Argon2id floor",
            point.rate / floor,
            "",
            Asked::AtLeast(0.9),
        ));
    }
    rows
}

fn texts(site: &Site, options: &Options, numbers: &mut Numbers) -> Outcome {
    let load = Load {
        rate: Some(TEXTS),
        ..site.flood(8, options.span() * 3)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few seconds of texts"
    )]
    let count = (TEXTS * load.span.as_secs_f64()) as usize + 1;
    load.run(&mut site.line.helps(count, numbers))
}

fn flooded(site: &Site, options: &Options, quiet: &Outcome, numbers: &mut Numbers) -> Vec<Row> {
    let span = options.span() * 3 + Duration::from_millis(500);
    let (flood, noisy) = thread::scope(|scope| {
        let flood = scope.spawn(|| site.flood(FLOOD, span).run(&mut site.sign_ins()));
        thread::sleep(Duration::from_millis(300));
        let noisy = texts(site, options, numbers);
        (flood.join().unwrap(), noisy)
    });
    let mut rows = beside("while 32 clients sign in", quiet, &noisy);
    if let Some(first) = rows.first_mut() {
        first.note = format!("{}; {:.1} sign-ins/s", first.note, flood.rate());
    }
    rows
}

fn beside(what: &str, quiet: &Outcome, noisy: &Outcome) -> Vec<Row> {
    let bad = noisy.failed + noisy.busy + noisy.other;
    let ratio = |percent, most| {
        let (noisy, quiet) = (noisy.percentile(percent), quiet.percentile(percent));
        Row::judge(
            format!("text {what}, p{percent} / quiet"),
            noisy / quiet,
            "x",
            Asked::AtMost(most),
        )
        .with(format!("{noisy:.2} of {quiet:.2} ms"))
    };
    vec![
        ratio(50.0, 2.0),
        ratio(99.0, 3.0),
        Row::judge(
            format!("texts {what}, not answered well"),
            bad as f64,
            "",
            Asked::AtMost(0.0),
        )
        .with(format!("of {}", noisy.good + bad)),
    ]
}

/// Everybody at the same moment: who is not served is told when to come back, and memory stays what it is meant to be.
fn crowded(
    site: &Site,
    options: &Options,
    (quiet, quiet_memory): (&Outcome, Option<f64>),
    numbers: &mut Numbers,
) -> Vec<Row> {
    let everybody = site
        .emails
        .iter()
        .cycle()
        .take(CROWD)
        .map(|email| sign_in(email, PASSWORD));
    let mut everybody = Requests::once(everybody);
    let over = AtomicBool::new(false);
    let (crowd, noisy, peak) = thread::scope(|scope| {
        let peak = site.process().map(|process| {
            scope.spawn({
                let over = &over;
                move || peak(process, over)
            })
        });
        let load = site.flood(CROWD, Duration::from_mins(5));
        let crowd = scope.spawn(move || load.run(&mut everybody));
        let noisy = texts(site, options, numbers);
        let crowd = crowd.join().unwrap();
        over.store(true, Ordering::Relaxed);
        (crowd, noisy, peak.map(|peak| peak.join().unwrap()))
    });
    let refused = (crowd.failed + crowd.other) as f64;
    let mut rows = vec![
        Row::judge(
            "500 sign-ins at once, neither served nor told when to return",
            refused,
            "",
            Asked::AtMost(0.0),
        )
        .with(format!("{} served, {} told", crowd.good, crowd.busy)),
    ];
    if let Some((peak, quiet)) = peak.zip(quiet_memory) {
        let hashes = hash_threads() as f64 * f64::from(HASH_KIB) / 1_024.0;
        let most = Asked::AtMost(hashes + BESIDE_HASHES);
        rows.push(
            Row::judge(
                "500 sign-ins at once, memory beside the quiet",
                peak - quiet,
                "MiB",
                most,
            )
            .with(format!("threads x m is {hashes} MiB")),
        );
    }
    rows.extend(beside("while 500 sign in at once", quiet, &noisy));
    rows
}

fn peak(process: Process, over: &AtomicBool) -> f64 {
    let mut peak = 0.0_f64;
    while !over.load(Ordering::Relaxed) {
        peak = peak.max(anonymous(process));
        thread::sleep(Duration::from_millis(5));
    }
    peak
}
