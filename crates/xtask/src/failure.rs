//! Why a task failed.

use std::{fmt::Write as _, io, path::PathBuf};

/// Why a task failed, told so that the reader knows what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A tool is not installed.
    #[error("{tool} is needed and was not found on the PATH or in target/tools/bin.\nGet it with: {how}")]
    Tool {
        /// The program.
        tool: &'static str,
        /// The command that installs it.
        how: &'static str,
    },
    /// A command went wrong; its output was shown or is here.
    #[error("`{command}` failed\n{output}")]
    Command {
        /// What was run.
        command: String,
        /// What it said, when that was not shown already.
        output: String,
    },
    /// The check found something.
    #[error("{}", list(.0))]
    Found(Vec<String>),
    /// A file could not be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Failure {
    /// One finding.
    pub fn found(finding: impl Into<String>) -> Self {
        Self::Found(vec![finding.into()])
    }

    /// For `map_err` on file operations.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::File { path, error }
    }
}

/// Passes when nothing was found.
pub fn none(findings: Vec<String>) -> Result<(), Failure> {
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found(findings))
    }
}

fn list(findings: &[String]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "  {finding}");
    }
    text
}
