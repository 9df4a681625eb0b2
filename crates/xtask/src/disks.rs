//! Disks that no plain test can make: small ones, and such that the kernel calls another machine's.

use std::process::Command;

use crate::{
    failure::Failure,
    process::{SERVER_TESTS, cargo, output, run, tool},
};

/// Runs the suite `disks`.
pub fn check() -> Result<(), Failure> {
    tool("strace", "apt-get install strace")?;
    let unshare = tool("unshare", "apt-get install util-linux")?;
    let probe = [
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "none",
        "/mnt",
    ];
    output(Command::new(unshare).args(probe))?;
    run(cargo()
        .args(SERVER_TESTS)
        .args(["--test", "disks", "--", "--ignored"]))
}
