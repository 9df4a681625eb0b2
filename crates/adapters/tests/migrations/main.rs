//! A migration that rebuilds a table keeps the rows that refer to it, and every migration of ours is written that way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod armed;
mod twins;

use std::{
    fs,
    path::{Path, PathBuf},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};

/// The way described in docs/migrations.md.
const REBUILD: &str = include_str!("rebuild.sql");

/// What one would write without thinking: in the migration's own transaction the pragma is ignored.
fn thoughtless() -> String {
    REBUILD.replace("BEGIN IMMEDIATE;", "").replace("COMMIT;", "")
}

const PARENTS: &str = "CREATE TABLE parents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
    CREATE TABLE children (id INTEGER NOT NULL PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
    INSERT INTO parents VALUES (1, 'Ada'), (2, 'Grace');
    INSERT INTO children VALUES (1, 1), (2, 1), (3, 2);";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(conn: &mut SqliteConnection, from: &str) -> i64 {
    let query = format!("SELECT count(*) AS count FROM {from}");
    sql_query(query).get_result::<Count>(conn).unwrap().count
}

fn write(folder: &Path, name: &str, up: &str, in_transaction: bool) {
    let folder = folder.join(name);
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("up.sql"), up).unwrap();
    fs::write(folder.join("down.sql"), "SELECT 1;").unwrap();
    let metadata = format!("run_in_transaction = {in_transaction}\n");
    fs::write(folder.join("metadata.toml"), metadata).unwrap();
}

/// Runs the rebuild as a migration over two parents and three children.
fn rebuilt(up: &str, in_transaction: bool) -> Result<SqliteConnection, String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "2026-01-01-000000_parents", PARENTS, true);
    write(folder.path(), "2026-01-02-000000_rebuild", up, in_transaction);
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
    let migrations = FileBasedMigrations::from_path(folder.path()).unwrap();
    match conn.run_pending_migrations(migrations) {
        Ok(_) => Ok(conn),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_rebuild_keeps_the_children_which_a_thoughtless_one_deletes() {
    let mut conn = rebuilt(REBUILD, false).unwrap();
    assert_eq!(
        (count(&mut conn, "parents"), count(&mut conn, "children")),
        (2, 3)
    );
    assert_eq!(
        count(&mut conn, "pragma_table_info('parents') WHERE name = 'added'"),
        1
    );

    let mut conn = rebuilt(&thoughtless(), true).unwrap();
    assert_eq!(
        (count(&mut conn, "parents"), count(&mut conn, "children")),
        (2, 0),
        "no error, no children"
    );
}

#[test]
fn foreign_keys_are_enforced_again_afterwards() {
    let mut conn = rebuilt(REBUILD, false).unwrap();
    conn.batch_execute("INSERT INTO children VALUES (4, 2)").unwrap();
    assert!(conn.batch_execute("INSERT INTO children VALUES (5, 99)").is_err());
}

#[test]
fn a_rebuild_may_run_twice() {
    // As after a crash between its COMMIT and the note that it has run.
    let mut conn = rebuilt(REBUILD, false).unwrap();
    conn.batch_execute(REBUILD).unwrap();
    assert_eq!(
        (count(&mut conn, "parents"), count(&mut conn, "children")),
        (2, 3)
    );
}

#[test]
fn a_rebuild_that_forgets_a_parent_is_rolled_back() {
    let forgetful = REBUILD.replace("FROM parents;", "FROM parents WHERE id = 1;");
    let refused = rebuilt(&forgetful, false).err().unwrap();
    assert!(refused.contains("CHECK constraint failed"), "{refused}");
}

/// What is wrong with a migration that drops or renames a table.
fn faults(up: &str, metadata: &str) -> Vec<&'static str> {
    let place = |words: &str| up.find(words);
    if place("DROP TABLE").is_none() && place("RENAME TO").is_none() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if !metadata.contains("run_in_transaction = false") {
        faults.push("runs in Diesel's transaction");
    }
    let (off, begin, check, commit) = (
        place("PRAGMA foreign_keys = OFF"),
        place("BEGIN IMMEDIATE"),
        place("pragma_foreign_key_check"),
        place("COMMIT"),
    );
    if !(off.is_some() && off < begin) {
        faults.push("does not switch foreign keys off outside the transaction");
    }
    if !(begin < check && check < commit) {
        faults.push("does not check foreign keys before COMMIT");
    }
    faults
}

#[test]
fn every_migration_that_drops_a_table_does_it_this_way() {
    assert!(faults(REBUILD, "run_in_transaction = false").is_empty());
    assert_eq!(faults(&thoughtless(), "").len(), 3);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let migration = entry.unwrap().path();
        if migration.is_dir() {
            let up = fs::read_to_string(migration.join("up.sql")).unwrap();
            let metadata = fs::read_to_string(migration.join("metadata.toml")).unwrap_or_default();
            assert_eq!(
                faults(&up, &metadata),
                Vec::<&str>::new(),
                "{}",
                migration.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 10);
}

/// Copies the migrations whose name comes before `end`.
fn ours_before(end: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for migration in fs::read_dir(migrations)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = migration.file_name().unwrap().to_str().unwrap();
        if migration.is_dir() && name < end {
            fs::create_dir(copy.path().join(name)).unwrap();
            for file in fs::read_dir(&migration).unwrap().map(Result::unwrap) {
                fs::copy(file.path(), copy.path().join(name).join(file.file_name())).unwrap();
            }
        }
    }
    copy
}

fn migrate(conn: &mut SqliteConnection, folder: &Path) {
    let pending = FileBasedMigrations::from_path(folder).unwrap();
    conn.run_pending_migrations(pending).unwrap();
}

#[test]
fn fewer_indexes_keep_every_text_and_give_no_id_twice() {
    const INTO: &str = "INSERT INTO messages (tag, direction, phone, cause_id, state, body, provider_sid, state_at, created_at)";
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    migrate(&mut conn, ours_before("2026-11-25-000013").path());
    conn.batch_execute(&format!(
        "{INTO} VALUES (x'01', 'in', '+61491570006', NULL, 'exempt', 'HELP', 'SM1', 5, 5),
            (x'02', 'out', '+61491570006', 1, 'replied', 'Help yourself', NULL, 5, 5),
            (x'03', 'in', '+61491570156', NULL, 'exempt', 'HELP', 'SM2', 5, 5);
         INSERT INTO inbound_sids (sid, digest, token_fingerprint, message_id, reply_id, received_at)
            VALUES ('SM1', x'aa', x'bb', 1, 2, 5);
         DELETE FROM messages WHERE id = 3;"
    ))
    .unwrap();
    migrate(&mut conn, ours_before("2026-11-25-000014").path());
    conn.batch_execute(&format!(
        "{INTO} VALUES (x'04', 'in', '+61491570006', NULL, 'exempt', 'HELP', 'SM3', 5, 5)"
    ))
    .unwrap();
    for (rows, expected) in [
        ("messages WHERE phone = '+61491570006' AND body IS NOT NULL", 3),
        ("messages WHERE id = 2 AND cause_id = 1", 1),
        ("messages WHERE id = 4", 1),
        (
            "inbound_sids WHERE sid = 'SM1' AND message_id = 1 AND received_at = 5",
            1,
        ),
        ("message_hours WHERE direction = 'in' AND messages = 3", 1),
    ] {
        assert_eq!(count(&mut conn, rows), expected, "{rows}");
    }
}

fn ours() -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|entry| entry.is_dir())
}

#[test]
fn every_migration_outside_of_diesel_s_transaction_may_run_twice() {
    // As after a crash between its COMMIT and the note that it has run.
    let mut seen = 0;
    for migration in ours() {
        let metadata = fs::read_to_string(migration.join("metadata.toml")).unwrap_or_default();
        if metadata.contains("run_in_transaction = false") {
            let name = migration.file_name().unwrap().to_str().unwrap();
            let mut conn = SqliteConnection::establish(":memory:").unwrap();
            migrate(&mut conn, ours_before(name).path());
            let up = fs::read_to_string(migration.join("up.sql")).unwrap();
            for run in ["the first run", "the second run"] {
                let done = conn.batch_execute(&up);
                assert!(done.is_ok(), "{name}, {run}: {done:?}");
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_promise_and_an_alert_are_taken_back_and_made_again() {
    const ALERT: &str =
        "INSERT INTO messages (tag, direction, phone, class, state, body, state_at, created_at)
        VALUES (x'01', 'out', '+61491570110', 'alarm', 'sent', 'ALERT', 5, 5)";
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let all = ours_before("9");
    migrate(&mut conn, all.path());
    conn.batch_execute(ALERT).unwrap();
    let migrations = || FileBasedMigrations::from_path(all.path()).unwrap();
    while count(&mut conn, "sqlite_schema WHERE name = 'deadlines'") == 1 {
        conn.revert_last_migration(migrations()).unwrap();
    }
    assert_eq!(count(&mut conn, "messages WHERE class = 'safety'"), 1);
    assert!(
        conn.batch_execute(&ALERT.replace("x'01'", "x'02'")).is_err(),
        "there is no such class any more"
    );
    migrate(&mut conn, all.path());
    conn.batch_execute(&ALERT.replace("x'01'", "x'02'")).unwrap();
    assert_eq!(
        count(&mut conn, "pragma_integrity_check WHERE integrity_check = 'ok'"),
        1
    );
}
