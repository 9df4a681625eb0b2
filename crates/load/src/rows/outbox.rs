//! A group checks in at once: every contact is texted through a Twilio that takes 50 ms for each.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::Text};

use super::Bench;
use crate::{
    client::requests::Requests,
    counts::{number, reader},
    random::Numbers,
    site::{Own, Site},
    table::{Asked, Row},
    twilio::{Taken, Twilio},
};

/// Where the group checks in, one camp after the other.
const CAMPS: [&str; 2] = ["WATER", "PELIO"];
/// Hikers of the group, and contacts of each: as they were put into the database.
const WALKERS: u32 = 400;
const CONTACTS: usize = 10;
/// When nothing more comes for this long, the rest is lost.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(QueryableByName)]
struct Queued {
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Text)]
    body: String,
}

/// Measures and judges it.
pub fn run(bench: &mut Bench<'_>, twilio: &Twilio) {
    let camps = if bench.options.smoke { 1 } else { CAMPS.len() };
    for site in &bench.sites {
        let Some(own) = site.own.as_ref() else { continue };
        let rows = check_ins(site, own, (twilio, camps), &mut bench.numbers);
        for row in rows {
            bench.table.add(row);
        }
    }
}

fn check_ins(site: &Site, own: &Own, (twilio, camps): (&Twilio, usize), numbers: &mut Numbers) -> Vec<Row> {
    let mut database = reader(&own.database);
    let before = number(
        &mut database,
        "SELECT coalesce(max(id), 0) AS number FROM messages",
    );
    twilio.take();
    let cpu = site.process().map(crate::process::Process::cpu);
    for camp in CAMPS.iter().take(camps) {
        let texts = (0..WALKERS).map(|walker| {
            let sender = format!("+6142{walker:07}");
            site.line.text(&sender, &format!("CHECKIN {camp}"), numbers)
        });
        let mut texts = Requests::once(texts.collect::<Vec<_>>());
        let load = site.flood(8, Duration::from_mins(5));
        load.run(&mut texts).must_be_good("check-ins");
    }
    let expected = WALKERS as usize * CONTACTS * camps;
    let taken = wait(twilio, expected);
    wait_until_settled(&mut database, before);
    let used = site.process().map(crate::process::Process::cpu).zip(cpu);
    let queued: Vec<Queued> = sql_query(format!(
        "SELECT phone, body FROM messages WHERE id > {before} AND direction = 'out' AND class IS NOT NULL ORDER BY id"
    ))
    .load(&mut database)
    .unwrap();
    assert_eq!(
        queued.len(),
        expected,
        "texts to contacts that the check-ins have queued"
    );
    let verdict = compare(&queued, &taken);
    let first = taken.first().map_or_else(Instant::now, |text| text.at);
    let span = taken.last().map_or(Duration::ZERO, |text| text.at - first);
    let rate = taken.len().saturating_sub(1) as f64 / span.as_secs_f64();
    let micros = used.map_or(f64::NAN, |(after, before)| {
        after.saturating_sub(before).as_secs_f64() * 1e6 / taken.len() as f64
    });
    let name = |name: &str| format!("{name}{}", site.suffix);
    let none = Asked::AtMost(0.0);
    vec![
        Row::judge(
            name("outbox, texts to a Twilio that takes 50 ms"),
            rate,
            "/s",
            Asked::AtLeast(1_000.0),
        )
        .with(format!(
            "{expected} texts; server {micros:.0} µs each, with the check-ins that cause them"
        )),
        Row::judge(name("outbox, texts lost"), verdict.lost as f64, "", none),
        Row::judge(name("outbox, texts sent twice"), verdict.twice as f64, "", none),
        Row::judge(
            name("outbox, recipients whose texts came in another order"),
            verdict.disordered as f64,
            "",
            none,
        ),
    ]
}

/// Waits until that many texts were taken over, or no more come.
fn wait(twilio: &Twilio, expected: usize) -> Vec<Taken> {
    let (mut count, mut since) = (0, Instant::now());
    while twilio.count() < expected && since.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
        if twilio.count() > count {
            (count, since) = (twilio.count(), Instant::now());
        }
    }
    // What is sent twice comes now.
    thread::sleep(Duration::from_millis(300));
    twilio.take()
}

fn wait_until_settled(database: &mut SqliteConnection, before: i64) {
    let began = Instant::now();
    let sql = format!(
        "SELECT count(*) AS number FROM messages WHERE id > {before} AND state IN ('queued', 'sending')"
    );
    while number(database, &sql) > 0 && began.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    lost: usize,
    twice: usize,
    disordered: usize,
}

/// What was queued against what was taken over, recipient by recipient.
fn compare(queued: &[Queued], taken: &[Taken]) -> Verdict {
    let mut by_recipient: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for text in queued {
        by_recipient.entry(&text.phone).or_default().0.push(&text.body);
    }
    for text in taken {
        by_recipient.entry(&text.to).or_default().1.push(&text.body);
    }
    let mut verdict = Verdict {
        lost: 0,
        twice: 0,
        disordered: 0,
    };
    for (queued, taken) in by_recipient.values() {
        let mut missing = queued.clone();
        for body in taken {
            match missing.iter().position(|known| known == body) {
                Some(place) => drop(missing.remove(place)),
                None => verdict.twice += 1,
            }
        }
        verdict.lost += missing.len();
        let is_whole = missing.is_empty() && queued.len() == taken.len();
        verdict.disordered += usize::from(is_whole && queued != taken);
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(queued: &[(&str, &str)], taken: &[(&str, &str)]) -> (usize, usize, usize) {
        let own = |(phone, body): &(&str, &str)| ((*phone).to_owned(), (*body).to_owned());
        let queued: Vec<Queued> = queued
            .iter()
            .map(own)
            .map(|(phone, body)| Queued { phone, body })
            .collect();
        let at = Instant::now();
        let taken: Vec<Taken> = taken
            .iter()
            .map(own)
            .map(|(to, body)| Taken { to, body, at })
            .collect();
        let verdict = compare(&queued, &taken);
        (verdict.lost, verdict.twice, verdict.disordered)
    }

    #[test]
    fn what_is_lost_doubled_or_out_of_order_is_found() {
        let queued = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "2")];
        let (a1, a2, b1) = (("a", "1"), ("a", "2"), ("b", "1"));
        assert_eq!(judge(&queued, &[a1, a2, a2, b1]), (0, 0, 0));
        assert_eq!(judge(&queued, &[b1, a1, a2, a2]), (0, 0, 0));
        assert_eq!(judge(&queued, &[a1, a2, b1]), (1, 0, 0));
        assert_eq!(judge(&queued, &[a1, a2, a2, b1, b1]), (0, 1, 0));
        assert_eq!(judge(&queued, &[a2, a1, a2, b1]), (0, 0, 1));
        assert_eq!(judge(&queued, &[]), (4, 0, 0));
    }
}
