//! The empty route, account reads and texts, in turn and over every database, so that what else happens on the machine
//! meets all of them alike.

use super::{Bench, CONNECTIONS};
use crate::{
    client::requests::{Requests, get},
    counts::Counts,
    limits,
    site::{Point, Site},
    statistics::median,
    table::{Asked, Row},
};

/// Texts that are signed beforehand for each second of a measurement.
const READY_A_SECOND: f64 = 25_000.0;

#[derive(Default)]
struct Samples {
    empty: Vec<Point>,
    reads: Vec<Point>,
    texts: Vec<Point>,
    inserted: Vec<f64>,
    written: Vec<f64>,
}

/// Measures and judges them.
pub fn run(bench: &mut Bench<'_>) {
    let mut samples: Vec<Samples> = bench.sites.iter().map(|_| Samples::default()).collect();
    let mut committed = Vec::new();
    for _ in 0..bench.options.rounds {
        if let Some(folder) = bench.sites.first().and_then(folder) {
            committed.push(limits::committed_rows(&folder, 64, bench.options.span()));
        }
        for (site, samples) in bench.sites.iter().zip(&mut samples) {
            samples.add(site, bench.options.seconds, &mut bench.numbers);
        }
    }
    let batches = (!committed.is_empty()).then(|| median(&committed));
    if let Some(rate) = batches {
        bench
            .table
            .add(Row::note("rows in fsynced commits of 64", rate, "/s"));
    }
    for (site, samples) in bench.sites.iter().zip(&samples) {
        samples
            .rows(site, batches)
            .into_iter()
            .for_each(|row| bench.table.add(row));
    }
}

fn folder(site: &Site) -> Option<std::path::PathBuf> {
    Some(site.own.as_ref()?.database.parent()?.to_owned())
}

impl Samples {
    fn add(&mut self, site: &Site, seconds: f64, numbers: &mut crate::random::Numbers) {
        let span = std::time::Duration::from_secs_f64(seconds);
        let load = site.flood(CONNECTIONS, span);
        let (outcome, point) = site.measure(load, &mut Requests::around([get("/healthz", "")]));
        outcome.must_be_good("GET /healthz");
        self.empty.push(point);
        let (outcome, point) = site.measure(load, &mut Requests::around(site.reads()));
        outcome.must_be_good("GET /auth/me");
        self.reads.push(point);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few seconds of texts"
        )]
        let mut texts = site.line.helps((READY_A_SECOND * seconds) as usize, numbers);
        let before = site.own.as_ref().map(|own| Counts::of(&own.database));
        let (outcome, point) = site.measure(load, &mut texts);
        outcome.must_be_good("texts");
        self.texts.push(point);
        if let Some((own, before)) = site.own.as_ref().zip(before) {
            let rows = Counts::of(&own.database).since(&before);
            let span = outcome.span.as_secs_f64();
            self.inserted.push(rows.inserted / span);
            self.written.push((rows.inserted + rows.updated) / span);
        }
    }

    fn rows(&self, site: &Site, batches: Option<f64>) -> Vec<Row> {
        let name = |name: &str| format!("{name}{}", site.suffix);
        let (empty, reads, texts) = (middle(&self.empty), middle(&self.reads), middle(&self.texts));
        let share = |part: Point| match site.own {
            Some(_) => format!("{:.0} % by processor time", 100.0 * whole(empty) / whole(part)),
            None => String::new(),
        };
        let mut rows = vec![
            Row::note(name("empty route"), empty.rate, "/s").with(cost(empty)),
            Row::note(name("account reads"), reads.rate, "/s").with(cost(reads)),
            Row::judge(
                name("account reads / empty route"),
                reads.rate / empty.rate,
                "",
                Asked::AtLeast(0.6),
            )
            .with(share(reads)),
            Row::note(name("texts"), texts.rate, "/s").with(cost(texts)),
            Row::judge(
                name("texts / empty route"),
                texts.rate / empty.rate,
                "",
                Asked::AtLeast(0.14),
            )
            .with(share(texts)),
        ];
        if site.own.is_some() {
            rows.push(Row::note(
                name("processor time of an account read"),
                reads.server,
                "µs",
            ));
            rows.push(Row::note(name("processor time of a text"), texts.server, "µs"));
        }
        if let Some(batches) = batches {
            let (inserted, written) = (median(&self.inserted), median(&self.written));
            rows.push(
                Row::note(name("rows written by texts"), written, "/s")
                    .with(format!("{inserted:.0} inserted")),
            );
            let ratio = written / batches;
            rows.push(Row::judge(
                name("rows written / rows in commits of 64"),
                ratio,
                "",
                Asked::AtLeast(0.4),
            ));
        }
        rows
    }
}

fn middle(points: &[Point]) -> Point {
    let of = |figure: fn(&Point) -> f64| median(&points.iter().map(figure).collect::<Vec<_>>());
    Point {
        rate: of(|point| point.rate),
        server: of(|point| point.server),
        client: of(|point| point.client),
    }
}

fn whole(point: Point) -> f64 {
    point.server + point.client
}

fn cost(point: Point) -> String {
    if point.server.is_nan() {
        return format!("client {:.1} µs a request", point.client);
    }
    format!(
        "server {:.1} µs, client {:.1} µs a request",
        point.server, point.client
    )
}
