//! `thunderbird restore <file>`

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use clap::Args;
use thunderbird_adapters::{
    clock::SystemClock,
    crypto::{key_ring_file::KeyRingFile, keys::Keys},
    store::{
        backup,
        migrate::{Found, inspect},
    },
};
use thunderbird_domain::{
    time::{Clock as _, Timestamp},
    token::key_memory::RingFound,
};

use super::{
    Exit, Failure, Settings, migrate,
    refusal::{changed_schema, refusal},
    screen,
};
use crate::config::{Config, beside};

/// What SQLite keeps beside a database that was not closed.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Put a backup in the place of the database and the key ring. The service must not run.
///
/// Both files of the backup are checked first. What was there is kept beside it as `.before-restore-` and the time.
/// What happened since the backup is gone: whoever changed a password or ended a session since should do so again.
#[derive(Args)]
pub struct Restore {
    /// The backup's database; its key ring is the file of the same name with `.keys` after it.
    file: PathBuf,
    /// Yes, in the place of the database that is there.
    #[arg(long)]
    yes: bool,
}

impl Restore {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        let _lock = migrate::hold(&config.database)?;
        let keys = checked(&config, &self.file)?;
        if config.database.exists() && !self.yes {
            return Err(Failure::problem(format_args!(
                "{} exists. Say `thunderbird restore {} --yes` to put the backup in its place; it is kept beside it.",
                config.database.display(),
                self.file.display()
            )));
        }
        let now = SystemClock.now();
        let kept = swap(&config, &self.file, now)?;
        if let Some(keys) = keys {
            let ring = KeyRingFile::at(&config.keys.path);
            keep_ring(&ring, now)?;
            ring.write(&keys).map_err(Failure::problem)?;
        }
        if let Some(kept) = kept {
            screen::say(format_args!("the database as it was: {}", kept.display()))?;
        }
        screen::say(format_args!(
            "{} is what the backup held.",
            config.database.display()
        ))?;
        Ok(Exit::Done)
    }
}

/// The backup's ring, `None` when the configuration holds the ring; refuses a backup that is not whole.
fn checked(config: &Config, file: &Path) -> Result<Option<Keys>, Failure> {
    let named = |error: &dyn std::fmt::Display| Failure::problem(format_args!("{}: {error}", file.display()));
    match inspect(file).map_err(|error| named(&error))? {
        Found::Managed { .. } => {}
        Found::Nothing | Found::Leftovers(_) => return Err(named(&"there is no such file")),
        other => {
            let refusal = refusal(file, &other).unwrap_or_default();
            return Err(Failure::problem(refusal));
        }
    }
    if let Some(side) = SIDE_FILES
        .iter()
        .map(|side| beside(file, side))
        .find(|side| side.exists())
    {
        return Err(named(&format_args!(
            "{} lies beside it, so it is a database in use and no backup",
            side.display()
        )));
    }
    let remembered = backup::check(file).map_err(|error| named(&error))?;
    if let Some(change) = changed_schema(file).map_err(|error| named(&error))? {
        return Err(Failure::problem(change));
    }
    let (keys, ours) = if let Some(content) = &config.keys.content {
        let given = Keys::from_text(content.expose()).map_err(Failure::configuration)?;
        (given, false)
    } else {
        let beside = KeyRingFile::at(beside(file, ".keys"));
        (beside.read().map_err(Failure::problem)?, true)
    };
    if RingFound::judge(&remembered, Some(keys.ring())) == RingFound::Foreign {
        return Err(Failure::problem(format_args!(
            "The key ring does not belong to {}: it shares no key with it.",
            file.display()
        )));
    }
    Ok(ours.then_some(keys))
}

/// Puts a copy of the backup in the database's place. Whatever happens in between, the place holds one whole database,
/// or something that `serve` refuses to start with.
fn swap(config: &Config, file: &Path, now: Timestamp) -> Result<Option<PathBuf>, Failure> {
    let database = &config.database;
    let fresh = beside(database, ".restoring");
    fs::copy(file, &fresh)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))?;
    backup::note_restored(&fresh, now).map_err(Failure::problem)?;
    File::open(&fresh)?.sync_all()?;
    let kept = set_aside(database, now)?;
    fs::rename(&fresh, database)?;
    sync_folder(database)?;
    Ok(kept)
}

/// Gives what is in the database's place a second name, so that the place is never empty; a database that cannot be
/// brought into one file is moved away with its side files.
fn set_aside(database: &Path, now: Timestamp) -> Result<Option<PathBuf>, Failure> {
    if !database.exists() {
        return Ok(None);
    }
    let kept = named_after(database, now);
    let settled =
        backup::settle(database).is_ok() && SIDE_FILES.iter().all(|side| !beside(database, side).exists());
    if settled {
        fs::hard_link(database, &kept).or_else(|_| fs::copy(database, &kept).map(drop))?;
        return Ok(Some(kept));
    }
    fs::rename(database, &kept)?;
    for side in SIDE_FILES {
        match fs::rename(beside(database, side), beside(&kept, side)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(Some(kept))
}

fn keep_ring(ring: &KeyRingFile, now: Timestamp) -> Result<(), Failure> {
    if ring.exists() {
        fs::rename(ring.path(), named_after(ring.path(), now))?;
    }
    Ok(())
}

fn named_after(path: &Path, now: Timestamp) -> PathBuf {
    let time = now.floor_to_second().to_string().replace([':', '-'], "");
    beside(path, &format!(".before-restore-{time}"))
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
