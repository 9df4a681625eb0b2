//! The command: what it adopts, what it refuses, and that a refusal changes nothing.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
    process::Command,
};

use serde_json::Value;
use thunderbird_testkit::{legacy::Shape, service::Service};

use crate::{BINARY, WOMBAT, code, gentle, hostile, legacy, said};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .filter(|(name, _)| !["-shm", ".lock"].iter().any(|suffix| name.ends_with(suffix)))
        .collect()
}

#[test]
fn every_shape_is_adopted_and_a_second_run_has_nothing_to_do() {
    for shape in Shape::ALL {
        let builder = legacy(&hostile(shape));
        let tried = builder.run(&["adopt", "thunderbird.db", "--check"]);
        assert_eq!(code(&tried), 0, "{}", said(&tried));
        assert!(said(&tried).contains("Nothing was changed"), "{}", said(&tried));

        let adopted = builder.run(&["adopt", "thunderbird.db"]);
        assert_eq!(code(&adopted), 0, "{}", said(&adopted));
        let text = said(&adopted);
        assert!(text.contains(&format!("shape {}", shape.name())), "{text}");
        assert!(
            text.contains("listed: users not a phone: phone is not a phone number"),
            "{text}"
        );
        assert!(
            text.contains("carrying over ["),
            "there is a progress bar: {text}"
        );
        let report = fs::read(builder.folder().join("thunderbird.db.adopt-report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        for (table, [source, mapped, listed]) in shape.hostile_counts() {
            let counts = &report["tables"][table];
            assert_eq!(
                [&counts["source"], &counts["mapped"], &counts["listed"]],
                [source, mapped, listed]
            );
        }

        let before = files(builder.folder());
        let again = builder.run(&["adopt", "thunderbird.db"]);
        assert_eq!(code(&again), 0);
        assert!(said(&again).contains("nothing to do"), "{}", said(&again));
        assert_eq!(files(builder.folder()), before);
        let status = builder.run(&["migrate", "status"]);
        assert_eq!(code(&status), 0, "{}", said(&status));
    }
}

#[test]
fn serving_refuses_what_has_to_be_adopted_first() {
    let builder = legacy(&gentle(Shape::G3));
    let before = files(builder.folder());
    for arguments in [&["serve"][..], &[], &["migrate", "up"]] {
        let refused = builder.run(arguments);
        assert_eq!(code(&refused), 78, "{}", said(&refused));
        assert!(
            said(&refused).contains("thunderbird adopt thunderbird.db"),
            "{}",
            said(&refused)
        );
    }
    assert_eq!(files(builder.folder()), before);

    fs::write(builder.folder().join("thunderbird.db.adopting"), b"half").unwrap();
    let refused = builder.run(&["serve"]);
    assert_eq!(code(&refused), 78, "{}", said(&refused));
    assert!(
        said(&refused).contains("thunderbird adopt thunderbird.db"),
        "{}",
        said(&refused)
    );
    assert_eq!(
        code(&builder.run(&["adopt", "thunderbird.db"])),
        0,
        "it begins anew"
    );
    assert!(!builder.folder().join("thunderbird.db.adopting").exists());
    assert_eq!(code(&builder.run(&["migrate", "status"])), 0);
}

#[test]
fn serving_never_makes_a_database_beside_what_is_left_of_one() {
    let builder = legacy(&gentle(Shape::G3));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    fs::remove_file(builder.folder().join("thunderbird.db")).unwrap();
    let refused = builder.run(&["serve"]);
    assert_eq!(code(&refused), 78, "{}", said(&refused));
    assert!(said(&refused).contains(".legacy-"), "{}", said(&refused));
    assert!(!builder.folder().join("thunderbird.db").exists());
}

#[test]
fn what_cannot_be_adopted_is_refused_with_78_and_nothing_changes() {
    let builder = legacy("CREATE TABLE notes (id INTEGER PRIMARY KEY);");
    fs::write(builder.folder().join("hikers.csv"), "name,phone\n").unwrap();
    fs::create_dir(builder.folder().join("folder")).unwrap();
    for (file, reason) in [
        ("thunderbird.db", "it has no table users"),
        ("hikers.csv", "is not an SQLite database"),
        ("folder", "is not a file"),
        ("absent.db", "does not exist"),
    ] {
        for check in [true, false] {
            let arguments: Vec<_> = ["adopt", file]
                .into_iter()
                .chain(check.then_some("--check"))
                .collect();
            let refused = builder.run(&arguments);
            assert_eq!(code(&refused), 78, "{}", said(&refused));
            assert!(said(&refused).contains(reason), "{}", said(&refused));
        }
    }
    let names: Vec<_> = fs::read_dir(builder.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let wrong = builder.run(&["adopt", "thunderbird.db", "--legacy-timezone", "Hobart"]);
    assert_eq!(code(&wrong), 2, "{}", said(&wrong));
}

#[test]
fn a_file_that_may_not_be_read_is_refused() {
    let builder = legacy(&gentle(Shape::G3));
    let file = builder.folder().join("thunderbird.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything, so nobody asks; elsewhere we are somebody already.
    let nobody = rustix::process::geteuid().is_root().then_some(65_534);
    let binary = builder.folder().join("thunderbird");
    fs::copy(BINARY, &binary).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(builder.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&binary);
    command
        .current_dir(builder.folder())
        .env_clear()
        .args(["adopt", "thunderbird.db"]);
    if let Some(nobody) = nobody {
        command.uid(nobody);
    }
    let refused = command.output().unwrap();
    assert_eq!(code(&refused), 78, "{}", said(&refused));
    assert!(said(&refused).contains("cannot be read"), "{}", said(&refused));
}

#[test]
fn without_room_for_the_copy_nothing_changes() {
    let builder = legacy(&gentle(Shape::G3));
    let before = files(builder.folder());
    let cramped = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 32; exec \"$0\" adopt thunderbird.db",
            BINARY,
        ])
        .current_dir(builder.folder())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(code(&cramped), 1, "{}", said(&cramped));
    assert_eq!(files(builder.folder()), before, "{}", said(&cramped));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
}

#[tokio::test]
async fn a_running_service_is_not_adopted_under_its_feet() {
    let service = Service::builder(BINARY).start().await;
    let done = service.run(&["adopt", "thunderbird.db"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(said(&done).contains("nothing to do"), "{}", said(&done));
    assert_eq!(
        service
            .http()
            .get(service.url("/healthz"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn a_database_that_is_reached_by_a_link_is_locked_under_every_name() {
    let service = Service::builder(BINARY).start().await;
    std::os::unix::fs::symlink("thunderbird.db", service.folder().join("link.db")).unwrap();
    std::os::unix::fs::symlink("thunderbird.db.keys", service.folder().join("link.db.keys")).unwrap();
    let second = Command::new(BINARY)
        .args(["migrate", "up"])
        .current_dir(service.folder())
        .env_clear()
        .env("THUNDERBIRD_DB_PATH", "link.db")
        .output()
        .unwrap();
    assert_eq!(code(&second), 1, "{}", said(&second));
    assert!(
        said(&second).contains("Another thunderbird works on this database"),
        "{}",
        said(&second)
    );
}

/// In a file that somebody made by hand nothing need keep ids apart.
#[test]
fn of_rows_with_one_id_the_first_is_carried_over() {
    let twice = |table: &str| {
        format!("CREATE TABLE copy AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE copy RENAME TO {table};
        INSERT INTO {table} SELECT * FROM {table} WHERE id = 1;")
    };
    let sql = gentle(Shape::G3) + &twice("message_log") + &twice("safecheck_contacts") + &twice("accounts");
    let builder = legacy(&sql);
    for arguments in [
        &["adopt", "thunderbird.db", "--check"][..],
        &["adopt", "thunderbird.db"],
    ] {
        let adopted = builder.run(arguments);
        assert_eq!(code(&adopted), 0, "{}", said(&adopted));
        for table in ["message_log", "safecheck_contacts", "accounts"] {
            let line = format!("listed: {table} 1: another row has the same id");
            assert!(said(&adopted).contains(&line), "{}", said(&adopted));
        }
    }
}

#[test]
fn a_hiker_s_own_number_is_no_contact_and_a_column_of_theirs_called_id_is_no_key() {
    let sql = gentle(Shape::G3)
        + &format!(
            "ALTER TABLE users ADD COLUMN id TEXT; UPDATE users SET id = 'u-' || phone;
             INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name)
                 VALUES (77, '{WOMBAT}', '0491 570 006', 'Me');"
        );
    let builder = legacy(&sql);
    let adopted = builder.run(&["adopt", "thunderbird.db"]);
    assert_eq!(code(&adopted), 0, "{}", said(&adopted));
    assert!(
        said(&adopted).contains("listed: safecheck_contacts 77: contact_phone is the hiker's own number"),
        "{}",
        said(&adopted)
    );
}
