//! How long the write-ahead log gets.

use std::{thread, time::Duration};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use futures_util::future::join_all;

use super::{
    Abort, Keys, Store, Unkeyed,
    path::sibling,
    pragma::{Role, uri},
};

/// Jobs at once, and what each of them writes to the log, in bytes.
const JOBS: usize = 50;
const JOB: u64 = 100_000;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thunderbird.db");
    let mut connection = SqliteConnection::establish(&uri(&path, Role::Writer)).unwrap();
    connection
        .batch_execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, bytes BLOB)")
        .unwrap();
    drop(connection);
    let store = Store::open(&path).unwrap();
    (folder, store)
}

/// Writes `rounds` times [`JOBS`] jobs over the same rows; tells how long the log was at most.
async fn write(store: &Store, rounds: usize) -> u64 {
    let mut longest = 0;
    for _ in 0..rounds {
        let jobs = (0..JOBS).map(|row| {
            store.transact("test", Keys::none(Unkeyed::Appends), move |db| {
                db.batch_execute(&format!("REPLACE INTO pages VALUES ({row}, randomblob({JOB}))"))
                    .map_err(Abort::<()>::Failed)
            })
        });
        join_all(jobs).await.into_iter().for_each(Result::unwrap);
        longest = longest.max(log(store));
    }
    longest
}

fn log(store: &Store) -> u64 {
    sibling(store.path(), "-wal").metadata().unwrap().len()
}

#[tokio::test]
async fn the_log_begins_anew_although_writes_never_pause() {
    let (_folder, store) = store();
    let writes = 100;
    let longest = write(&store, writes).await;
    let written = u64::try_from(writes * JOBS).unwrap() * JOB;
    assert!(
        longest < written / 2,
        "{longest} of {written} bytes lie in the log"
    );
}

#[tokio::test]
async fn a_log_that_a_reader_made_long_is_shortened_when_nothing_is_written() {
    let (_folder, store) = store();
    let mut reader = SqliteConnection::establish(&uri(store.path(), Role::Reader)).unwrap();
    reader.batch_execute("BEGIN; SELECT count(*) FROM pages").unwrap();
    let longest = write(&store, 56).await;
    assert!(longest > super::checkpoint::LONG_FILE, "{longest} bytes");
    // Two quiet seconds in which it cannot be shortened; a write does not wait then for the reader.
    thread::sleep(Duration::from_millis(2_500));
    tokio::time::timeout(Duration::from_secs(1), write(&store, 1))
        .await
        .expect("a write waited for a reader");
    drop(reader);
    for _ in 0..400 {
        if log(&store) == 0 {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(log(&store), 0);
}
