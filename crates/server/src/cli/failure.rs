//! How a command ends.

use std::{fmt::Display, io, process::ExitCode};

use super::screen;
use crate::config::Mistakes;

/// What the shell is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A problem was found.
    Problem = 1,
    /// The configuration, or a file that it names, cannot be used (EX_CONFIG of sysexits.h).
    Configuration = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that could not do what it was asked, with the sentence that says why and what to do.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    text: String,
}

impl Failure {
    /// Exit code 1.
    pub fn problem(text: impl Display) -> Self {
        Self {
            exit: Exit::Problem,
            text: text.to_string(),
        }
    }

    /// Exit code 78.
    pub fn configuration(text: impl Display) -> Self {
        Self {
            exit: Exit::Configuration,
            text: text.to_string(),
        }
    }

    /// Says it on standard error.
    pub fn report(self) -> ExitCode {
        screen::complain(self.text.trim_end());
        self.exit.into()
    }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::configuration(mistakes)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::problem(error)
    }
}
