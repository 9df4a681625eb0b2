//! What a person at the terminal reads.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// One line, or several, on standard output.
///
/// # Errors
///
/// When nobody takes it: a full disk behind a redirection, a closed pipe.
pub fn say(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// One line, or several, on standard error. When that is gone too, nobody is left to be told.
pub fn complain(text: impl Display) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
