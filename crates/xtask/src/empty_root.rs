//! The binary needs nothing: a root that holds it, the C library and the certificates of the world's authorities, entered
//! in namespaces of its own, serves the whole tour.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    failure::Failure,
    needs,
    process::{output, service_binary},
    walk::{Isolation, Walk},
};

/// What belongs to the C library and the compiler's support for it; the loader stands by its path.
const ALLOWED: [&str; 6] = [
    "libc.so",
    "libm.so",
    "libgcc_s.so",
    "libpthread.so",
    "libdl.so",
    "librt.so",
];

/// Where distributions keep the certificates.
const CERTIFICATES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Builds the root, enters it, walks the tour from outside of it.
pub fn check() -> Result<(), Failure> {
    let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
    let place = scratch.path().join("root");
    let held = furnish(&place, &service_binary()?)?;
    println!("the root holds: {}", held.join(" "));
    let outside = scratch.path().join("outside");
    let typed = outside.join("target/release/thunderbird");
    let chroot = needs::CHROOT.path()?;
    let enter = format!("{} '{}'", chroot.display(), place.display());
    let script = format!("#!/bin/sh\nexec env -i {enter} /thunderbird \"$@\"\n");
    put(&typed, script.as_bytes())?;
    fs::set_permissions(&typed, fs::Permissions::from_mode(0o755)).map_err(Failure::file(&typed))?;
    let walk = Walk {
        scratch: scratch.path(),
        folder: &outside,
        start: "target/release/thunderbird",
        isolation: Isolation::Everything,
    };
    walk.run()
}

/// Puts everything into the root; says what.
fn furnish(place: &Path, binary: &Path) -> Result<Vec<String>, Failure> {
    let linked = linked(binary)?;
    let mut held = vec!["/thunderbird".to_owned()];
    copy(binary, &place.join("thunderbird"))?;
    let certificates = CERTIFICATES.iter().find(|path| Path::new(path).is_file());
    let certificates = certificates.ok_or_else(|| {
        Failure::found("no certificates of authorities are here: apt-get install ca-certificates")
    })?;
    for path in linked.iter().map(String::as_str).chain([*certificates]) {
        copy(Path::new(path), &place.join(path.trim_start_matches('/')))?;
        held.push(path.to_owned());
    }
    Ok(held)
}

/// The libraries that a binary is linked with, which are the C library's and no others.
fn linked(binary: &Path) -> Result<Vec<String>, Failure> {
    let told = output(Command::new(needs::LDD.path()?).arg(binary))?;
    let mut paths = Vec::new();
    for line in told.lines().map(str::trim) {
        let named = line.split_once("=>").map_or(line, |(_, path)| path).trim();
        let path = named.split(" (").next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_loader = name.starts_with("ld-");
        if line.starts_with("linux-vdso") {
            continue;
        }
        if !is_loader && !ALLOWED.iter().any(|allowed| name.starts_with(allowed)) {
            return Err(Failure::found(format!("the binary is linked with {line}")));
        }
        paths.push(path.to_owned());
    }
    Ok(paths)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(Failure::file(parent))?;
    }
    fs::copy(from, to).map(drop).map_err(Failure::file(from))
}

fn put(file: &Path, content: &[u8]) -> Result<(), Failure> {
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(Failure::file(parent))?;
    }
    fs::write(file, content).map_err(Failure::file(file))
}
