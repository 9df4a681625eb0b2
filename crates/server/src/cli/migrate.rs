//! `thunderbird migrate status|up|down`

use std::path::Path;

use clap::{Args, Subcommand};
use thunderbird_adapters::{
    clock::SystemClock,
    store::{
        ServiceLock, backup,
        migrate::{self, Found},
        survey::{self, Disk},
    },
};
use thunderbird_domain::time::Clock as _;

use super::{
    Exit, Failure, Settings,
    refusal::{changed_schema, network_disk, refusal},
    screen,
};
use crate::config::{beside, variable};

/// Look at the database's schema, or bring it up to date by hand. `serve` does this by itself.
#[derive(Args)]
pub struct Migrate {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Say what the file is and which migrations are still to be applied. Exits with 1 when it cannot be served as it is.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Apply every pending migration; an absent database is made.
    Up,
    /// Revert the newest migration. What its tables held is lost, so a backup is written first.
    Down {
        /// Yes, really.
        #[arg(long)]
        yes: bool,
    },
}

impl Migrate {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let database = settings.read(&[])?.database;
        match self.action {
            Action::Status { json } => status(&database, json),
            Action::Up => up(&database),
            Action::Down { yes } => down(&database, yes),
        }
    }
}

fn status(database: &Path, json: bool) -> Result<Exit, Failure> {
    let found = migrate::inspect(database).map_err(Failure::problem)?;
    let refusal = refusal(database, &found);
    let pending = pending(&found);
    if json {
        let document = serde_json::json!({
            "database": database.display().to_string(),
            "exists": found != Found::Nothing,
            "pending": pending,
            "refused": refusal,
        });
        screen::say(document)?;
    } else if let Some(refusal) = &refusal {
        screen::say(refusal)?;
    } else if found == Found::Nothing {
        screen::say(format_args!("{} does not exist yet", database.display()))?;
    } else if pending.is_empty() {
        screen::say(format_args!("{} is up to date", database.display()))?;
    } else {
        let list = pending.join(", ");
        screen::say(format_args!("{} lacks: {list}", database.display()))?;
    }
    Ok(if refusal.is_some() {
        Exit::Problem
    } else {
        Exit::Done
    })
}

/// Whether it is a database of ours that lacks nothing.
pub fn is_current(found: &Found) -> bool {
    matches!(found, Found::Managed { pending } if pending.is_empty())
}

fn pending(found: &Found) -> &[String] {
    match found {
        Found::Managed { pending } => pending,
        _ => &[],
    }
}

fn up(database: &Path) -> Result<Exit, Failure> {
    let _lock = hold(database)?;
    for version in prepare(database)? {
        screen::say(format_args!("applied {version}"))?;
    }
    screen::say(format_args!("{} is up to date", database.display()))?;
    Ok(Exit::Done)
}

fn down(database: &Path, yes: bool) -> Result<Exit, Failure> {
    let _lock = hold(database)?;
    let found = migrate::inspect(database).map_err(Failure::problem)?;
    if let Some(refusal) = refusal(database, &found) {
        return Err(Failure::configuration(refusal));
    }
    if found == Found::Nothing {
        return Err(Failure::problem(format_args!(
            "{} does not exist",
            database.display()
        )));
    }
    if !yes {
        return Err(Failure::problem(
            "This drops tables and what they hold. Say `thunderbird migrate down --yes` to do it; a backup is written first.",
        ));
    }
    let backup = backup::aside(database, "before-down", SystemClock.now()).map_err(Failure::problem)?;
    screen::say(format_args!("the database as it was: {}", backup.display()))?;
    match migrate::down(database).map_err(Failure::problem)? {
        Some(version) => screen::say(format_args!("reverted {version}"))?,
        None => screen::say("there is nothing to revert")?,
    }
    Ok(Exit::Done)
}

/// Takes the database for this process alone.
///
/// # Errors
///
/// Exit code 1 when another process works on it, 78 when there can be no database.
pub fn hold(database: &Path) -> Result<ServiceLock, Failure> {
    let lock = beside(database, ".lock");
    match ServiceLock::take(database) {
        Ok(Some(held)) => Ok(held),
        Ok(None) => Err(Failure::problem(format_args!(
            "Another thunderbird works on this database ({} is locked). Stop it first.",
            lock.display()
        ))),
        Err(error) => Err(Failure::configuration(format_args!(
            "{} cannot be made ({error}): {} must name a file in a folder that is there and may be written to.",
            lock.display(),
            variable::DB_PATH
        ))),
    }
}

/// Looks at the file, refuses what is not ours, and applies what is pending. The caller holds the lock.
///
/// # Errors
///
/// Exit code 78 with the command to run instead.
pub fn prepare(database: &Path) -> Result<Vec<String>, Failure> {
    if let Ok(Disk::Network(kind)) = survey::disk(database) {
        return Err(Failure::configuration(network_disk(database, kind)));
    }
    let found = migrate::inspect(database).map_err(Failure::configuration)?;
    if let Some(refusal) = refusal(database, &found) {
        return Err(Failure::configuration(refusal));
    }
    if found != Found::Nothing
        && let Some(change) = changed_schema(database).map_err(Failure::configuration)?
    {
        return Err(Failure::configuration(change));
    }
    if pending(&found).is_empty() && found != Found::Nothing {
        return Ok(Vec::new());
    }
    migrate::up(database).map_err(Failure::problem)
}
