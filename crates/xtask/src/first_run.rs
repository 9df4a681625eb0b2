//! A newcomer's first minutes: a fresh clone, nothing fetched after `cargo fetch`, an emptied environment, the
//! README's two commands and its tour as written.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    failure::Failure,
    needs,
    process::{cargo, debug_binary, output, root, run},
    walk::{Isolation, Walk},
};

/// How large the released binary may be, in bytes.
const LARGEST: u64 = 25 * 1024 * 1024;

/// Clones what is committed, builds it without a network, runs it, walks the tour, stops it.
pub fn check() -> Result<(), Failure> {
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let clone = scratch.path().join("thunderbird");
    output(
        Command::new("git")
            .args(["clone", "--quiet", "--no-hardlinks"])
            .arg(root())
            .arg(&clone),
    )?;
    // Outside of the clone, so that a second run builds only what changed.
    let built = root().join("target/first-run");
    fs::create_dir_all(&built).map_err(Failure::file(&built))?;
    symlink(&built, clone.join("target")).map_err(Failure::file(&built))?;
    run(cargo().args(["fetch", "--locked"]).current_dir(&clone))?;
    newcomer(scratch.path(), &clone, "cargo run --release")?;
    small(&built.join("release/thunderbird"))
}

fn small(binary: &Path) -> Result<(), Failure> {
    let size = fs::metadata(binary).map_err(Failure::file(binary))?.len();
    if size > LARGEST {
        let told = format!("{} has {size} bytes, more than {LARGEST}", binary.display());
        return Err(Failure::found(told));
    }
    Ok(())
}

fn newcomer(scratch: &Path, folder: &Path, start: &str) -> Result<(), Failure> {
    let isolation = if needs::NAMESPACES.may_be_missing() && !needs::NAMESPACES.is_there() {
        println!("--allow-missing names namespaces: the network is not cut off");
        Isolation::None
    } else {
        needs::NAMESPACES.require()?;
        Isolation::Network
    };
    let walk = Walk {
        scratch,
        folder,
        start,
        isolation,
    };
    walk.run()
}

/// The same tour with the working tree's own debug build: for those who edit a page.
pub fn tour() -> Result<(), Failure> {
    let binary = debug_binary()?;
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let folder = scratch.path().join("thunderbird");
    let released = folder.join("target/release");
    fs::create_dir_all(&released).map_err(Failure::file(&released))?;
    symlink(binary, released.join("thunderbird")).map_err(Failure::file(&released))?;
    newcomer(scratch.path(), &folder, "target/release/thunderbird")
}
