//! What every command understands, and the configuration that comes of it.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::{Config, Sources, variable};

/// Options that every command understands.
#[derive(Args, Debug, Default)]
pub struct Settings {
    /// Read this file instead of `thunderbird.toml` in the working directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use this database file, whatever the configuration says.
    #[arg(long, global = true, value_name = "FILE")]
    database: Option<String>,
    /// Log this, whatever the configuration says.
    #[arg(long, global = true, value_name = "DIRECTIVES")]
    log: Option<String>,
}

impl Settings {
    /// The whole configuration, `more` from the command line included.
    ///
    /// # Errors
    ///
    /// Exit code 78 with every mistake.
    pub fn read(&self, more: &[(&'static str, Option<&String>)]) -> Result<Config, Failure> {
        let own = [
            (variable::DB_PATH, self.database.as_ref()),
            (variable::LOG, self.log.as_ref()),
        ];
        let given = own.iter().chain(more);
        let command_line = given.filter_map(|(name, text)| Some((*name, String::clone(text.as_ref()?))));
        let sources = Sources::of_this_process(self.config.as_deref(), command_line.collect())
            .map_err(Failure::configuration)?;
        Ok(Config::read(sources)?)
    }
}
