//! The writer's promises, on a table of their own.

use std::{path::PathBuf, sync::mpsc::channel, thread, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use thunderbird_domain::port::Retry;

use super::{Abort, Keys, Store, Unkeyed};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thunder bird?.db");
    let mut connection =
        SqliteConnection::establish(&super::pragma::uri(&path, super::pragma::Role::Writer)).unwrap();
    connection
        .batch_execute("CREATE TABLE jobs (name TEXT NOT NULL UNIQUE)")
        .unwrap();
    drop(connection);
    let store = Store::open(&path).unwrap();
    (folder, store)
}

/// The table is of these tests alone.
fn keyless() -> Keys {
    Keys::none(Unkeyed::UniqueIndex)
}

fn insert(connection: &mut SqliteConnection, name: &str) -> Result<(), Abort<()>> {
    connection
        .batch_execute(&format!("INSERT INTO jobs VALUES ('{name}')"))
        .map_err(Abort::Failed)
}

async fn rows(store: &Store) -> i64 {
    let count = |connection: &mut SqliteConnection| {
        sql_query("SELECT count(*) AS value FROM jobs")
            .get_result(connection)
            .map(|count: Count| count.value)
    };
    let here = store.read_here("test", count).await.unwrap();
    assert_eq!(store.read("test", count).await.unwrap(), here);
    here
}

/// Keeps the writer busy until the sender is used, so that everything sent meanwhile becomes one batch.
fn held(store: &Store) -> std::sync::mpsc::Sender<()> {
    let (release, held) = channel();
    let (started, running) = channel();
    let mut first = true;
    drop(store.transact("test", keyless(), move |_| {
        if std::mem::take(&mut first) {
            started.send(()).unwrap();
            held.recv().unwrap();
        }
        Ok::<_, Abort<()>>(())
    }));
    running.recv().unwrap();
    release
}

#[tokio::test]
async fn waiting_jobs_share_one_commit_and_each_reads_what_the_earlier_wrote() {
    let (_folder, store) = store();
    let release = held(&store);
    let jobs: Vec<_> = (0..100)
        .map(|n| store.transact("test", keyless(), move |db| insert(db, &format!("job {n}"))))
        .collect();
    let seen = store.transact("test", keyless(), |db| {
        let count: Count = sql_query("SELECT count(*) AS value FROM jobs").get_result(db)?;
        Ok(count.value)
    });
    thread::sleep(Duration::from_millis(30));
    release.send(()).unwrap();
    for job in jobs {
        job.await.unwrap();
    }
    assert_eq!(seen.await.unwrap(), 100);
    assert!(store.statistics().batches <= 3, "{:?}", store.statistics());
    assert_eq!(rows(&store).await, 100);
}

#[tokio::test]
async fn an_undone_a_failed_and_a_panicking_job_leave_the_others_of_their_batch_alone() {
    let (_folder, store) = store();
    let release = held(&store);
    let good = store.transact("test", keyless(), |db| insert(db, "good"));
    let undone = store.transact("test", keyless(), |db| {
        insert(db, "undone").map_err(|_| Abort::Undo("?"))?;
        Err(Abort::Undo("decided"))
    });
    let duplicate = store.transact("test", keyless(), |db| {
        insert(db, "half")?;
        insert(db, "good")
    });
    let panicking = store.transact("test", keyless(), |db| -> Result<(), Abort<()>> {
        insert(db, "panicking")?;
        panic!("a bug");
    });
    let last = store.transact("test", keyless(), |db| insert(db, "last"));
    release.send(()).unwrap();
    good.await.unwrap();
    assert_eq!(undone.await.unwrap(), "decided");
    assert_eq!(duplicate.await.unwrap_err().retry(), Retry::Never);
    assert!(format!("{:?}", panicking.await.unwrap_err()).contains("a bug"));
    last.await.unwrap();
    assert_eq!(rows(&store).await, 2);
}

/// A batch has no savepoints until one of its jobs needs it.
#[tokio::test]
async fn a_batch_is_run_again_when_one_of_its_jobs_has_to_be_undone() {
    let (_folder, store) = store();
    let release = held(&store);
    let (tell_runs, runs) = channel();
    let good = store.transact("test", keyless(), move |db| {
        tell_runs.send(()).unwrap();
        insert(db, "good")
    });
    let undone = store.transact("test", keyless(), |db| {
        insert(db, "undone").map_err(|_| Abort::Undo("?"))?;
        Err::<&str, _>(Abort::Undo("decided"))
    });
    let last = store.transact("test", keyless(), |db| insert(db, "last"));
    release.send(()).unwrap();
    good.await.unwrap();
    assert_eq!(undone.await.unwrap(), "decided");
    last.await.unwrap();
    assert_eq!(runs.iter().count(), 2, "the good job runs again, in a savepoint");
    assert_eq!(rows(&store).await, 2);
    assert_eq!(store.statistics().failed_batches, 0);
}

/// If nothing was stored before it, a job that is undone is rolled back with the whole transaction, and not repeated.
#[tokio::test]
async fn a_job_that_is_undone_alone_runs_once() {
    let (_folder, store) = store();
    let (tell_runs, runs) = channel();
    let undone = store.transact("test", keyless(), move |db| {
        tell_runs.send(()).unwrap();
        insert(db, "undone").map_err(|_| Abort::Undo("?"))?;
        Err::<&str, _>(Abort::Undo("decided"))
    });
    assert_eq!(undone.await.unwrap(), "decided");
    let duplicate = store.transact("test", keyless(), |db| {
        insert(db, "half")?;
        insert(db, "half")
    });
    assert_eq!(duplicate.await.unwrap_err().retry(), Retry::Never);
    store
        .transact("test", keyless(), |db| insert(db, "next"))
        .await
        .unwrap();
    assert_eq!(runs.iter().count(), 1);
    assert_eq!(rows(&store).await, 1);
    assert_eq!(store.statistics().failed_batches, 0);
}

#[tokio::test]
async fn the_library_keeps_the_plan_of_a_statement() {
    let (_folder, store) = store();
    let built = |connection: &mut SqliteConnection| {
        sql_query("SELECT sqlite_compileoption_used('ENABLE_QPSG') AS value")
            .get_result(connection)
            .map(|used: Count| used.value)
    };
    assert_eq!(
        store.read("test", built).await.unwrap(),
        1,
        "LIBSQLITE3_FLAGS of .cargo/config.toml were not in force"
    );
}

#[tokio::test]
async fn a_full_disk_fails_the_whole_batch_and_recovers_by_itself() {
    let (_folder, store) = store();
    let release = held(&store);
    let small = store.transact("test", keyless(), |db| insert(db, "small"));
    let large = store.transact("test", keyless(), |db| {
        // The writer tries once more on a new connection, which does not have this limit yet.
        db.batch_execute("PRAGMA max_page_count=4")?;
        insert(db, &"large".repeat(20_000))
    });
    release.send(()).unwrap();
    assert_eq!(small.await.unwrap_err().retry(), Retry::Later);
    assert_eq!(large.await.unwrap_err().retry(), Retry::Later);
    assert_eq!(rows(&store).await, 0);
    store
        .transact("test", keyless(), |db| insert(db, "after"))
        .await
        .unwrap();
    assert_eq!(rows(&store).await, 1);
}

/// So every write names its keys: a connection that can write is only handed to what [`Store::transact`] runs.
#[tokio::test]
async fn a_read_cannot_write() {
    let (_folder, store) = store();
    let write = |connection: &mut SqliteConnection| {
        sql_query("INSERT INTO jobs VALUES ('read')")
            .execute(connection)
            .map(|_| ())
    };
    store.read_here("test", write).await.unwrap_err();
    store.read("test", write).await.unwrap_err();
    assert_eq!(rows(&store).await, 0);
}

#[tokio::test]
async fn a_dropped_future_cancels_nothing() {
    let (_folder, store) = store();
    drop(store.transact("test", keyless(), |db| insert(db, "dropped")));
    store
        .transact("test", keyless(), |db| insert(db, "next"))
        .await
        .unwrap();
    assert_eq!(rows(&store).await, 2);
}

#[tokio::test]
async fn closing_the_store_leaves_one_whole_file() {
    let (_folder, store) = store();
    store
        .transact("test", keyless(), |db| insert(db, "kept"))
        .await
        .unwrap();
    let path: PathBuf = store.path().to_owned();
    drop(store);
    let log = super::path::sibling(&path, "-wal");
    assert!(!log.exists() || log.metadata().unwrap().len() == 0);
}

#[tokio::test]
async fn a_full_queue_is_a_passing_fault() {
    let (_folder, store) = store();
    let release = held(&store);
    let waiting: Vec<_> = (0..1_024)
        .map(|_| store.transact("test", keyless(), |_| Ok::<_, Abort<()>>(())))
        .collect();
    let refused = store
        .transact("test", keyless(), |_| Ok::<_, Abort<()>>(()))
        .await
        .unwrap_err();
    assert_eq!(refused.retry(), Retry::Later);
    release.send(()).unwrap();
    for job in waiting {
        job.await.unwrap();
    }
}

#[tokio::test]
async fn texts_have_places_of_their_own_and_are_served_first() {
    let (_folder, store) = store();
    let release = held(&store);
    let write = |port, name: String| store.transact(port, keyless(), move |db| insert(db, &name));
    let others: Vec<_> = (0..1_024)
        .map(|n| write("rate limiter", format!("other {n}")))
        .collect();
    assert_eq!(
        write("session store", "late".to_owned())
            .await
            .unwrap_err()
            .retry(),
        Retry::Later
    );
    let texts: Vec<_> = ["inbox", "outbox", "deadline store", "user store"]
        .into_iter()
        .flat_map(|port| (0..200).map(move |n| (port, format!("{port} {n}"))))
        .map(|(port, name)| write(port, name))
        .collect();
    release.send(()).unwrap();
    for job in others.into_iter().chain(texts) {
        job.await.unwrap();
    }
    let ahead: Count = store
        .read("test", |db| {
            sql_query(
                "SELECT count(*) AS value FROM jobs WHERE name LIKE 'other %' AND rowid < \
                 (SELECT max(rowid) FROM jobs WHERE name NOT LIKE 'other %')",
            )
            .get_result(db)
        })
        .await
        .unwrap();
    assert_eq!(ahead.value, 0, "every text before every other write that waited");
    assert_eq!(rows(&store).await, 1_824);
}
