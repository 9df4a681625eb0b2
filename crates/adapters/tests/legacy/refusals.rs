//! What cannot be taken over is refused with a reason, and nothing has changed.

use thunderbird_adapters::legacy::inspect::Refusal;

use super::*;

fn refused(legacy: &Legacy) -> Refusal {
    let before = legacy.files();
    let tried = legacy.check();
    assert_eq!(legacy.files(), before, "a trial changes nothing");
    let adopted = legacy.adopt();
    assert_eq!(legacy.files(), before, "a refusal changes nothing");
    match (tried, adopted) {
        (Err(AdoptError::Refused(tried)), Err(AdoptError::Refused(adopted))) => {
            assert_eq!(tried.to_string(), adopted.to_string());
            adopted
        }
        other => panic!("not refused: {other:?}"),
    }
}

fn written(bytes: &[u8]) -> Legacy {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thunderbird.db"), bytes).unwrap();
    Legacy { folder }
}

#[test]
fn what_is_no_database_is_refused() {
    for bytes in [
        &b""[..],
        b"name,phone\nAda,0491570006\n",
        b"SQLite format 3",
        &[0; 4096],
    ] {
        assert!(matches!(refused(&written(bytes)), Refusal::NotSqlite(_)));
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refused(&Legacy { folder }), Refusal::Missing(_)));
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("thunderbird.db");
    fs::create_dir(&directory).unwrap();
    let tried = adopt::adopt(&directory, &rules(), &mut Unwatched);
    assert!(
        matches!(tried, Err(AdoptError::Refused(Refusal::NotAFile(_)))),
        "{tried:?}"
    );
}

#[test]
fn a_damaged_file_is_refused() {
    let legacy = Legacy::hostile(Shape::G3);
    let whole = fs::read(legacy.path()).unwrap();
    let mut refusals = 0;
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..page * 4096 + 64].fill(0xa5);
        fs::write(legacy.path(), damaged).unwrap();
        assert!(matches!(refused(&legacy), Refusal::Damaged { .. }), "page {page}");
        refusals += 1;
    }
    assert!(refusals > 5);
    fs::write(legacy.path(), &whole[..whole.len() - 4096]).unwrap();
    assert!(
        matches!(refused(&legacy), Refusal::Damaged { .. }),
        "a truncated file"
    );
}

#[test]
fn a_database_of_something_else_is_refused() {
    let other = Legacy::of("CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (1);");
    assert!(matches!(refused(&other), Refusal::Foreign { .. }));
    let sql = Shape::G2.schema() + "ALTER TABLE message_log RENAME COLUMN content TO body;";
    let refusal = refused(&Legacy::of(&sql)).to_string();
    assert!(
        refusal.ends_with("its table message_log has no column content"),
        "{refusal}"
    );
    let sql = Shape::G3.schema()
        + "DROP INDEX ix_accounts_email; ALTER TABLE accounts RENAME COLUMN email TO mail;";
    assert!(matches!(refused(&Legacy::of(&sql)), Refusal::Foreign { .. }));
}

#[test]
fn a_revision_from_the_future_is_refused() {
    let sql = Shape::G3.schema() + "UPDATE alembic_version SET version_num = 'deadbeef0000';";
    let refusal = refused(&Legacy::of(&sql));
    assert!(matches!(&refusal, Refusal::Revision { revision, .. } if revision == "deadbeef0000"));
    let sql = Shape::G3.schema() + "INSERT INTO alembic_version VALUES ('8a0e5cff6950');";
    assert!(
        matches!(refused(&Legacy::of(&sql)), Refusal::Revision { .. }),
        "two heads"
    );
}

#[test]
fn a_file_of_utf_16_is_refused() {
    let sql = "PRAGMA encoding = 'UTF-16le';".to_owned() + &Shape::G2.schema();
    let refusal = refused(&Legacy::of(&sql));
    assert!(matches!(refusal, Refusal::Encoding(_)), "{refusal}");
}

#[test]
fn a_hot_journal_is_left_to_its_owner() {
    let legacy = Legacy::gentle(Shape::G2);
    let crashed = {
        let mut python = legacy.connect();
        python
            .batch_execute(
                "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;
                 CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                     SELECT i, randomblob(100) FROM n;
                 UPDATE users SET trail_name = 'torn';",
            )
            .unwrap();
        let journal = fs::read(legacy.folder.path().join("thunderbird.db-journal")).unwrap();
        (fs::read(legacy.path()).unwrap(), journal)
    };
    fs::write(legacy.path(), &crashed.0).unwrap();
    fs::write(legacy.folder.path().join("thunderbird.db-journal"), &crashed.1).unwrap();
    assert!(matches!(refused(&legacy), Refusal::HotJournal(_)));

    lines(&mut legacy.connect(), "SELECT phone AS line FROM users");
    assert_eq!(
        legacy.adopt().unwrap().tables.len(),
        4,
        "after its owner rolled it back it is adopted"
    );
}

#[test]
fn a_finished_journal_is_no_obstacle() {
    let legacy = Legacy::gentle(Shape::G2);
    let journal = legacy.folder.path().join("thunderbird.db-journal");
    fs::write(&journal, [0; 512]).unwrap();
    legacy.check().unwrap();
    legacy.adopt().unwrap();
    assert!(
        !journal.exists(),
        "nothing is left that could be replayed into the new file"
    );
}

#[test]
fn a_service_that_holds_the_file_is_to_be_stopped_first() {
    for mode in ["DELETE", "WAL"] {
        let legacy = Legacy::gentle(Shape::G3);
        let mut python = legacy.connect();
        python
            .batch_execute(&format!(
                "PRAGMA journal_mode = {mode}; BEGIN IMMEDIATE; UPDATE users SET status = 'walking';"
            ))
            .unwrap();
        let before = legacy.files();
        let refusal = legacy.adopt().unwrap_err();
        assert!(
            refusal.to_string().ends_with("stop the Python service first"),
            "{mode}: {refusal}"
        );
        assert_eq!(legacy.files(), before, "{mode}");
        python.batch_execute("COMMIT").unwrap();
        drop(python);
        legacy.adopt().unwrap();
    }
}

#[test]
fn a_reader_that_holds_the_file_is_to_be_stopped_first() {
    let legacy = Legacy::gentle(Shape::G3);
    let mut python = legacy.connect();
    python
        .batch_execute("BEGIN; SELECT count(*) FROM users;")
        .unwrap();
    let refusal = legacy.adopt().unwrap_err();
    assert!(
        refusal.to_string().ends_with("stop the Python service first"),
        "{refusal}"
    );
}

#[test]
fn nobody_else_can_read_or_write_while_it_is_adopted() {
    struct Intruder(PathBuf, u32);
    impl Watch for Intruder {
        fn progress(&mut self, _: Stage, _: u64, _: u64) {}
        fn reached(&mut self, step: Step) {
            if step == Step::Renamed {
                return;
            }
            let status = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "refusals::intrude", "--ignored"])
                .env("INTRUDE_ON", &self.0)
                .output()
                .unwrap();
            assert!(
                status.status.success(),
                "{step:?}: {}",
                String::from_utf8_lossy(&status.stdout)
            );
            self.1 += 1;
        }
    }
    for mode in ["DELETE", "WAL"] {
        let legacy = Legacy::gentle(Shape::G3);
        legacy
            .connect()
            .batch_execute(&format!("PRAGMA journal_mode = {mode}"))
            .unwrap();
        let mut intruder = Intruder(legacy.path(), 0);
        adopt::adopt(&legacy.path(), &rules(), &mut intruder).unwrap();
        assert_eq!(intruder.1, 5);
    }
}

/// The other process of the test above.
#[test]
#[ignore = "the other process of another test"]
#[expect(clippy::disallowed_methods, reason = "how a test hands a path to its child")]
fn intrude() {
    let path = std::env::var("INTRUDE_ON").unwrap();
    let mut python = open(Path::new(&path));
    let write = python.batch_execute("UPDATE users SET status = 'lost';");
    assert!(write.unwrap_err().to_string().contains("locked"));
    let read = python.batch_execute("SELECT count(*) FROM users;");
    assert!(read.unwrap_err().to_string().contains("locked"));
}

#[test]
fn a_running_thunderbird_is_to_be_stopped_first() {
    let legacy = Legacy::gentle(Shape::G3);
    let lock = thunderbird_adapters::store::ServiceLock::take(&legacy.path()).unwrap();
    assert!(lock.is_some());
    let before = legacy.files();
    let tried = legacy.adopt();
    assert!(matches!(tried, Err(AdoptError::Locked(_))), "{tried:?}");
    assert_eq!(legacy.files(), before);
}
