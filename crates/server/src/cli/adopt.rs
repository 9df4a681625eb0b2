//! `thunderbird adopt`

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use jiff::tz::TimeZone;
use thunderbird_adapters::{
    catalogue::FileCatalogue,
    clock::SystemClock,
    legacy::{
        AdoptError,
        adopt::{self, Ended, Stage, Watch},
        plan::Rules,
        report::Report,
        swap::Step,
    },
};
use thunderbird_domain::time::Clock as _;

use super::{Exit, Failure, Settings, screen};
use crate::config::Config;

/// Take over a database of the Python version: every row is carried over, or kept and listed with the reason.
///
/// Stop the Python service first. The old file is kept beside the new one.
#[derive(Args)]
pub struct Adopt {
    /// The Python version's SQLite file.
    file: PathBuf,
    /// Say what would happen and change nothing. Exits with 0 when the adoption would succeed.
    #[arg(long)]
    check: bool,
    /// The zone of the old server's clock, in which it wrote some times.
    #[arg(long, value_name = "ZONE", default_value = "Australia/Hobart", value_parser = zone)]
    legacy_timezone: TimeZone,
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| "this is no time zone, such as Australia/Hobart".to_owned())
}

impl Adopt {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let rules = rules(&settings.read(&[])?, self.legacy_timezone)?;
        let mut bar = Bar {
            terminal: io::stderr().is_terminal(),
            drawn: None,
        };
        let adoption = if self.check { adopt::check } else { adopt::adopt };
        match adoption(&self.file, &rules, &mut bar).map_err(failure)? {
            Ended::NothingToDo => {
                let file = self.file.display();
                screen::say(format_args!(
                    "{file} is a database of this version already: nothing to do"
                ))?;
            }
            Ended::Adopted(report) => tell(&report)?,
        }
        Ok(Exit::Done)
    }
}

/// How rows of the Python version are read.
///
/// # Errors
///
/// Routes of the operator that cannot be used.
pub fn rules(config: &Config, zone: TimeZone) -> Result<Rules, Failure> {
    let routes = FileCatalogue::load(config.routes_dir.as_deref()).map_err(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Failure::configuration(told.join("\n"))
    })?;
    Ok(Rules {
        region: config.texting.default_region,
        routes: Arc::new(routes),
        zone,
        adopted_at: SystemClock.now(),
    })
}

/// What the operator reads in the end.
fn tell(report: &Report) -> io::Result<()> {
    screen::say(report)?;
    match &report.kept_as {
        None => screen::say("Nothing was changed. Without --check this file would be adopted."),
        Some(kept) => screen::say(format_args!(
            "Adopted. The old file: {}\nEvery listed row: {}\nStart the service: thunderbird serve",
            kept.display(),
            report.path().display(),
        )),
    }
}

/// A file that cannot be taken over is the operator's to put right; anything else may pass.
fn failure(error: AdoptError) -> Failure {
    match error {
        AdoptError::Refused(refusal) => Failure::configuration(refusal),
        other => Failure::problem(other),
    }
}

/// A progress bar on a terminal, a line for every finished stage elsewhere.
struct Bar {
    terminal: bool,
    drawn: Option<(Stage, u64)>,
}

/// How many characters the bar has.
const WIDTH: u64 = 40;

impl Watch for Bar {
    fn progress(&mut self, stage: Stage, done: u64, total: u64) {
        let per_mille = (done * 1_000).checked_div(total).unwrap_or(1_000);
        let finished = done >= total;
        if self.drawn == Some((stage, per_mille)) || !(self.terminal || finished) {
            return;
        }
        self.drawn = Some((stage, per_mille));
        let word = match stage {
            Stage::Copying => "copying",
            Stage::Mapping => "carrying over",
            Stage::Verifying => "comparing",
        };
        let full = per_mille * WIDTH / 1_000;
        let bar: String = (0..WIDTH)
            .map(|place| if place < full { '#' } else { ' ' })
            .collect();
        let (begin, end) = if self.terminal {
            ("\r", if finished { "\n" } else { "" })
        } else {
            ("", "\n")
        };
        let mut out = io::stderr().lock();
        // Nobody watching is no reason to stop.
        drop(write!(
            out,
            "{begin}{word:<14}[{bar}] {done} of {total} rows{end}"
        ));
        drop(out.flush());
    }

    fn reached(&mut self, _: Step) {}
}
