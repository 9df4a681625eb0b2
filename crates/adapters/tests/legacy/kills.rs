//! `kill -9` at any moment: at the path there is the old database or the new one, whole, and running again ends the
//! same.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use super::*;

/// How many random moments are tried.
const MOMENTS: u32 = 100;

/// How many are tried at a time.
const LOTS: u32 = 4;

type Contents = BTreeMap<String, Vec<String>>;

fn big(log: &str) -> Legacy {
    let many = "WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
        INSERT INTO message_log (id, user_phone, direction, content, sent_at)
        SELECT i, '+61491570006', 'inbound', 'text ' || i, '2026-01-10 08:00:00' FROM n;";
    let legacy = Legacy::of(&(Shape::G3.schema() + &Shape::G3.hostile_rows() + many));
    legacy
        .connect()
        .batch_execute(&format!("PRAGMA journal_mode = {log}"))
        .unwrap();
    legacy
}

/// A copy in a folder of its own, with everything that lies beside it.
fn copy(original: &Legacy) -> Legacy {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in original.files() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    Legacy { folder }
}

/// What the database at `path` holds, and whether it is the new one.
fn look(path: &Path) -> (bool, Contents) {
    let mut conn = open(path);
    assert_eq!(
        lines(
            &mut conn,
            "SELECT integrity_check AS line FROM pragma_integrity_check"
        ),
        ["ok"]
    );
    let contents = contents(&mut conn);
    (contents.contains_key("__diesel_schema_migrations"), contents)
}

/// What the legacy file holds, and what the new one must hold.
fn expected(original: &Legacy) -> (Contents, Contents) {
    let reference = copy(original);
    let (new, old) = look(&reference.path());
    assert!(!new);
    reference.adopt().unwrap();
    let (new, adopted) = look(&reference.path());
    assert!(new);
    (old, adopted)
}

fn spawn(path: &Path, stop_at: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::victim", "--ignored"])
        .env("ADOPT", path)
        .env("STOP_AT", stop_at)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// After a kill: old or new, whole; again: new, and the old one kept. Returns whether the kill left the new one.
fn survives(killed: &Legacy, (old, adopted): &(Contents, Contents)) -> bool {
    let (new, found) = look(&killed.path());
    assert_eq!(&found, if new { adopted } else { old });
    let again = adopt::adopt(&killed.path(), &rules(), &mut Unwatched).unwrap();
    assert_eq!(again == Ended::NothingToDo, new);
    assert_eq!(look(&killed.path()), (true, adopted.clone()));
    let names = killed.names();
    let kept: Vec<_> = names.iter().filter(|name| name.contains(".legacy-")).collect();
    assert_eq!(kept.len(), 1, "{names:?}");
    assert_eq!(look(&killed.folder.path().join(kept[0])), (false, old.clone()));
    for left in ["-wal", "-journal", ".adopting", ".part"] {
        assert!(!names.iter().any(|name| name.contains(left)), "{names:?}");
    }
    new
}

#[test]
fn killed_between_any_two_steps_it_is_old_or_new_and_ends_the_same() {
    for log in ["DELETE", "WAL"] {
        let original = big(log);
        let expected = expected(&original);
        let mut new = Vec::new();
        for step in ["Building", "Built", "Settled", "Kept", "Reported", "Renamed"] {
            let killed = copy(&original);
            let status = spawn(&killed.path(), step).wait().unwrap();
            assert!(!status.success(), "{step}");
            new.push(survives(&killed, &expected));
        }
        assert_eq!(new, [false, false, false, false, false, true]);
    }
}

#[test]
fn killed_at_any_moment_it_is_old_or_new_and_ends_the_same() {
    let original = big("WAL");
    let expected = expected(&original);
    let undisturbed = copy(&original);
    let whole = time_of(|| assert!(spawn(&undisturbed.path(), "").wait().unwrap().success()));
    let old = std::thread::scope(|scope| {
        let lots: Vec<_> = (1..=LOTS)
            .map(|seed| {
                scope.spawn({
                    let (original, expected) = (&original, &expected);
                    move || kill_a_lot(original, expected, (seed, whole))
                })
            })
            .collect();
        lots.into_iter().map(|lot| lot.join().unwrap()).sum::<u32>()
    });
    println!("{MOMENTS} kills, {old} before the swap");
    assert!(old > MOMENTS / 4, "most kills came too late to matter: {old}");
}

/// Kills at some of the random moments; says how many kills left the old file.
fn kill_a_lot(original: &Legacy, expected: &(Contents, Contents), (lot, whole): (u32, Duration)) -> u32 {
    let (mut old, mut seed) = (0, 2_654_435_769_u32.wrapping_mul(lot));
    for _ in 0..MOMENTS / LOTS {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        let killed = copy(original);
        let mut victim = spawn(&killed.path(), "");
        // The kill comes at a random moment of the whole run, or after it.
        std::thread::sleep(whole * (seed % 1_100) / 1_000);
        victim.kill().unwrap();
        victim.wait().unwrap();
        old += u32::from(!survives(&killed, expected));
    }
    old
}

#[expect(clippy::disallowed_methods, reason = "how long a child takes")]
fn time_of(work: impl FnOnce()) -> Duration {
    let begun = std::time::Instant::now();
    work();
    begun.elapsed()
}

/// Dies at the step it is told.
struct Victim(String);

impl Watch for Victim {
    fn progress(&mut self, _: Stage, _: u64, _: u64) {}
    fn reached(&mut self, step: Step) {
        if format!("{step:?}") == self.0 {
            std::process::abort();
        }
    }
}

/// The process that is killed.
#[test]
#[ignore = "the process that other tests kill"]
#[expect(clippy::disallowed_methods, reason = "how a test hands a path to its child")]
fn victim() {
    let path = std::env::var("ADOPT").unwrap();
    let stop_at = std::env::var("STOP_AT").unwrap();
    adopt::adopt(Path::new(&path), &rules(), &mut Victim(stop_at)).unwrap();
}
