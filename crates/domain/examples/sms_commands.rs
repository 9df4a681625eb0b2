//! Writes the page of commands to standard output: `docs/sms-commands.md` is exactly that.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(thunderbird_domain::sms::dispatch::page().as_bytes())
}
