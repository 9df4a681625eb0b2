//! `thunderbird generate`: the files of the repository that are made from the code.

use clap::{Args, ValueEnum};
use thunderbird_domain::sms::dispatch;

use super::{Exit, Failure, screen};
use crate::{config::variable, limits};

/// Print a file that is made from the code: a page of the documentation, or the manual page.
#[derive(Args)]
#[command(hide = true)]
pub struct Generate {
    /// Which one.
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// docs/commands.md
    Commands,
    /// docs/configuration.md
    Configuration,
    /// docs/limits.md
    Limits,
    /// docs/sms-commands.md
    SmsCommands,
    /// The manual page, for `man -l`.
    Man,
}

impl Generate {
    /// Prints the file. The manual page and the page of commands describe `cli`.
    pub fn run(self, cli: clap::Command) -> Result<Exit, Failure> {
        let text = match self.what {
            What::Commands => commands(cli),
            What::Configuration => variable::page(),
            What::Limits => limits::page(),
            What::SmsCommands => dispatch::page(),
            What::Man => manual(cli)?,
        };
        screen::say(text.trim_end())?;
        Ok(Exit::Done)
    }
}

fn manual(cli: clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(cli).render(&mut page)?;
    String::from_utf8(page).map_err(Failure::problem)
}

/// docs/commands.md: the help of every command.
fn commands(cli: clap::Command) -> String {
    let mut page = String::from(
        "# Commands\n\nThis page is printed by `thunderbird generate commands`; change the command in \
         `crates/server/src/cli/` instead.\n\nExit codes: 0 done, 1 a problem was found, 2 wrong usage, 78 the \
         configuration cannot be used.\n",
    );
    let mut root = cli.term_width(100);
    root.build();
    describe(&root, &mut page);
    page
}

fn describe(command: &clap::Command, page: &mut String) {
    let name = command.get_bin_name().unwrap_or("thunderbird");
    let help = command.clone().render_long_help();
    let help = help.to_string();
    page.push_str("\n## ");
    page.push_str(name);
    page.push_str("\n\n```text\n");
    page.push_str(help.trim_end());
    page.push_str("\n```\n");
    for sub in command.get_subcommands() {
        if !sub.is_hide_set() && sub.get_name() != "help" {
            describe(sub, page);
        }
    }
}
