//! The databases are what the service would have written: sound, with the schema as it was and figures that agree.

use std::{collections::BTreeSet, fs, path::PathBuf};

use diesel::sql_types::BigInt;

use super::*;
use crate::random::Numbers;

const NOW: i64 = 1_764_000_000_000_000;
const NUMBER: &str = "+61491570156";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A file as the migrations leave it, with the one account that others are made like.
fn fresh(folder: &Path) -> PathBuf {
    let path = folder.join("thunderbird.db");
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let ups: BTreeSet<PathBuf> = fs::read_dir(migrations)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .filter(|up| up.is_file())
        .collect();
    assert!(!ups.is_empty());
    for up in ups {
        connection
            .batch_execute(&fs::read_to_string(up).unwrap())
            .unwrap();
    }
    connection
        .batch_execute(
            "INSERT INTO accounts (tag, email, password_hash, created_at, updated_at, revision) \
             VALUES (randomblob(16), 'first@example.org', '$argon2id$', 1, 1, 1)",
        )
        .unwrap();
    path
}

fn count(path: &Path, sql: &str) -> i64 {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    let found: Count = sql_query(format!("SELECT count(*) AS count FROM ({sql})"))
        .get_result(&mut connection)
        .unwrap();
    found.count
}

#[test]
fn a_filled_file_is_sound_and_agrees_with_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = fresh(folder.path());
    let before = fingerprint(&path);
    let size = Size {
        people: 50,
        messages: 6_000,
    };
    fill(&path, size, NUMBER, NOW);
    walkers(&path, NOW);
    assert_eq!(fingerprint(&path), before, "indexes and triggers are back");
    for (rows, sql) in [
        (0, "SELECT 1 FROM pragma_foreign_key_check"),
        (
            0,
            "SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        ),
        (6_000, "SELECT 1 FROM messages"),
        (
            3_000,
            "SELECT 1 FROM inbound_sids JOIN messages ON messages.provider_sid = sid AND direction = 'in'",
        ),
        (450, "SELECT 1 FROM users"),
        (
            50,
            "SELECT 1 FROM users JOIN phone_links USING (account_id, phone)",
        ),
        (4_050, "SELECT 1 FROM contacts"),
        (
            800,
            "SELECT DISTINCT phone FROM contacts WHERE phone LIKE '+6143%'",
        ),
        (51, "SELECT 1 FROM accounts"),
        (
            50,
            "SELECT 1 FROM audit_log WHERE subject IN (SELECT 'account:' || id FROM accounts)",
        ),
    ] {
        assert_eq!(count(&path, sql), rows, "{sql}");
    }
    // What the triggers would have kept, counted from the other end.
    let hours = "SELECT hour, direction, state, messages, segments, unpriced_segments FROM message_hours";
    let counted = "SELECT created_at / 3600000000, direction, state, count(*), sum(segments), \
         sum(iif(direction = 'out' AND price_micros IS NULL, segments, 0)) FROM messages GROUP BY 1, 2, 3";
    assert_eq!(count(&path, &format!("{hours} EXCEPT {counted}")), 0);
    assert_eq!(count(&path, &format!("{counted} EXCEPT {hours}")), 0);
}

#[test]
fn a_group_that_is_there_already_is_only_readied() {
    let folder = tempfile::tempdir().unwrap();
    let path = fresh(folder.path());
    walkers(&path, NOW);
    walkers(&path, NOW + 1);
    assert_eq!(count(&path, "SELECT 1 FROM users"), 400);
    assert_eq!(count(&path, "SELECT 1 FROM contacts"), 4_000);
    assert_eq!(count(&path, "SELECT 1 FROM pragma_foreign_key_check"), 0);
}

#[test]
fn sessions_are_spread_over_the_accounts_and_found_by_their_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let path = fresh(folder.path());
    fill(
        &path,
        Size {
            people: 20,
            messages: 0,
        },
        NUMBER,
        NOW,
    );
    let tokens = sessions(&path, &mut Numbers::from(1), NOW);
    assert_eq!(tokens.len(), 20);
    let live = "SELECT DISTINCT account_id FROM sessions JOIN refresh_tokens ON session_id = sessions.id \
         AND refresh_tokens.generation = sessions.generation AND used_generation < sessions.generation";
    assert_eq!(count(&path, live), 20);
}
