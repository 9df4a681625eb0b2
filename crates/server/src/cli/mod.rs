//! The command line: one file a command.
//!
//! Exit codes: 0 done, 1 a problem was found, 2 wrong usage, 78 the configuration (or what it names) cannot be used.

mod account;
mod admin;
mod adopt;
mod audit;
mod backup;
mod completions;
mod doctor;
mod failure;
mod generate;
mod keys;
mod mailbox;
mod migrate;
mod open_files;
mod openapi;
mod phone;
mod refusal;
mod restore;
pub mod screen;
mod sentence;
mod serve;
mod settings;
mod start_screen;
mod systemd;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use self::{
    failure::{Exit, Failure},
    settings::Settings,
};

/// Thunderbird answers hikers who have text messages but no data, and tells their people where they are.
///
/// Without a command it serves. Everything is configured by environment variables, `.env` or `thunderbird.toml`; see
/// docs/configuration.md.
#[derive(Parser)]
#[command(name = "thunderbird", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// The commands as they are shown to people.
    pub fn described() -> clap::Command {
        sentence::ended(Self::command())
    }
}

#[derive(Subcommand)]
enum Command {
    Account(account::AccountCommand),
    Admin(admin::AdminCommand),
    Adopt(adopt::Adopt),
    Backup(backup::Backup),
    Audit(audit::Audit),
    Completions(completions::Completions),
    Doctor(doctor::Doctor),
    Generate(generate::Generate),
    Keys(keys::Keys),
    Mailbox(mailbox::Mailbox),
    Migrate(migrate::Migrate),
    Openapi(openapi::Openapi),
    Phone(phone::Phone),
    Restore(restore::Restore),
    Serve(serve::Serve),
}

/// Runs the program.
pub fn run() -> ExitCode {
    // Whatever is made here (the database, its log, keys, backups) is nobody else's.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::from_arg_matches(&Cli::described().get_matches()).unwrap_or_else(|error| error.exit());
    let settings = &cli.settings;
    let outcome = match cli.command.unwrap_or(Command::Serve(serve::Serve::default())) {
        Command::Account(command) => command.run(settings),
        Command::Admin(command) => command.run(settings),
        Command::Adopt(command) => command.run(settings),
        Command::Backup(command) => command.run(settings),
        Command::Audit(command) => command.run(settings),
        Command::Completions(command) => command.run(Cli::described()),
        Command::Doctor(command) => command.run(settings),
        Command::Generate(command) => command.run(Cli::described()),
        Command::Keys(command) => command.run(settings),
        Command::Mailbox(command) => command.run(settings),
        Command::Migrate(command) => command.run(settings),
        Command::Openapi(command) => command.run(),
        Command::Phone(command) => command.run(settings),
        Command::Restore(command) => command.run(settings),
        Command::Serve(command) => command.run(settings),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
