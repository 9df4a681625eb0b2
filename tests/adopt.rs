//! A database of the Python version, taken over by the real binary: its hikers and its accounts go on as they were.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
    process::{Command, Output},
};

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _, dsl::sql,
    sql_types::Text,
};
use serde_json::Value;
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    legacy::{PASSWORD_DECOMPOSED, PASSWORD_PLATYPUS, PASSWORD_WOMBAT, PHC_DECOMPOSED, Shape},
    service::{Service, ServiceBuilder},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const WOMBAT: &str = "+61491570006";
const MUM: &str = "+61491571266";
const DAD: &str = "+61491571491";

/// A service that is not started yet, with a legacy file in its folder.
fn legacy(sql: &str) -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    make(&builder.folder().join("thunderbird.db"), sql);
    builder
}

fn make(path: &Path, sql: &str) {
    let mut python = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    python.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    python.batch_execute(sql).unwrap();
}

fn gentle(shape: Shape) -> String {
    shape.schema() + &shape.gentle_rows()
}

fn hostile(shape: Shape) -> String {
    shape.schema() + &shape.hostile_rows()
}

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

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

async fn sign_in(service: &Service, email: &str, password: &str) -> (u16, Value) {
    let form = [("username", email), ("password", password)];
    let answer = service
        .http()
        .post(service.url("/auth/token"))
        .form(&form)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
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
async fn adopted_accounts_sign_in_with_their_old_passwords() {
    let more = format!(
        "INSERT INTO accounts (id, email, password_hash, phone, created_at, updated_at) VALUES
         (7, 'ruby@example.org', '{PHC_DECOMPOSED}', NULL, '2026-01-10T01:35:25', '2026-01-10T01:35:25'),
         (8, 'ADA@example.org', '{PHC_DECOMPOSED}', NULL, '2026-01-10T01:35:25', '2026-01-10T01:35:25'),
         (9, 'bob@example.org', '$2b$12$abcdefghijklmnopqrstuuRXUZ5yqKs0TkYwzTJnIQ8hJwDpjqTeW', NULL,
             '2026-01-10T01:35:25', '2026-01-10T01:35:25');"
    );
    let builder = legacy(&(gentle(Shape::G3) + &more));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    for (email, password, id) in [
        ("ada@example.org", PASSWORD_WOMBAT, 1),
        ("Grace@Example.org", PASSWORD_PLATYPUS, 2),
        ("ruby@example.org", PASSWORD_DECOMPOSED, 7),
    ] {
        // Twice: the second time the hash may have been renewed.
        for _ in 0..2 {
            let (status, tokens) = sign_in(&service, email, password).await;
            assert_eq!(status, 200, "{email}: {tokens}");
            let me = service
                .http()
                .get(service.url("/auth/me"))
                .bearer_auth(tokens["access_token"].as_str().unwrap())
                .send()
                .await
                .unwrap();
            assert_eq!(me.status(), 200);
            let me: Value = me.json().await.unwrap();
            assert_eq!(me["id"], id);
            assert_eq!(me["phone"], Value::Null, "a claim is not a link");
        }
    }
    for (email, password) in [
        ("ada@example.org", PASSWORD_PLATYPUS),
        ("ada@example.org", PASSWORD_DECOMPOSED),
        ("bob@example.org", "whatever it was"),
    ] {
        assert_eq!(sign_in(&service, email, password).await.0, 401, "{email}");
    }
}

#[tokio::test]
async fn an_account_whose_address_was_taken_signs_in_once_an_operator_gives_it_another() {
    let builder = legacy(&hostile(Shape::G3));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    let give = |id: &str, address: &str| service.run(&["account", "readdress", id, address]);
    for (id, address, reason) in [
        ("1", "new@example.org", "was carried over"),
        ("99", "new@example.org", "no account 99"),
        (
            "2",
            "ADA@example.org",
            "Another account has the address ada@example.org",
        ),
        ("2", "nobody", "address"),
    ] {
        let refused = give(id, address);
        assert_eq!(code(&refused), 1, "{id} {address}: {}", said(&refused));
        assert!(said(&refused).contains(reason), "{reason}: {}", said(&refused));
    }
    let done = give("2", "New-Address@example.org");
    assert_eq!(code(&done), 0, "{}", said(&done));
    assert!(
        said(&done).contains("account 2 signs in as new-address@example.org"),
        "{}",
        said(&done)
    );
    assert_eq!(code(&give("2", "third@example.org")), 1, "once only");
    let verified = service.run(&["audit", "verify"]);
    assert_eq!(code(&verified), 0, "{}", said(&verified));
    let (status, tokens) = sign_in(&service, "new-address@example.org", PASSWORD_PLATYPUS).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(
        sign_in(&service, "ada@example.org", PASSWORD_PLATYPUS).await.0,
        401
    );
    assert_eq!(sign_in(&service, "ada@example.org", PASSWORD_WOMBAT).await.0, 200);
}

#[tokio::test]
async fn adopted_hikers_go_on_by_text_as_if_nothing_had_happened() {
    let twilio = FakeTwilio::start().await;
    let builder = legacy(&gentle(Shape::G3)).twilio(&twilio);
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    let status = service.text(WOMBAT, "STATUS").await.message();
    for word in ["Wombat", "Overland", "Windermere"] {
        assert!(status.contains(word), "{word}: {status}");
    }
    let list = service.text(WOMBAT, "SAFELIST").await.message();
    assert!(list.contains("Mum") && list.contains("Dad"), "{list}");

    let checked_in = service.text(WOMBAT, "CHECKIN PELIO").await.message();
    assert!(checked_in.contains("Pelion"), "{checked_in}");
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    let notices: Vec<(String, String)> =
        sql::<(Text, Text)>("SELECT phone, body FROM messages WHERE class = 'safety' ORDER BY phone")
            .load(&mut db)
            .unwrap();
    let told: BTreeMap<_, _> = notices
        .iter()
        .map(|(to, body)| (to.as_str(), body.as_str()))
        .collect();
    assert_eq!(told.keys().copied().collect::<Vec<_>>(), [MUM, DAD]);
    assert!(
        told[MUM].contains("Wombat") && told[MUM].contains("Pelion"),
        "{}",
        told[MUM]
    );

    let again = service.text(WOMBAT, "START").await.message();
    assert!(
        again.contains("CHANGE"),
        "a registered hiker is asked before a registration is replaced: {again}"
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

/// The Python version let a check-in outlive a change of route.
#[tokio::test]
async fn a_place_that_the_route_lacks_is_told_by_its_code() {
    let sql = gentle(Shape::G3)
        + &format!(
            "UPDATE users SET current_position = 'LAKEO', last_checkin_at = '2026-04-05T02:30:00' WHERE phone = '{WOMBAT}';"
        );
    let twilio = FakeTwilio::start().await;
    let builder = legacy(&sql).twilio(&twilio);
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    let status = service.text(WOMBAT, "STATUS").await.message().replace('\n', " ");
    assert!(
        status.contains("Last check-in: LAKEO, Sun 5 Apr 2:30 am AEST"),
        "{status}"
    );
}

/// A wrong clock, or a wrong `--legacy-timezone`.
#[tokio::test]
async fn a_check_in_that_lies_in_the_future_silences_nobody() {
    let sql = gentle(Shape::G3)
        + &format!(
            "UPDATE users SET current_position = 'PELIO', last_checkin_at = '2099-01-01T00:00:00' WHERE phone = '{WOMBAT}';"
        );
    let twilio = FakeTwilio::start().await;
    let builder = legacy(&sql).twilio(&twilio);
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let service = builder.start().await;
    let told = service.text(WOMBAT, "CHECKIN PELIO").await.message();
    assert!(told.contains("2 contacts will be told"), "{told}");
}

/// An id that leaves no larger one would be the last: SQLite gives out no more, and no text could be stored.
#[tokio::test]
async fn ids_at_the_end_of_all_numbers_are_listed_and_the_service_goes_on() {
    let last = i64::MAX;
    let sql = gentle(Shape::G3)
        + &format!(
            "INSERT INTO message_log (id, user_phone, direction, content, sent_at)
                 VALUES ({last}, '{WOMBAT}', 'inbound', 'HELP', '2026-01-19 08:41:30');
             INSERT INTO safecheck_contacts (id, user_phone, contact_phone, contact_name)
                 VALUES ({last}, '{WOMBAT}', '+61491572549', 'Last');
             INSERT INTO accounts (id, email, password_hash, created_at, updated_at)
                 VALUES ({last}, 'last@example.org', '{PHC_DECOMPOSED}', '2026-01-10T01:35:25', '2026-01-10T01:35:25');"
        );
    let twilio = FakeTwilio::start().await;
    let builder = legacy(&sql).twilio(&twilio);
    let adopted = builder.run(&["adopt", "thunderbird.db"]);
    assert_eq!(code(&adopted), 0, "{}", said(&adopted));
    for table in ["message_log", "safecheck_contacts", "accounts"] {
        let line = format!("listed: {table} {last}: id is too large to go on counting from");
        assert!(said(&adopted).contains(&line), "{}", said(&adopted));
    }
    let service = builder.start().await;
    let added = service.text(WOMBAT, "SAFE 0491572665 Kim").await.message();
    assert!(added.contains("Kim is contact"), "{added}");
    let wanted = serde_json::json!({"email": "new@example.org", "password": "kea nest on the ridge"});
    let registered = service.http().post(service.url("/auth/register")).json(&wanted);
    assert_eq!(registered.send().await.unwrap().status(), 201);
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

#[test]
#[ignore = "needs the diesel command: cargo xtask migrations"]
fn the_diesel_command_finds_the_committed_schema_in_an_adopted_file() {
    let builder = legacy(&hostile(Shape::G4));
    assert_eq!(code(&builder.run(&["adopt", "thunderbird.db"])), 0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let diesel = |arguments: &[&str]| {
        let command = std::env::var_os("DIESEL").unwrap_or_else(|| "diesel".into());
        let output = Command::new(command)
            .args(arguments)
            .current_dir(&root)
            .env("DATABASE_URL", builder.folder().join("thunderbird.db"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let committed = fs::read_to_string(root.join("crates/adapters/src/store/schema.rs")).unwrap();
    assert_eq!(diesel(&["print-schema"]), committed);
    assert!(
        !diesel(&["migration", "list"]).contains("[ ]"),
        "no migration is pending"
    );
}
