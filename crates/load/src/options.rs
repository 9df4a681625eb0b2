//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};

use crate::seed::Size;

/// Measures the machine's limits and the service's figures in one run, prints a table of both, and exits with 1 for a
/// figure that is neither met nor explained in docs/performance.md.
#[derive(Debug, Parser)]
#[command(name = "thunderbird-load", max_term_width = 100)]
pub struct Options {
    /// The large database that every figure is taken over again: `full` (1,000,000 accounts and hikers, 10,000,000
    /// texts), a number of texts with a tenth as many people, or `empty` for no large one. It is kept under target/load.
    #[arg(long, default_value = "full", value_parser = large)]
    pub size: Large,

    /// Seconds that each measurement takes.
    #[arg(long, default_value_t = 2.0)]
    pub seconds: f64,

    /// How often reads and texts are measured in turn; their medians count.
    #[arg(long, default_value_t = 3)]
    pub rounds: u32,

    /// Pairs of sign-ins with a known and an unknown address.
    #[arg(long, default_value_t = 500)]
    pub pairs: u32,

    /// Only these parts, with commas between them. Default: all.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,

    /// Everything once and as short as it can be; answers are checked, figures are not judged.
    #[arg(long)]
    pub smoke: bool,

    /// Honest users while others attack, instead of everything else: prints what they feel, and exits with 1 if a bound
    /// is broken.
    #[arg(long, conflicts_with_all = ["base_url", "only", "beside"])]
    pub attack: bool,

    /// Seconds of honest traffic during each flood of --attack.
    #[arg(long, default_value_t = 20.0)]
    pub phase: f64,

    /// The program that is measured. Default: `thunderbird` beside this one.
    #[arg(long)]
    pub binary: Option<PathBuf>,

    /// Measure a service that runs already, at this http:// address. What needs a process of our own is left out.
    #[arg(long, requires = "auth_token_file")]
    pub base_url: Option<String>,

    /// A file with the Twilio auth token that the service at --base-url checks signatures with.
    #[arg(long)]
    pub auth_token_file: Option<PathBuf>,

    /// The number that texts to the service at --base-url go to.
    #[arg(long, default_value = "+61491570156")]
    pub number: String,

    /// E-mail address of an account of the service at --base-url; it is registered there if it is not known.
    #[arg(long, default_value = "load@example.org")]
    pub email: String,

    /// The JSON that another implementation's run has left; the rates are compared with it.
    #[arg(long)]
    pub beside: Option<PathBuf>,

    /// Print the table as Markdown at the end.
    #[arg(long)]
    pub markdown: bool,

    /// Where the figures are written as JSON. Default: load.json beside this program.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

/// The large database, if there is to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Large(pub Option<Size>);

/// A part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Size of the program, start, idle memory.
    Footprint,
    /// The empty route, account reads and texts.
    Rates,
    /// How long a text takes at half of its rate.
    HalfRate,
    /// Sign-ins, and texts beside them.
    SignIns,
    /// Texts out.
    Outbox,
    /// Promises that come due together.
    Promises,
    /// The console's pages.
    Console,
    /// Sign-ins with known and unknown addresses.
    Pairs,
}

impl Options {
    /// Whether a part is asked for.
    pub fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// How long one measurement takes.
    pub fn span(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    /// How long honest users meet one flood.
    pub fn phase(&self) -> Duration {
        Duration::from_secs_f64(self.phase)
    }

    /// The same with everything short, if that is asked for.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        if self.smoke {
            self.seconds = 0.1;
            self.phase = 1.0;
            self.rounds = 1;
            self.pairs = 2;
            self.size = Large(None);
        }
        self
    }
}

fn large(text: &str) -> Result<Large, String> {
    let messages = match text {
        "empty" => return Ok(Large(None)),
        "full" => 10_000_000,
        number => number
            .replace([',', '_'], "")
            .parse()
            .map_err(|_| "say empty, full or a number of texts".to_owned())?,
    };
    if (10_000..=10_000_000).contains(&messages) {
        Ok(Large(Some(Size::of(messages))))
    } else {
        Err("from 10,000 to 10,000,000 texts".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn a_size_is_a_word_or_a_number_of_texts() {
        let size = |people, messages| Ok(Large(Some(Size { people, messages })));
        assert_eq!(large("empty"), Ok(Large(None)));
        assert_eq!(large("full"), size(1_000_000, 10_000_000));
        assert_eq!(large("1,000,000"), size(100_000, 1_000_000));
        assert_eq!(large("10_000"), size(1_000, 10_000));
        assert!(large("9999").is_err());
        assert!(large("huge").is_err());
    }
}
