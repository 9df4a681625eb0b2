//! Promises that come due in one minute: how late hikers are asked and contacts alerted, and what texts feel meanwhile.

use std::{
    collections::BTreeSet,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::Bench;
use crate::{
    client::Load,
    random::Numbers,
    seed::{self, Promises},
    site::{self, Site},
    statistics::percentile,
    table::{Asked, Row},
    twilio::{Taken, Twilio},
};

/// Texts a second meanwhile: a quarter of what two cores take, so that their times show the promises and no queue.
const TEXTS: f64 = 100.0;
/// One hiker of so many is in alarm: a contact is alerted, and the hiker reads of it.
const ONE_IN: u32 = 20;
/// When nothing more comes for this long, the rest is lost.
const PATIENCE: Duration = Duration::from_secs(90);

/// How many promises there are.
#[derive(Debug, Clone, Copy)]
struct Crowd {
    hikers: u32,
    /// The time to put them into the file, before the first is due.
    ahead: Duration,
    /// How long all of them take to come due.
    span: Duration,
}

/// Measures and judges it over the small database.
pub fn run(bench: &mut Bench<'_>, twilio: &Twilio) {
    let crowd = if bench.options.smoke {
        Crowd {
            hikers: 100,
            ahead: Duration::from_secs(2),
            span: Duration::from_secs(1),
        }
    } else {
        Crowd {
            hikers: 10_000,
            ahead: Duration::from_secs(10),
            span: Duration::from_mins(1),
        }
    };
    let Some((site, database)) = bench
        .sites
        .iter()
        .find_map(|site| site.own.as_ref().map(|own| (site, own.database.as_path())))
    else {
        return;
    };
    for row in measure(site, database, (twilio, crowd), &mut bench.numbers) {
        bench.table.add(row);
    }
}

fn measure(
    site: &Site,
    database: &Path,
    (twilio, crowd): (&Twilio, Crowd),
    numbers: &mut Numbers,
) -> Vec<Row> {
    let quiet = texts(site, crowd.span / 4, numbers);
    twilio.take();
    let now = site::now();
    let promises = Promises {
        hikers: crowd.hikers,
        one_in: ONE_IN,
        first: now + micros(crowd.ahead),
        apart: micros(crowd.span) / i64::from(crowd.hikers),
    };
    let began = Instant::now();
    seed::promises(database, promises, now);
    thread::sleep(crowd.ahead.saturating_sub(began.elapsed()));
    let busy = texts(site, crowd.span, numbers);
    let expected = expected(crowd);
    let mut taken = Vec::new();
    let (mut count, mut since) = (0, Instant::now());
    while count < expected && since.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
        taken.extend(twilio.take().into_iter().filter(is_about_a_promise));
        if taken.len() > count {
            (count, since) = (taken.len(), Instant::now());
        }
    }
    // What is sent twice comes now.
    thread::sleep(Duration::from_millis(300));
    taken.extend(twilio.take().into_iter().filter(is_about_a_promise));
    judge(
        &taken,
        (crowd, began + crowd.ahead, promises.apart),
        (&quiet, &busy),
    )
}

/// One text for each hiker, and one for each contact.
fn expected(crowd: Crowd) -> usize {
    (crowd.hikers + crowd.hikers / ONE_IN) as usize
}

/// The hikers are asked at numbers of one range, the contacts alerted at numbers of another.
fn is_about_a_promise(text: &Taken) -> bool {
    text.to.starts_with(HIKERS) || text.to.starts_with(CONTACTS)
}

const HIKERS: &str = "+6144";
const CONTACTS: &str = "+6145";

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap()
}

/// The times of texts at a steady rate.
fn texts(site: &Site, span: Duration, numbers: &mut Numbers) -> Vec<Duration> {
    let load = Load {
        rate: Some(TEXTS),
        ..site.flood(8, span)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a minute of texts"
    )]
    let count = (TEXTS * span.as_secs_f64()) as usize + 1;
    let outcome = load.run(&mut site.line.helps(count, numbers));
    outcome.must_be_good("texts while promises come due");
    let mut times = outcome.times;
    times.sort_unstable();
    times
}

/// How long after its due instant each text was taken over, the longest last.
fn lateness(taken: &[Taken], to: &str, (first, apart): (Instant, i64)) -> Vec<Duration> {
    let late = |text: &Taken| {
        let place: u32 = text.to.strip_prefix(to)?.parse().ok()?;
        let due = first + Duration::from_micros(apart.unsigned_abs()) * place;
        Some(text.at.saturating_duration_since(due))
    };
    let mut late: Vec<Duration> = taken.iter().filter_map(late).collect();
    late.sort_unstable();
    late
}

fn judge(
    taken: &[Taken],
    (crowd, first, apart): (Crowd, Instant, i64),
    (quiet, busy): (&[Duration], &[Duration]),
) -> Vec<Row> {
    let asks = lateness(taken, HIKERS, (first, apart));
    let alerts = lateness(taken, CONTACTS, (first, apart));
    let recipients: BTreeSet<&str> = taken.iter().map(|text| &*text.to).collect();
    let lost = expected(crowd).saturating_sub(recipients.len());
    let twice = taken.len() - recipients.len();
    assert_eq!((lost, twice), (0, 0), "texts about promises: lost, sent twice");
    let told = |late: &[Duration]| format!("{} texts, p50 {:.0} ms", late.len(), percentile(late, 50.0));
    let longest = |late: &[Duration]| percentile(late, 100.0) / 1_000.0;
    let (quiet, busy) = (percentile(quiet, 50.0), percentile(busy, 50.0));
    vec![
        Row::judge(
            "promises, longest wait of a hiker who is asked",
            longest(&asks),
            "s",
            Asked::AtMost(60.0),
        )
        .with(told(&asks)),
        Row::judge(
            "promises, longest wait of a contact who is alerted",
            longest(&alerts),
            "s",
            Asked::AtMost(5.0),
        )
        .with(told(&alerts)),
        Row::judge(
            "promises, text p50 meanwhile / quiet",
            busy / quiet,
            "x",
            Asked::AtMost(2.0),
        )
        .with(format!("{quiet:.2} ms quiet, {busy:.2} ms meanwhile")),
    ]
}
