//! Disks that are no place for a database: what the kernel says of them is made up by strace, or is true of a small disk in
//! a mount namespace of its own. `cargo xtask wrong-disks` runs these.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "doctor/found.rs"]
mod found;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use tempfile::TempDir;
use thunderbird_testkit::service::{Service, ServiceBuilder};

use self::found::Found;

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const MEBIBYTE: u64 = 1024 * 1024;

/// The binary, run by a script that puts it onto the disk in question.
struct Elsewhere {
    folder: TempDir,
}

impl Elsewhere {
    fn by(command: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("thunderbird");
        let text = format!("#!/bin/sh\nexport PATH=/usr/sbin:/usr/bin:/sbin:/bin\n{command}\n");
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// On a disk of which `statfs` says that it is of this kind (the number as it lies in memory).
    fn of_kind(kind: &str) -> Self {
        Self::by(&format!(
            "exec strace -f -qq -o /dev/null -e trace=statfs -e inject=statfs:poke_exit=@arg2={kind} {BINARY} \"$@\""
        ))
    }

    /// On an empty disk of this size.
    fn of_size(bytes: u64) -> Self {
        Self::by(&format!(
            "exec unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size={bytes} none \"$0\" && cd \"$0\" && exec \
             {BINARY} \"$@\"' \"$PWD\" \"$@\""
        ))
    }

    fn builder(&self) -> ServiceBuilder {
        Service::builder(self.folder.path().join("thunderbird").to_str().unwrap())
    }
}

fn is_empty(folder: &Path) -> bool {
    !folder.join("thunderbird.db").exists() && !folder.join("thunderbird.db.keys").exists()
}

#[test]
#[ignore = "needs strace: cargo xtask wrong-disks"]
fn a_database_on_a_network_disk_is_named_and_refused() {
    for (kind, name) in [
        ("6969000000000000", "NFS"),
        ("424d53ff00000000", "SMB"),
        ("9719020100000000", "9P"),
    ] {
        let disk = Elsewhere::of_kind(kind);
        let builder = disk.builder();
        let fix = format!(
            "is on a network disk ({name}), where SQLite can lose data; move it to a disk of this machine"
        );
        Found::of(&builder.run(&["doctor", "--json"])).has("problem THUNDERBIRD_DB_PATH", &fix);
        for command in [&["serve"][..], &["migrate", "up"]] {
            let refused = builder.run(command);
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(78), "{command:?}: {said}");
            assert!(said.contains(&fix), "{command:?}: {said}");
            assert!(is_empty(builder.folder()), "{command:?}");
        }
    }
}

#[test]
#[ignore = "needs strace: cargo xtask wrong-disks"]
fn a_disk_of_another_program_is_to_be_looked_at() {
    let disk = Elsewhere::of_kind("4655736500000000");
    let found = Found::of(&disk.builder().run(&["doctor", "--json"]));
    found.has(
        "advice THUNDERBIRD_DB_PATH",
        "be sure that it is this machine's own",
    );
}

#[tokio::test]
#[ignore = "needs unshare and a machine that lets users have namespaces: cargo xtask wrong-disks"]
async fn a_disk_with_little_room_is_named_and_reported() {
    let disk = Elsewhere::of_size(200 * MEBIBYTE);
    let builder = disk.builder();
    let found = Found::of(&builder.run(&["doctor", "--json"]));
    found.has(
        "problem disk",
        "MiB are free beside the database; make it at least 256 MiB",
    );
    let mut service = builder.start().await;
    let ready = service.http().get(service.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let alive = service.http().get(service.url("/healthz")).send().await.unwrap();
    assert_eq!(alive.status(), 200);
    let warned = service
        .output()
        .lines()
        .any(|line| line.contains("WARN") && line.contains("less than 256 MiB"));
    assert!(warned, "{}", service.output());
    assert!(service.terminate().await.success());
    let room = Elsewhere::of_size(400 * MEBIBYTE);
    let found = Found::of(&room.builder().run(&["doctor", "--json"]));
    found.has("ok disk", "MiB are free");
    let service = room.builder().start().await;
    let ready = service.http().get(service.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
}
