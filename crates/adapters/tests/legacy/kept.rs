//! The legacy rows are kept word for word, in the new file and in the old one.

use super::*;

/// A table's rows with their types, in order of their text.
fn verbatim(conn: &mut SqliteConnection, table: &str, columns: &[&str]) -> Vec<String> {
    let cells: Vec<String> = columns
        .iter()
        .map(|column| format!("typeof(\"{column}\") || ' ' || quote(\"{column}\")"))
        .collect();
    let query = format!(
        "SELECT {} AS line FROM \"{table}\" ORDER BY 1",
        cells.join(" || ', ' || ")
    );
    lines(conn, &query)
}

#[test]
fn every_table_is_kept_word_for_word() {
    let legacy = Legacy::hostile(Shape::G4);
    let tables: [(&str, &str, &[&str]); 9] = [
        (
            "users",
            "legacy_users",
            &[
                "phone",
                "route_id",
                "start_date",
                "trail_name",
                "last_checkin_at",
                "unit_system",
            ],
        ),
        (
            "safecheck_contacts",
            "legacy_safecheck_contacts",
            &["id", "user_phone", "contact_phone", "contact_name"],
        ),
        (
            "message_log",
            "legacy_message_log",
            &["id", "user_phone", "content", "segments", "cost_aud", "success"],
        ),
        (
            "accounts",
            "legacy_accounts",
            &["id", "email", "password_hash", "phone", "stripe_customer_id"],
        ),
        ("alembic_version", "legacy_alembic_version", &["version_num"]),
        (
            "custom_waypoints",
            "legacy_custom_waypoints",
            &["id", "sms_code", "lat"],
        ),
        (
            "field \"\"notes",
            "legacy_field \"\"notes",
            &["we ird", "select", "b"],
        ),
        ("pairs", "legacy_pairs", &["a", "b"]),
        ("schema", "legacy_schema_", &["id", "note"]),
    ];
    let mut before = legacy.connect();
    let expected: Vec<_> = tables
        .map(|(table, _, columns)| verbatim(&mut before, table, columns))
        .into();
    drop(before);
    legacy.adopt().unwrap();
    let mut after = legacy.connect();
    for ((table, kept, columns), expected) in tables.into_iter().zip(expected) {
        assert!(!expected.is_empty());
        assert_eq!(verbatim(&mut after, kept, columns), expected, "{table}");
    }
}

#[test]
fn indexes_triggers_and_views_are_kept_as_text() {
    let legacy = Legacy::hostile(Shape::G1);
    let query = "SELECT type || ' ' || name || ' ' || coalesce(sql, '-') AS line FROM ";
    let expected = lines(
        &mut legacy.connect(),
        &format!("{query} sqlite_schema ORDER BY 1"),
    );
    assert!(expected.iter().any(|line| line.starts_with("trigger touched")));
    legacy.adopt().unwrap();
    let mut after = legacy.connect();
    assert_eq!(
        lines(&mut after, &format!("{query} legacy_schema ORDER BY 1")),
        expected
    );
    let kept = "SELECT name || ' ' || copied_as AS line FROM legacy_schema WHERE name IN ('users', 'schema') ORDER BY 1";
    assert_eq!(
        lines(&mut after, kept),
        ["schema legacy_schema_", "users legacy_users"]
    );
}

#[test]
fn the_legacy_file_is_kept_and_is_what_it_was() {
    let legacy = Legacy::hostile(Shape::G3);
    let before = fs::read(legacy.path()).unwrap();
    let report = legacy.adopt().unwrap();
    let kept = report.kept_as.clone().unwrap();
    assert_eq!(
        kept.file_name().unwrap(),
        "thunderbird.db.legacy-20261119T074000Z"
    );
    assert_eq!(fs::read(&kept).unwrap(), before);
    assert_eq!(
        legacy.names(),
        [
            "thunderbird.db",
            "thunderbird.db.adopt-report.json",
            "thunderbird.db.legacy-20261119T074000Z"
        ]
    );
}

#[test]
fn what_lies_in_a_write_ahead_log_is_adopted_too_and_none_is_left_to_be_replayed() {
    let legacy = Legacy::gentle(Shape::G3);
    let log = {
        let mut python = legacy.connect();
        python
            .batch_execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")
            .unwrap();
        python
            .batch_execute(
                "INSERT INTO users (phone, route_id, trail_name, created_at)
                 VALUES ('+61491570157', 'overland_track', 'Echidna', '2026-01-12 08:00:00');",
            )
            .unwrap();
        // What a crash leaves: the log as it is while the writer lives.
        (
            fs::read(legacy.path()).unwrap(),
            fs::read(legacy.folder.path().join("thunderbird.db-wal")).unwrap(),
        )
    };
    fs::write(legacy.path(), &log.0).unwrap();
    fs::write(legacy.folder.path().join("thunderbird.db-wal"), &log.1).unwrap();
    assert!(!log.0.windows(7).any(|bytes| bytes == b"Echidna"));
    let before = legacy.files();
    assert_eq!(
        legacy
            .check()
            .unwrap()
            .tables
            .iter()
            .find(|counts| counts.table == "users")
            .unwrap()
            .mapped,
        3
    );
    assert_eq!(
        legacy.files(),
        before,
        "a trial leaves file and log byte for byte as they were"
    );

    let report = legacy.adopt().unwrap();
    assert_eq!(
        lines(
            &mut legacy.connect(),
            "SELECT trail_name AS line FROM users ORDER BY id"
        ),
        ["Wombat", "Platypus", "Echidna"]
    );
    let kept = report.kept_as.unwrap();
    assert_eq!(
        lines(
            &mut open(&kept),
            "SELECT trail_name AS line FROM users ORDER BY rowid"
        ),
        ["Wombat", "Platypus", "Echidna"]
    );
    assert!(
        !legacy
            .names()
            .iter()
            .any(|name| name.ends_with("-wal") || name.ends_with("-journal"))
    );
}

#[test]
fn the_report_file_has_every_count_and_every_reason() {
    let legacy = Legacy::hostile(Shape::G4);
    let report = legacy.adopt().unwrap();
    let text = fs::read_to_string(report.path()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["shape"], "G4");
    assert_eq!(json["alembic_revision"], "8a0e5cff6950");
    assert_eq!(json["legacy_timezone"], "Australia/Hobart");
    let counts = &json["tables"]["users"];
    assert_eq!(
        (&counts["source"], &counts["mapped"], &counts["listed"]),
        (&12.into(), &7.into(), &5.into())
    );
    assert_eq!(json["tables"]["orders"]["listed"], 2);
    assert_eq!(json["tables"]["orders"]["kept_as"], "legacy_orders");
    for (table, counts) in json["tables"].as_object().unwrap() {
        let listed = json["listed"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["table"] == table.as_str());
        let rows = listed.clone().filter(|line| line["key"] != "*").count() as u64;
        let whole = listed.clone().any(|line| line["key"] == "*");
        assert!(whole || rows == counts["listed"].as_u64().unwrap(), "{table}");
    }
    assert!(
        json["listed"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| !line["reason"].as_str().unwrap().is_empty())
    );
    assert!(!json["notes"].as_array().unwrap().is_empty());
}

#[test]
fn the_report_escapes_what_could_steer_a_terminal() {
    let sql = Shape::G2.schema()
        + "INSERT INTO users (phone, route_id) VALUES ('bell' || char(7) || char(27) || '[2J', 'overland_track');";
    let shown = Legacy::of(&sql).adopt().unwrap().to_string();
    assert!(shown.contains("\\u{1b}[2J"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'));
}

#[test]
fn the_new_file_has_the_mode_of_the_old_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let legacy = Legacy::gentle(Shape::G2);
    fs::set_permissions(legacy.path(), fs::Permissions::from_mode(0o640)).unwrap();
    let report = legacy.adopt().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&legacy.path()), 0o640);
    assert_eq!(mode(&report.path()), 0o600, "the report is full of numbers");
}

#[test]
fn a_symbolic_link_is_followed_and_stays_a_link() {
    let legacy = Legacy::gentle(Shape::G2);
    let link = legacy.folder.path().join("link.db");
    std::os::unix::fs::symlink(legacy.path(), &link).unwrap();
    adopt::adopt(&link, &rules(), &mut Unwatched).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        lines(
            &mut open(&link),
            "SELECT trail_name AS line FROM users ORDER BY id"
        )
        .len(),
        2
    );
}
