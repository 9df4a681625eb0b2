//! `thunderbird completions <shell>`

use clap::Args;
use clap_complete::{Shell, generate};

use super::{Exit, Failure};

/// Print the completion script of a shell.
#[derive(Args)]
pub struct Completions {
    /// The shell to print it for.
    shell: Shell,
}

impl Completions {
    /// Prints the script that completes `cli`.
    pub fn run(self, mut cli: clap::Command) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut cli, "thunderbird", &mut script);
        std::io::Write::write_all(&mut std::io::stdout().lock(), &script)?;
        Ok(Exit::Done)
    }
}
