//! Stock OAuth2 clients of Python sign in, refresh and read errors at the real binary.

use crate::{
    failure::Failure,
    needs,
    process::{SERVER_TESTS, cargo, run},
};

/// Runs the one test that needs the clients.
pub fn check() -> Result<(), Failure> {
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "session", "--", "--ignored"])
        .env("THUNDERBIRD_PYTHON", needs::OAUTH.path()?))
}
