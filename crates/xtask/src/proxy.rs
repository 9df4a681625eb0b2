//! The example of nginx works in front of the service.

use std::process::Command;

use tempfile::TempDir;

use crate::{
    failure::Failure,
    needs,
    process::{SERVER_TESTS, cargo, output, run},
};

/// Makes a certificate for the example's host, and runs the suite `proxy`.
pub fn check() -> Result<(), Failure> {
    let folder = TempDir::new().map_err(Failure::file("scratch"))?;
    let (key, certificate) = (
        folder.path().join("privkey.pem"),
        folder.path().join("fullchain.pem"),
    );
    output(
        Command::new(needs::OPENSSL.path()?)
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=thunderbird.example.org"])
            .args(["-addext", "subjectAltName=DNS:thunderbird.example.org"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(key)
            .arg("-out")
            .arg(certificate),
    )?;
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "proxy", "--", "--ignored"])
        .env("THUNDERBIRD_CERTIFICATE", folder.path()))
}
