//! What the machine can do, measured by the same program in the same run.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use diesel::{
    Connection as _, ExpressionMethods as _, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, insert_into,
};

/// KiB of one hash at the service's default cost, which this program starts it with.
pub const HASH_KIB: u32 = 65_536;
/// Passes of it.
pub const HASH_PASSES: u32 = 3;

/// Seconds for one Argon2id hash with a reused arena, while every thread hashes.
pub fn argon2_seconds(threads: usize, hashes: u32) -> f64 {
    let one = move || {
        let params = Params::new(HASH_KIB, HASH_PASSES, 1, Some(32)).unwrap();
        let mut arena = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        let mut run = || {
            argon2
                .hash_password_into_with_memory(b"a long walk", b"sixteen byte salt", &mut hash, &mut arena)
                .unwrap();
        };
        run();
        let began = Instant::now();
        (0..hashes).for_each(|_| run());
        began.elapsed().as_secs_f64() / f64::from(hashes)
    };
    let workers: Vec<_> = (0..threads).map(|_| thread::spawn(one)).collect();
    let times: Vec<f64> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    times.iter().sum::<f64>() / times.len() as f64
}

/// How long appending 4 KiB with fdatasync takes, over and over for `span` with a pause after each, in order.
pub fn fsync_times(folder: &Path, span: Duration, pause: Duration) -> Vec<Duration> {
    let path = folder.join("fsync");
    let mut file = File::create(&path).unwrap();
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < span {
        let began = Instant::now();
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
        times.push(began.elapsed());
        thread::sleep(pause);
    }
    fs::remove_file(path).unwrap();
    times.sort_unstable();
    times
}

diesel::table! {
    texts (id) {
        id -> BigInt,
        sid -> Text,
        phone -> Text,
        body -> Text,
        state -> Text,
        sent_at -> BigInt,
    }
}

/// A text of the kind that the service stores, in a table with three indexes.
const SCHEMA: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; \
     CREATE TABLE texts (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, \
     body TEXT NOT NULL, state TEXT NOT NULL, sent_at BIGINT NOT NULL); \
     CREATE INDEX texts_phone ON texts (phone); CREATE INDEX texts_sent ON texts (sent_at);";

const BODY: &str =
    "HELP: this help. START: register. CHECKIN <code>: check in at a camp, your contacts are told.";

/// Rows a second that SQLite commits to this disk, so many in one transaction, through the same library.
pub fn committed_rows(folder: &Path, batch: usize, span: Duration) -> f64 {
    let path = folder.join(format!("commits-{batch}.db"));
    let files = ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", path.display()));
    remove(&files);
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    connection.batch_execute(SCHEMA).unwrap();
    let (mut numbers, mut rows) = (crate::random::Numbers::from(7), 0);
    let began = Instant::now();
    while began.elapsed() < span {
        connection.batch_execute("BEGIN IMMEDIATE").unwrap();
        for _ in 0..batch {
            let row = (
                texts::sid.eq(format!("SM{:016x}{:016x}", numbers.next(), numbers.next())),
                texts::phone.eq(format!("+61400{:06}", numbers.next() % 1_000_000)),
                texts::body.eq(BODY),
                texts::state.eq("replied"),
                texts::sent_at.eq(rows),
            );
            insert_into(texts::table)
                .values(row)
                .execute(&mut connection)
                .unwrap();
            rows += 1;
        }
        connection.batch_execute("COMMIT").unwrap();
    }
    let rate = rows as f64 / began.elapsed().as_secs_f64();
    drop(connection);
    remove(&files);
    rate
}

fn remove(files: &[String]) {
    for file in files {
        drop(fs::remove_file(file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_measured_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let short = Duration::from_millis(5);
        assert!(!fsync_times(folder.path(), short, Duration::ZERO).is_empty());
        assert!(committed_rows(folder.path(), 64, short) > 0.0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
