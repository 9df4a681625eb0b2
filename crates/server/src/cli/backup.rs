//! `thunderbird backup <file>`

use std::path::{Path, PathBuf};

use clap::Args;
use thunderbird_adapters::{
    crypto::{key_ring_file::KeyRingFile, keys::Keys},
    store::{backup, migrate::inspect},
};
use thunderbird_domain::token::key_memory::RingFound;

use super::{Exit, Failure, Settings, refusal::refusal, screen};
use crate::config::{Config, beside};

/// Write a consistent copy of the database, and the key ring beside it, while the service runs.
///
/// Both files are for their owner only. Keep them together and safe: who has both can read what is sealed.
#[derive(Args)]
pub struct Backup {
    /// Where to. The key ring goes to the same name with `.keys` after it. Neither may exist.
    file: PathBuf,
}

impl Backup {
    /// Does it.
    pub fn run(self, settings: &Settings) -> Result<Exit, Failure> {
        let config = settings.read(&[])?;
        let database = &config.database;
        let found = inspect(database).map_err(Failure::problem)?;
        if let Some(refusal) = refusal(database, &found) {
            return Err(Failure::configuration(refusal));
        }
        if !database.exists() {
            let file = database.display();
            return Err(Failure::problem(format_args!(
                "{file} does not exist, so there is nothing to copy."
            )));
        }
        let keys = beside(&self.file, ".keys");
        for path in [&self.file, &keys] {
            if path.symlink_metadata().is_ok() {
                let path = path.display();
                return Err(Failure::problem(format_args!(
                    "{path} exists already. Name another file."
                )));
            }
        }
        let written = write(&config, &self.file, &keys);
        if written.is_err() {
            drop(std::fs::remove_file(&self.file));
            drop(std::fs::remove_file(&keys));
        }
        written?;
        screen::say(format_args!(
            "{} and {} are complete and checked.",
            self.file.display(),
            keys.display()
        ))?;
        Ok(Exit::Done)
    }
}

fn write(config: &Config, file: &Path, keys: &Path) -> Result<(), Failure> {
    // A key that is added while the copy is made, or dropped, is in one of the two readings.
    let before = ring(config)?;
    backup::copy(&config.database, file).map_err(Failure::problem)?;
    let ring = before.united_with(&ring(config)?);
    let remembered = backup::check(file).map_err(Failure::problem)?;
    if RingFound::judge(&remembered, Some(ring.ring())) == RingFound::Foreign {
        return Err(Failure::configuration(
            "The key ring belongs to another database, so this would be no backup.",
        ));
    }
    KeyRingFile::at(keys).write(&ring).map_err(Failure::problem)
}

/// The ring in force.
pub fn ring(config: &Config) -> Result<Keys, Failure> {
    match &config.keys.content {
        Some(content) => Keys::from_text(content.expose()).map_err(Failure::configuration),
        None => KeyRingFile::at(&config.keys.path)
            .read()
            .map_err(Failure::configuration),
    }
}
