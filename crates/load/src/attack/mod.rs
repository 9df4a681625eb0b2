//! `--attack`: honest users while others attack, and what they feel of it.

mod day;
mod figure;
mod floods;
mod honest;
mod stage;
mod verdict;

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use self::{
    floods::{Damage, Flood},
    honest::{Crowd, Felt},
    stage::{Attacker, Stage},
};
use crate::{
    limits,
    options::Options,
    random::Numbers,
    table::{Asked, Row, Table},
    twilio::{TAKES, Twilio},
};

pub use self::verdict::judge;

/// How many times as long a flood is alone, so that its growth is that of a whole minute.
const ALONE: u32 = 3;
/// How long before honest users a flood begins.
const AHEAD: Duration = Duration::from_millis(500);
/// Requests a second of all floods together: more than the 4,600 that were measured when limits were missing. Without a
/// bound the floods' programs and the kernel's work for both ends of their connections fill the processors that the
/// service has, which those of real attackers do not.
const RATE: f64 = 5_000.0;
/// The pause after each append that shows how fast the disk is: about as many a second as there are texts.
const BETWEEN_SYNCS: Duration = Duration::from_millis(8);
/// How long a text to a contact may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the outbox may write to the disk after a flood.
const REST: Duration = Duration::from_secs(1);

/// The floods that honest users meet, by the name of the phase.
const PHASES: [(&str, &[Flood]); 6] = [
    ("check-ins in turn", &[Flood::WebCheckIns, Flood::TextedCheckIns]),
    ("contacts added and deleted", &[Flood::Contacts]),
    ("sign-ins of one account", &[Flood::SignIns]),
    ("forgotten passwords", &[Flood::Resets]),
    ("held connections", &[Flood::Connections]),
    ("all at once", &Flood::ALL),
];

struct Phase {
    name: &'static str,
    felt: Felt,
    /// How long appends of 4 KiB with fdatasync took meanwhile, in order.
    syncs: Vec<Duration>,
    told: (usize, usize),
    raged: Vec<(Flood, Damage)>,
}

/// What every service of a run has in common.
#[derive(Clone, Copy)]
struct Ground<'a> {
    runtime: &'a Runtime,
    binary: &'a Path,
    folder: &'a Path,
    twilio: &'a Twilio,
}

impl<'a> Ground<'a> {
    /// A service of the defaults over a database of its own.
    fn stage(self, name: &str) -> Stage<'a> {
        Stage::start(self.runtime, self.binary, &self.folder.join(name), self.twilio)
    }
}

/// Runs all phases against services of the defaults in `folder`.
pub fn run(options: &Options, binary: &Path, folder: &Path) -> Table {
    // What was written before, for example by a build, keeps the disk busy for half a minute.
    rustix::fs::sync();
    let runtime = Runtime::new().unwrap();
    let twilio = runtime.block_on(Twilio::start(TAKES));
    let ground = Ground {
        runtime: &runtime,
        binary,
        folder,
        twilio: &twilio,
    };
    let mut table = Table::default();
    let mut stage = ground.stage("beside");
    judged(&mut table, &beside(&mut stage, options));
    stage.have_read(&[]);
    let most = stage.most_to_one() as f64;
    stage.end(&runtime);
    let name = |when: &str| format!("{when}: {}", figure::RECIPIENT);
    let row = Row::judge(name("all phases"), most, "", Asked::AtMost(40.0));
    table.add(row.with("contacts of honest hikers apart"));
    let hours = if options.smoke { 1 } else { 24 };
    let day = runtime.block_on(day::run(binary, hours));
    let when = format!("{hours} hours of the simulator's clock");
    let row = Row::judge(name(&when), day.texts as f64, "", Asked::AtMost(40.0));
    table.add(row.with(day.note()));
    alone(&mut table, ground, options.phase() * ALONE);
    table
}

/// A quiet phase, each flood, all of them, and a quiet phase again.
fn beside(stage: &mut Stage<'_>, options: &Options) -> Vec<Phase> {
    let cookie = stage.operators();
    let mut numbers = Numbers::of_this_run();
    let quiet = |name: &'static str| [(name, &[] as &[Flood])];
    // All at once is every flood's code, too.
    let first = if options.smoke { PHASES.len() - 1 } else { 0 };
    let all = quiet("quiet before")
        .into_iter()
        .chain(PHASES.into_iter().skip(first))
        .chain(quiet("quiet after"));
    let mut phases = Vec::new();
    for (nth, (name, floods)) in (0..).zip(all) {
        let crowd = Crowd::gather(stage, (nth, options.phase()), &cookie, &mut numbers);
        let phase = phase(stage, (name, floods), crowd, options.phase());
        println!("{name}: {}", told(&phase.raged));
        phases.push(phase);
    }
    phases
}

fn phase(
    stage: &mut Stage<'_>,
    (name, floods): (&'static str, &[Flood]),
    crowd: Crowd,
    span: Duration,
) -> Phase {
    let attackers: Vec<(Flood, Attacker)> = floods.iter().map(|flood| (*flood, stage.attacker())).collect();
    let contacts = crowd.contacts.clone();
    let site = &stage.site;
    let rate = RATE / floods.len().max(1) as f64;
    let folder = stage.folder();
    let (felt, syncs, raged) = thread::scope(|scope| {
        let floods: Vec<_> = attackers
            .iter()
            .map(|(flood, attacker)| {
                scope.spawn(move || (*flood, flood.rage(site, attacker, AHEAD + span, rate)))
            })
            .collect();
        thread::sleep(AHEAD);
        let syncs = scope.spawn(move || limits::fsync_times(folder, span, BETWEEN_SYNCS));
        let felt = crowd.live(site);
        let raged = floods.into_iter().map(|flood| flood.join().unwrap()).collect();
        (felt, syncs.join().unwrap(), raged)
    });
    let began = Instant::now();
    let mut told = stage.have_read(&contacts);
    while told < contacts.len() && began.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
        told = stage.have_read(&contacts);
    }
    Phase {
        name,
        felt,
        syncs,
        told: (told, contacts.len()),
        raged,
    }
}

/// What each flood leaves on the disk of a service that it has for itself.
fn alone(table: &mut Table, ground: Ground<'_>, span: Duration) {
    let mut stages: Vec<Stage<'_>> = Flood::ALL
        .iter()
        .map(|flood| ground.stage(&format!("{flood:?}")))
        .collect();
    let rows: Vec<Row> = thread::scope(|scope| {
        let floods = Flood::ALL.into_iter().zip(&mut stages);
        let floods: Vec<_> = floods
            .map(|(flood, stage)| scope.spawn(move || growth(flood, stage, span)))
            .collect();
        floods.into_iter().map(|flood| flood.join().unwrap()).collect()
    });
    for row in rows {
        table.add(row);
    }
    for stage in stages {
        stage.end(ground.runtime);
    }
}

fn growth(flood: Flood, stage: &mut Stage<'_>, span: Duration) -> Row {
    let attacker = stage.attacker();
    thread::sleep(REST);
    let before = stage.disk();
    let damage = flood.rage(&stage.site, &attacker, span, RATE);
    thread::sleep(REST);
    let after = stage.disk();
    // The file may shrink: what is forgotten goes.
    let file = after.0 as f64 - before.0 as f64;
    let log = after.1 as f64 - before.1 as f64;
    let hours = span.as_secs_f64() / 3_600.0;
    let row = Row::judge(
        format!("{}, alone: {}", flood.name(), figure::GROWTH),
        (file + log) / 1e6 / hours,
        "MB/h",
        Asked::AtMost(50.0),
    );
    row.with(format!(
        "{:.0} kB of the file and {:.0} of the log in {:.0} s; {}",
        file / 1e3,
        log / 1e3,
        span.as_secs_f64(),
        told(&[(flood, damage)])
    ))
}

fn told(raged: &[(Flood, Damage)]) -> String {
    let one = |(flood, damage): &(Flood, Damage)| {
        let what = match flood {
            Flood::Connections => "at once",
            _ => "carried out",
        };
        format!("{}: {} sent, {} {what}", flood.name(), damage.sent, damage.good)
    };
    raged.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// What the better of the quiet phases shows, in order: trouble of the machine in the other one excuses nothing.
struct Quiet<'a> {
    texts: &'a [Duration],
    syncs: &'a [Duration],
}

impl<'a> Quiet<'a> {
    fn of(phases: &'a [Phase]) -> Self {
        let quiet = phases.iter().filter(|phase| phase.raged.is_empty());
        let p99 = |phase: &&Phase| phase.felt.texts.percentile(99.0);
        let best = quiet
            .min_by(|one, other| p99(one).total_cmp(&p99(other)))
            .unwrap();
        Self {
            texts: &best.felt.texts.times,
            syncs: &best.syncs,
        }
    }
}

fn judged(table: &mut Table, phases: &[Phase]) {
    let quiet = Quiet::of(phases);
    for phase in phases {
        for row in rows(phase, &quiet) {
            table.add(Row {
                name: format!("{}: {}", phase.name, row.name),
                ..row
            });
        }
    }
}

fn rows(phase: &Phase, quiet: &Quiet<'_>) -> Vec<Row> {
    let felt = &phase.felt;
    let share = |name: &str, (served, all): (usize, u64), least: f64| {
        let percent = served as f64 / all as f64 * 100.0;
        Row::judge(name, percent, "%", Asked::AtLeast(least)).with(format!("{served} of {all}"))
    };
    let answered = (felt.texts.times.len(), felt.texts.sent());
    let (told, all) = phase.told;
    let mut rows = vec![
        share(figure::TEXTS, answered, 100.0),
        Row::note("texts p50", felt.texts.percentile(50.0), "ms")
            .with(slower(&felt.texts.times, quiet.texts, 50.0).1),
    ];
    let texts = slower(&felt.texts.times, quiet.texts, 99.0);
    let disk = slower(&phase.syncs, quiet.syncs, 99.0);
    let named = |name: &str, (ratio, note): &(f64, String)| Row::note(name, *ratio, "x").with(note.clone());
    rows.push(named("texts p99 / quiet", &texts));
    rows.push(named("disk, append of 4 KiB with fdatasync, p99 / quiet", &disk));
    if !phase.raged.is_empty() {
        // A text is answered after its sync, so it cannot be faster than the disk.
        rows.push(Row::judge(
            figure::SLOWER,
            texts.0 / disk.0.max(1.0),
            "x",
            Asked::AtMost(3.0),
        ));
    }
    rows.push(share(figure::SIGN_INS, Felt::served(&[&felt.sign_ins]), 95.0));
    let console = Felt::served(&[&felt.pages, &felt.console]);
    rows.push(share(figure::CONSOLE, console, 95.0));
    rows.push(share(figure::TOLD, (told, all as u64), 100.0));
    rows
}

/// How many times as long something took as in quiet times, and both.
fn slower(times: &[Duration], quiet: &[Duration], percent: f64) -> (f64, String) {
    let quiet = crate::statistics::percentile(quiet, percent);
    let now = crate::statistics::percentile(times, percent);
    (now / quiet, format!("{now:.2} ms; {quiet:.2} when it is quiet"))
}
