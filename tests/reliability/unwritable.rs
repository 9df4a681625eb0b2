//! A file that cannot be written to: locked, on a full disk, read-only, on a disk that fails.

use std::{fs, path::Path, process::Command, time::Duration};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{Service, ServiceBuilder},
};

use super::{attempts::Attempts, effort::figure, oracle::Oracle, trace::strace};

fn builder(twilio: &FakeTwilio) -> ServiceBuilder {
    Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LOG", "error")
        .twilio(twilio)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_twelve_seconds_is_told_and_outlived() {
    let twilio = FakeTwilio::start().await;
    let service = builder(&twilio).start().await;
    let mut attempts = Attempts::default();
    assert!(attempts.text(&service).await);
    let mut other = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    other
        .batch_execute("PRAGMA busy_timeout=5000; BEGIN IMMEDIATE")
        .unwrap();
    let holding = tokio::task::spawn_blocking(move || {
        // The writer waits five seconds for each batch, and work of the service's own may wait before the text.
        std::thread::sleep(Duration::from_secs(12));
        other.batch_execute("ROLLBACK").unwrap();
    });
    assert!(
        !attempts.text(&service).await,
        "the writer waits five seconds and no more"
    );
    let refused = attempts.until_acknowledged(&service).await + 1;
    holding.await.unwrap();
    for _ in 0..20 {
        assert!(attempts.text(&service).await, "{:?}", attempts.statuses);
    }
    attempts
        .settle(&service, &mut Oracle::of(&service.database()))
        .await;
    figure(&format!(
        "locked for 12 s by another process: {refused} refused, 0 false 2xx, recovered by itself"
    ));
}

/// Mounts something; only in mounts of our own, which `cargo xtask disk` makes.
pub(super) fn mount(arguments: &[&str], folder: &Path) {
    let mounted = Command::new("mount").args(arguments).current_dir(folder).status();
    assert!(
        mounted.is_ok_and(|status| status.success()),
        "nothing can be mounted here: use `cargo xtask disk`"
    );
}

/// Fills a disk to the last byte.
pub(super) fn fill(ballast: &Path) {
    let file = fs::File::create(ballast).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while std::io::Write::write(&mut &file, &vec![0; size]).is_ok_and(|written| written > 0) {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "mounts a disk of its own: cargo xtask disk"]
async fn a_full_disk_is_told_and_outlived() {
    let twilio = FakeTwilio::start().await;
    let builder = builder(&twilio).env("THUNDERBIRD_DB_PATH", "disk/thunderbird.db");
    let disk = builder.folder().join("disk");
    fs::create_dir(&disk).unwrap();
    mount(
        &["-t", "tmpfs", "-o", "size=32m", "tmpfs", "disk"],
        builder.folder(),
    );
    let service = builder.start().await;
    let mut oracle = Oracle::of(&disk.join("thunderbird.db"));
    let mut attempts = Attempts::default();
    for _ in 0..50 {
        assert!(attempts.text(&service).await);
    }
    let (email, password) = ("ada@example.org", "a long walk in the rain");
    assert_eq!(service.web_register(email, password).await.status, 201);
    let access = service.web_login(email, password).await.tokens().access;
    assert_eq!(
        service.me(&access).await,
        200,
        "the first use of a session is written down"
    );
    let ballast = disk.join("ballast");
    let mut refused = 0;
    for round in 0..3 {
        fill(&ballast);
        // The log is a file that is used again, so texts find room in it until it is full.
        for _ in 0..1_000 {
            refused += usize::from(!attempts.text(&service).await);
            if refused > 20 * (round + 1) {
                break;
            }
        }
        assert!(
            refused > 20 * (round + 1),
            "the disk is not full: {:?}",
            attempts.statuses
        );
        attempts.assert_stored(&mut oracle);
        let registered = service
            .web_register(&format!("ben{round}@example.org"), password)
            .await;
        assert!([500, 503].contains(&registered.status), "{}", registered.text);
        assert_eq!(service.me(&access).await, 200, "reading goes on");
        assert_eq!(service.web("GET", "/readyz", None, None).await.status, 503);
        fs::remove_file(&ballast).unwrap();
        attempts.until_acknowledged(&service).await;
        for _ in 0..20 {
            assert!(attempts.text(&service).await, "{:?}", attempts.statuses);
        }
        let registered = service
            .web_register(&format!("eve{round}@example.org"), password)
            .await;
        assert_eq!(registered.status, 201, "{}", registered.text);
    }
    attempts.settle(&service, &mut oracle).await;
    figure(&format!(
        "disk full (tmpfs of 32 MiB) three times: {refused} refused, 0 false 2xx, recovered by itself"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "mounts a disk of its own: cargo xtask disk"]
async fn a_read_only_file_stops_the_start_and_says_so() {
    let twilio = FakeTwilio::start().await;
    let builder = builder(&twilio).env("THUNDERBIRD_DB_PATH", "disk/thunderbird.db");
    let folder = builder.folder().to_owned();
    fs::create_dir(folder.join("disk")).unwrap();
    let mut service = builder.start().await;
    assert!(Attempts::default().text(&service).await);
    assert!(service.terminate().await.success());
    mount(&["--bind", "disk", "disk"], &folder);
    mount(&["-o", "remount,bind,ro", "disk"], &folder);
    let refused = service.run(&["serve"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        matches!(refused.status.code(), Some(1 | 78)),
        "{:?}: {said}",
        refused.status
    );
    assert!(said.contains("thunderbird.db"), "{said}");
    mount(&["-o", "remount,bind,rw", "disk"], &folder);
    service.start_again().await;
    assert!(Attempts::default().text(&service).await);
    figure("read-only at the start: refused, named; served again when writable");
}

/// The service while some calls on its log fail, counted from its start. How many texts were refused.
async fn failing(calls: &str, error: &str, when: &str) -> usize {
    let twilio = FakeTwilio::start().await;
    let builder = builder(&twilio);
    let log = builder.folder().join("thunderbird.db-wal");
    let inject = format!("inject={calls}:error={error}:when={when}");
    let trace = format!("trace={calls}");
    let strace = strace();
    let line = [
        strace.to_str().unwrap(),
        "-D",
        "-f",
        "-P",
        log.to_str().unwrap(),
        "-e",
        &trace,
        "-e",
        &inject,
    ];
    let line = line
        .into_iter()
        .chain(["-e", "signal=none", "-o", "/dev/null"])
        .map(str::to_owned);
    let service = builder.inside(line).start().await;
    let mut oracle = Oracle::of(&service.database());
    let mut attempts = Attempts::default();
    for _ in 0..400 {
        let acknowledged = attempts.text(&service).await;
        if acknowledged && !attempts.refused.is_empty() {
            break;
        }
    }
    attempts.assert_stored(&mut oracle);
    let refused = attempts.refused.len();
    assert!(refused >= 5, "{:?}", attempts.statuses);
    attempts.settle(&service, &mut oracle).await;
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace: cargo xtask trace"]
async fn a_disk_that_turns_read_only_is_told_and_outlived() {
    let refused = failing("pwrite64", "EROFS", "800..830").await;
    figure(&format!(
        "disk turned read-only under it: {refused} refused, 0 false 2xx, recovered by itself"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace: cargo xtask trace"]
async fn a_sync_that_fails_is_told_and_outlived() {
    let refused = failing("fsync,fdatasync", "EIO", "60..90").await;
    figure(&format!(
        "syncs of the log fail: {refused} refused, 0 false 2xx, recovered by itself"
    ));
}
