//! The complaint about a route file that cannot be used.

use std::fmt;

/// A route file that cannot be used, with the place and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFileError {
    /// The file, as the operator named its directory.
    pub file: String,
    /// The line, counted from 1, if the fault lies in one.
    pub line: Option<usize>,
    /// The rule that is broken, or what could not be read.
    pub rule: String,
}

impl fmt::Display for RouteFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.rule),
            None => write!(f, "{}: {}", self.file, self.rule),
        }
    }
}

impl std::error::Error for RouteFileError {}
