//! The fake Twilio of the tests agrees with Twilio's own Python client.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{SERVER_TESTS, cargo, output, run, tool},
};

const HOW: &str = "install it with: python3 -m venv target/tools/twilio && target/tools/twilio/bin/pip install twilio==9.13.0";

/// Runs the one test that needs the client.
pub fn check() -> Result<(), Failure> {
    let own = crate::process::root().join("target/tools/twilio/bin/python3");
    let python = if own.is_file() {
        own
    } else {
        tool("python3", "install Python 3.9 or newer")?
    };
    let present = output(Command::new(&python).args(["-c", "import twilio"]));
    if present.is_err() {
        return Err(Failure::Tool {
            tool: "Twilio's Python client",
            how: HOW,
        });
    }
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "twilio_python", "--", "--ignored"])
        .env("THUNDERBIRD_PYTHON", &python))
}
