//! Backups of a running service, and putting one back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Output,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{
    eventually_holds,
    service::{Service, client::PASSWORD},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

async fn registered(service: &Service, email: &str) -> bool {
    service.web_register(email, PASSWORD).await.status == 201
}

async fn signed_in(service: &Service, email: &str) -> Option<String> {
    let answer = service.web_login(email, PASSWORD).await;
    answer.body["access_token"].as_str().map(str::to_owned)
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn mode(path: &PathBuf) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The files in the service's folder whose names contain this.
fn named(service: &Service, part: &str) -> Vec<String> {
    let files = fs::read_dir(service.folder()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(part)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_holds_everything_that_was_answered_before_it() {
    let mut service = Arc::new(Service::builder(BINARY).start().await);
    assert!(registered(&service, "ada@example.org").await);
    let token = signed_in(&service, "ada@example.org").await.unwrap();
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let writers: Vec<_> = (0..3)
        .map(|writer| {
            let (service, stop, answered) = (Arc::clone(&service), Arc::clone(&stop), Arc::clone(&answered));
            tokio::spawn(async move {
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let email = format!("hiker{writer}x{number}@example.org");
                    if registered(&service, &email).await {
                        answered.lock().unwrap().push(email);
                    }
                }
            })
        })
        .collect();
    eventually_holds("20 registrations", async || answered.lock().unwrap().len() >= 20).await;
    let before: Vec<String> = answered.lock().unwrap().clone();
    let saved = service.run(&["backup", "saved.db"]);
    assert!(saved.status.success(), "{}", text(&saved));
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    let (file, keys) = (
        service.folder().join("saved.db"),
        service.folder().join("saved.db.keys"),
    );
    assert_eq!((mode(&file), mode(&keys)), (0o600, 0o600));
    let again = service.run(&["backup", "saved.db"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));

    assert!(registered(&service, "late@example.org").await);
    let running = service.run(&["restore", "saved.db", "--yes"]);
    assert_eq!(running.status.code(), Some(1), "{}", text(&running));
    let inner = Arc::get_mut(&mut service).unwrap();
    inner.kill();
    let unasked = inner.run(&["restore", "saved.db"]);
    assert_eq!(unasked.status.code(), Some(1), "{}", text(&unasked));
    let restored = inner.run(&["restore", "saved.db", "--yes"]);
    assert!(restored.status.success(), "{}", text(&restored));
    inner.start_again().await;
    assert_eq!(service.me(&token).await, 200);
    for email in ["ada@example.org", before.first().unwrap(), before.last().unwrap()] {
        assert!(signed_in(&service, email).await.is_some(), "{email} is lost");
    }
    for email in &before {
        assert!(!registered(&service, email).await, "{email} is lost");
    }
    assert!(signed_in(&service, "late@example.org").await.is_none());
    assert_eq!(named(&service, ".db.before-restore-").len(), 1);
    assert_eq!(named(&service, ".keys.before-restore-").len(), 1);
    assert!(named(&service, ".restoring").is_empty());
}

#[tokio::test]
async fn what_is_no_whole_backup_changes_nothing() {
    let mut service = Service::builder(BINARY).start().await;
    assert!(registered(&service, "ada@example.org").await);
    assert!(service.run(&["backup", "good.db"]).status.success());
    assert!(service.terminate().await.success());
    let path = |name: &str| service.folder().join(name);
    let copy = |name: &str| {
        fs::copy(path("good.db"), path(name)).unwrap();
        fs::copy(path("good.db.keys"), path(&format!("{name}.keys"))).unwrap();
    };
    for name in [
        "damaged.db",
        "text.db",
        "keyless.db",
        "shared.db",
        "foreign.db",
        "used.db",
    ] {
        copy(name);
    }
    let mut bytes = fs::read(path("damaged.db")).unwrap();
    let half = bytes.len() / 2;
    bytes.iter_mut().skip(half).for_each(|byte| *byte = !*byte);
    fs::write(path("damaged.db"), bytes).unwrap();
    fs::write(path("text.db"), "Dear diary").unwrap();
    fs::remove_file(path("keyless.db.keys")).unwrap();
    fs::set_permissions(path("shared.db.keys"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(path("used.db-wal"), "").unwrap();
    let mut other = Service::builder(BINARY).start().await;
    assert!(other.run(&["backup", "other.db"]).status.success());
    fs::copy(other.folder().join("other.db.keys"), path("foreign.db.keys")).unwrap();
    assert!(other.terminate().await.success());

    let before = fs::read(service.database()).unwrap();
    for name in [
        "damaged.db",
        "text.db",
        "keyless.db",
        "shared.db",
        "foreign.db",
        "used.db",
        "absent.db",
    ] {
        let refused = service.run(&["restore", name, "--yes"]);
        assert_eq!(refused.status.code(), Some(1), "{name}: {}", text(&refused));
        assert!(text(&refused).contains(name), "{name}: {}", text(&refused));
        assert_eq!(fs::read(service.database()).unwrap(), before, "{name}");
    }
    assert!(named(&service, "before-restore").is_empty());
    service.start_again().await;
    assert!(signed_in(&service, "ada@example.org").await.is_some());
}

#[tokio::test]
async fn a_lost_machine_is_made_again_from_a_backup() {
    let mut old = Service::builder(BINARY).start().await;
    assert!(registered(&old, "ada@example.org").await);
    let token = signed_in(&old, "ada@example.org").await.unwrap();
    assert!(old.run(&["backup", "saved.db"]).status.success());
    assert!(old.terminate().await.success());

    let fresh = Service::builder(BINARY);
    for name in ["saved.db", "saved.db.keys"] {
        fs::copy(old.folder().join(name), fresh.folder().join(name)).unwrap();
    }
    let restored = fresh.run(&["restore", "saved.db"]);
    assert!(restored.status.success(), "{}", text(&restored));
    let service = fresh.start().await;
    assert_eq!(service.me(&token).await, 200);
    assert!(service.run(&["keys", "list"]).status.success());
}

#[tokio::test]
async fn a_restore_that_was_interrupted_is_not_served_as_a_new_database() {
    let mut service = Service::builder(BINARY).start().await;
    assert!(service.run(&["backup", "saved.db"]).status.success());
    assert!(service.terminate().await.success());
    let database = service.database();
    fs::rename(&database, service.folder().join("away.db")).unwrap();
    let restoring = format!("{}.restoring", database.display());
    fs::write(&restoring, "half of it").unwrap();
    let refused = service.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(78), "{}", text(&refused));
    let finished = service.run(&["restore", "saved.db"]);
    assert!(finished.status.success(), "{}", text(&finished));
    service.start_again().await;
}

fn change(database: &Path, sql: &str) {
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    connection.batch_execute(sql).unwrap();
}

/// Changes of the schema, and what is said of each.
const CHANGES: [(&str, &str); 8] = [
    (
        "CREATE TRIGGER swallow BEFORE INSERT ON messages WHEN NEW.direction = 'out' BEGIN SELECT RAISE(IGNORE); END;",
        "it has the trigger swallow of the table messages",
    ),
    (
        "CREATE TRIGGER legacy_late AFTER UPDATE ON users BEGIN DELETE FROM contacts; END;",
        "it has the trigger legacy_late of the table users",
    ),
    (
        "ALTER TABLE admins DROP COLUMN totp_key;",
        "the table admins lacks totp_key",
    ),
    (
        "ALTER TABLE users ADD COLUMN note TEXT;",
        "the table users has note",
    ),
    (
        "DROP TRIGGER messages_counted;",
        "it lacks the trigger messages_counted of the table messages",
    ),
    (
        "DROP INDEX messages_error; CREATE UNIQUE INDEX messages_error ON messages (error_code);",
        "the index messages_error of the table messages is not declared",
    ),
    (
        "CREATE VIEW legacy_view AS SELECT 1;",
        "it has the view legacy_view",
    ),
    (
        "CREATE TABLE legacy_hold (id INTEGER REFERENCES users (id));",
        "it has the table legacy_hold",
    ),
];

#[tokio::test]
async fn a_schema_that_is_not_the_migrations_is_named_by_restore_doctor_and_start() {
    let mut service = Service::builder(BINARY).start().await;
    assert!(registered(&service, "ada@example.org").await);
    assert!(service.run(&["backup", "good.db"]).status.success());
    assert!(service.terminate().await.success());
    let path = |name: &str| service.folder().join(name);
    let before = fs::read(service.database()).unwrap();
    fs::copy(path("good.db.keys"), path("bad.db.keys")).unwrap();
    for (sql, named) in CHANGES {
        fs::copy(path("good.db"), path("bad.db")).unwrap();
        change(&path("bad.db"), sql);
        let refused = service.run(&["restore", "bad.db", "--yes"]);
        assert_eq!(refused.status.code(), Some(1), "{sql}: {}", text(&refused));
        assert!(text(&refused).contains(named), "{sql}: {}", text(&refused));
        assert_eq!(fs::read(service.database()).unwrap(), before, "{sql}");

        change(&service.database(), sql);
        let served = service.run(&["serve"]);
        assert_eq!(served.status.code(), Some(78), "{sql}: {}", text(&served));
        assert!(text(&served).contains(named), "{sql}: {}", text(&served));
        let looked = service.run(&["doctor", "--offline"]);
        assert_eq!(looked.status.code(), Some(1), "{sql}: {}", text(&looked));
        assert!(text(&looked).contains(named), "{sql}: {}", text(&looked));
        for side in ["-wal", "-shm"] {
            drop(fs::remove_file(path(&format!("thunderbird.db{side}"))));
        }
        fs::write(service.database(), &before).unwrap();
    }
    service.start_again().await;
    assert!(signed_in(&service, "ada@example.org").await.is_some());
}

#[tokio::test]
async fn what_an_adoption_sqlite_and_litestream_keep_in_the_file_is_no_change() {
    let mut service = Service::builder(BINARY).start().await;
    assert!(registered(&service, "ada@example.org").await);
    assert!(service.terminate().await.success());
    change(
        &service.database(),
        "CREATE TABLE legacy_accounts (id INTEGER, email TEXT); CREATE INDEX legacy_email ON legacy_accounts (email); \
         CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); \
         CREATE TABLE _litestream_lock (id INTEGER); ANALYZE;",
    );
    service.start_again().await;
    assert!(service.run(&["backup", "kept.db"]).status.success());
    assert!(service.terminate().await.success());
    let restored = service.run(&["restore", "kept.db", "--yes"]);
    assert!(restored.status.success(), "{}", text(&restored));
    let looked = service.run(&["doctor", "--offline"]);
    assert!(looked.status.success(), "{}", text(&looked));
    service.start_again().await;
    assert!(signed_in(&service, "ada@example.org").await.is_some());
}
