//! A newcomer's first minutes: a fresh clone, nothing fetched after `cargo fetch`, an emptied environment, the
//! README's two commands and its tour as written.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use tempfile::TempDir;

use crate::{
    failure::Failure,
    needs,
    process::{cargo, debug_binary, output, root, run},
    walk::{Isolation, Walk, emptied},
};

/// How large the released binary may be, in bytes.
const LARGEST: u64 = 25 * 1024 * 1024;

/// The clone whose release was begun while other tasks ran.
static AHEAD: Mutex<Option<Ahead>> = Mutex::new(None);

/// A fresh clone, and the build of its release.
struct Ahead {
    clone: FreshClone,
    build: Child,
}

/// A fresh clone of what is committed, in a folder that is deleted with it.
struct FreshClone {
    scratch: TempDir,
    folder: PathBuf,
    built: PathBuf,
}

impl FreshClone {
    fn fetched() -> Result<Self, Failure> {
        let scratch = TempDir::new().map_err(Failure::file("scratch"))?;
        let folder = scratch.path().join("thunderbird");
        output(
            Command::new("git")
                .args(["clone", "--quiet", "--no-hardlinks"])
                .arg(root())
                .arg(&folder),
        )?;
        // Outside of the clone, so that a second run builds only what changed.
        let built = root().join("target/first-run");
        fs::create_dir_all(&built).map_err(Failure::file(&built))?;
        symlink(&built, folder.join("target")).map_err(Failure::file(&built))?;
        run(cargo().args(["fetch", "--locked"]).current_dir(&folder))?;
        Ok(Self {
            scratch,
            folder,
            built,
        })
    }
}

/// Begins to build the release of a fresh clone with what the other tasks leave of the processor. They wait a lot, and the
/// end of the build uses one core only; [`check`] then finds most of it done.
pub fn begin() -> Result<(), Failure> {
    // Without these the walk is left out, and nothing would wait for the build.
    for need in [needs::BASH, needs::CURL, needs::PYTHON] {
        need.require()?;
    }
    let clone = FreshClone::fetched()?;
    let file = clone.scratch.path().join("ahead.log");
    let log = File::create(&file).map_err(Failure::file(&file))?;
    let isolation = isolation()?;
    let mut command = isolation.command("nice");
    emptied(&mut command, clone.scratch.path(), &[])?;
    let build = command
        .args(["-n", "19", "cargo", "build", "--release"])
        .current_dir(&clone.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(Failure::file("nice"))?;
    let mut ahead = AHEAD
        .lock()
        .map_err(|poisoned| Failure::found(poisoned.to_string()))?;
    *ahead = Some(Ahead { clone, build });
    Ok(())
}

/// The clone whose release was begun, as far as that went, or a new one.
fn fresh_clone() -> Result<FreshClone, Failure> {
    let begun = AHEAD.lock().ok().and_then(|mut ahead| ahead.take());
    let Some(Ahead { clone, mut build }) = begun else {
        return FreshClone::fetched();
    };
    // A build that failed fails once more on the walk, where it is reported.
    let ended = build.wait().map_err(Failure::file("cargo build"))?;
    println!("the release was begun while other tasks ran: {ended}");
    Ok(clone)
}

/// Builds a fresh clone without a network, runs it, walks the tour, stops it.
pub fn check() -> Result<(), Failure> {
    let clone = fresh_clone()?;
    newcomer(clone.scratch.path(), &clone.folder, "cargo run --release")?;
    let binary = clone.built.join("release/thunderbird");
    small(&binary)?;
    links_libc_only(&binary)
}

/// No database's or TLS library is needed where the service runs.
fn links_libc_only(binary: &Path) -> Result<(), Failure> {
    let links = output(Command::new("ldd").arg(binary))?;
    let strangers = strangers(&links);
    if strangers.is_empty() {
        return Ok(());
    }
    let told = format!("{} links {}", binary.display(), strangers.join(", "));
    Err(Failure::found(told))
}

/// What `ldd` names apart from the C library, its loader and what the kernel and the compiler bring.
fn strangers(links: &str) -> Vec<&str> {
    let names = links.lines().filter_map(|line| line.split_whitespace().next());
    let own = [
        "linux-vdso.",
        "ld-linux-",
        "libc.",
        "libm.",
        "libgcc_s.",
        "statically",
    ];
    names
        .filter(|name| {
            let file = name.rsplit('/').next().unwrap_or(name);
            !own.iter().any(|start| file.starts_with(start))
        })
        .collect()
}

fn small(binary: &Path) -> Result<(), Failure> {
    let size = fs::metadata(binary).map_err(Failure::file(binary))?.len();
    if size > LARGEST {
        let told = format!("{} has {size} bytes, more than {LARGEST}", binary.display());
        return Err(Failure::found(told));
    }
    Ok(())
}

/// No network, unless the machine does not permit that and `--allow-missing` says so.
fn isolation() -> Result<Isolation, Failure> {
    if needs::NAMESPACES.may_be_missing() && !needs::NAMESPACES.is_there() {
        println!("--allow-missing names namespaces: the network is not cut off");
        return Ok(Isolation::None);
    }
    needs::NAMESPACES.require()?;
    Ok(Isolation::Network)
}

fn newcomer(scratch: &Path, folder: &Path, start: &str) -> Result<(), Failure> {
    let walk = Walk {
        scratch,
        folder,
        start,
        isolation: isolation()?,
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

#[cfg(test)]
mod tests {
    use super::strangers;

    #[test]
    fn a_library_that_is_not_the_c_library_is_named() {
        let links = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibgcc_s.so.1 => /lib/libgcc_s.so.1 (0x00007f3a)\n\
                     \tlibm.so.6 => /lib/libm.so.6 (0x00007f39)\n\tlibc.so.6 => /lib/libc.so.6 (0x00007f38)\n\
                     \t/lib64/ld-linux-x86-64.so.2 (0x00007f3b)\n";
        assert!(strangers(links).is_empty());
        let more =
            format!("{links}\tlibpq.so.5 => /lib/libpq.so.5 (0x00007f37)\n\tlibssl.so.3 => not found\n");
        assert_eq!(strangers(&more), ["libpq.so.5", "libssl.so.3"]);
    }
}
