//! The fake Twilio of the tests agrees with Twilio's own Python client.

use crate::{
    failure::Failure,
    needs,
    process::{SERVER_TESTS, cargo, run},
};

/// Runs the one test that needs the client.
pub fn check() -> Result<(), Failure> {
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "twilio_python", "--", "--ignored"])
        .env("THUNDERBIRD_PYTHON", needs::TWILIO.path()?))
}
