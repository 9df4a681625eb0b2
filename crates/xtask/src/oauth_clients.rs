//! Stock OAuth2 clients of Python sign in, refresh and read errors at the real binary.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{SERVER_TESTS, cargo, output, run, tool},
};

const HOW: &str = "install them with: python3 -m venv target/tools/oauth && target/tools/oauth/bin/pip install authlib==1.9.10 \
                   requests-oauthlib==2.0.0 requests==2.34.2";

/// Runs the one test that needs the clients.
pub fn check() -> Result<(), Failure> {
    let own = crate::process::root().join("target/tools/oauth/bin/python3");
    let python = if own.is_file() {
        own
    } else {
        tool("python3", "install Python 3.9 or newer")?
    };
    let present = output(Command::new(&python).args(["-c", "import authlib, requests_oauthlib"]));
    if present.is_err() {
        return Err(Failure::Tool {
            tool: "authlib and requests-oauthlib",
            how: HOW,
        });
    }
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "session", "--", "--ignored"])
        .env("THUNDERBIRD_PYTHON", &python))
}
