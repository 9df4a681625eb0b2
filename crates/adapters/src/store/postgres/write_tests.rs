//! What the engine promises of a write, on tables of these tests' own.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU32, Ordering},
};

use diesel::{
    QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_query, sql_types::BigInt,
};
use futures_util::future::join_all;
use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    port::Retry,
    time::Timestamp,
};
use thunderbird_testkit::postgres::{Cluster, Database};

use super::{Abort, Address, AuditVerdict, Connection, Key, Keys, Store, Unkeyed, audit, migrate};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

pub(super) fn bench() -> (Database, Store) {
    let database = Cluster::of_these_tests().empty();
    let address: Address = database.url().parse().unwrap();
    migrate::up(&address).unwrap();
    database.run("CREATE TABLE jobs (id BIGINT PRIMARY KEY, number BIGINT NOT NULL)");
    database.run("INSERT INTO jobs VALUES (1, 0), (2, 0)");
    let store = Store::open(&address).unwrap();
    (database, store)
}

pub(super) fn keyless() -> Keys {
    Keys::none(Unkeyed::NoChange)
}

fn add_one(connection: &mut Connection, id: i64) -> Result<(), Abort<()>> {
    let statement = format!("UPDATE jobs SET number = number + 1 WHERE id = {id}");
    Ok(connection.batch_execute(&statement)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn writes_that_hold_one_key_run_one_after_the_other() {
    let (database, store) = bench();
    let other = Store::open(&database.url().parse().unwrap()).unwrap();
    let writes = (0..200).map(|number| {
        let store = if number % 2 == 0 { &store } else { &other };
        store.transact("test", Keys::on([Key::Codes]), |connection| {
            let seen: Number =
                sql_query("SELECT number AS value FROM jobs WHERE id = 1").get_result(connection)?;
            let next = seen.value + 1;
            Ok(connection.batch_execute(&format!("UPDATE jobs SET number = {next} WHERE id = 1"))?)
        })
    });
    for answer in join_all(writes).await {
        answer.unwrap();
    }
    assert_eq!(database.run("SELECT number FROM jobs WHERE id = 1"), "200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn of_two_writes_that_block_each_other_one_runs_again() {
    let (database, store) = bench();
    let met = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let write = |first: i64, second: i64| {
        let (met, runs) = (Arc::clone(&met), Arc::clone(&runs));
        let mut is_first_run = true;
        store.transact("test", keyless(), move |connection| {
            runs.fetch_add(1, Ordering::Relaxed);
            add_one(connection, first)?;
            if std::mem::take(&mut is_first_run) {
                met.wait();
            }
            add_one(connection, second)
        })
    };
    let (left, right) = tokio::join!(write(1, 2), write(2, 1));
    left.unwrap();
    right.unwrap();
    assert_eq!(
        database.run("SELECT string_agg(number::text, ' ') FROM jobs"),
        "2 2"
    );
    assert!(runs.load(Ordering::Relaxed) > 2);
    assert!(Cluster::of_these_tests().log().contains("deadlock detected"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_connection_that_is_lost_before_the_commit_costs_another_run_and_nothing_else() {
    let (database, store) = bench();
    let mut runs = 0;
    let answer = store.transact("test", keyless(), move |connection| {
        runs += 1;
        add_one(connection, 1)?;
        if runs == 1 {
            sql_query("SELECT pg_terminate_backend(pg_backend_pid())").execute(connection)?;
        }
        Ok(())
    });
    answer.await.unwrap();
    assert_eq!(database.run("SELECT number FROM jobs WHERE id = 1"), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_connection_that_is_lost_while_it_commits_leaves_the_write_in_doubt_and_it_never_runs_again() {
    let (database, store) = bench();
    database.run(
        "CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$; \
         CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON jobs DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION go()",
    );
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let answer = store.transact("test", keyless(), move |connection| {
        counted.fetch_add(1, Ordering::Relaxed);
        add_one(connection, 1)
    });
    let fault = answer.await.unwrap_err();
    assert!(
        format!("{fault:?}").contains("whether it is stored is not known"),
        "{fault:?}"
    );
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_write_that_passes_over_a_failed_statement_is_not_acknowledged() {
    let (database, store) = bench();
    let answer = store.transact("test", keyless(), |connection| {
        add_one(connection, 1)?;
        drop(connection.batch_execute("SELECT 1 / 0"));
        Ok(())
    });
    assert!(answer.await.is_err());
    assert_eq!(database.run("SELECT number FROM jobs WHERE id = 1"), "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn what_is_undone_fails_or_panics_stores_nothing_and_the_next_write_works() {
    let (database, store) = bench();
    let undone = store.transact("test", keyless(), |connection| {
        add_one(connection, 1).map_err(|_| Abort::Undo(0))?;
        Err::<i32, _>(Abort::Undo(7))
    });
    assert_eq!(undone.await.unwrap(), 7);
    let taken = store.transact("test", keyless(), |connection| {
        add_one(connection, 1)?;
        Ok(connection.batch_execute("INSERT INTO jobs VALUES (2, 0)")?)
    });
    let fault = taken.await.unwrap_err();
    assert_eq!(fault.retry(), Retry::Never, "{fault:?}");
    let panicked = store.transact("test", keyless(), |connection| {
        add_one(connection, 1)?;
        assert_eq!(1, 2, "a job that panics");
        Ok(())
    });
    let fault = panicked.await.unwrap_err();
    assert!(format!("{fault:?}").contains("a job that panics"), "{fault:?}");
    store
        .transact("test", keyless(), |connection| add_one(connection, 2))
        .await
        .unwrap();
    assert_eq!(
        database.run("SELECT string_agg(number::text, ' ' ORDER BY id) FROM jobs"),
        "0 1"
    );
}

/// What a server says whose disk is full, at a statement and at the commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_server_whose_disk_is_full_stores_nothing_says_so_and_serves_when_there_is_room() {
    let (database, store) = bench();
    database.run(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
    );
    for (when, deferred) in [("", ""), ("CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED")] {
        database.run(&format!(
            "CREATE {when} TRIGGER no_room AFTER UPDATE ON jobs {deferred} FOR EACH ROW EXECUTE FUNCTION full_disk()"
        ));
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let answer = store.transact("test", keyless(), move |connection| {
            counted.fetch_add(1, Ordering::Relaxed);
            add_one(connection, 1)
        });
        let fault = answer.await.unwrap_err();
        assert_eq!(
            (fault.retry(), runs.load(Ordering::Relaxed)),
            (Retry::Later, 1),
            "{fault:?}"
        );
        assert!(
            format!("{fault:?}").contains("No space left on device"),
            "{fault:?}"
        );
        database.run("DROP TRIGGER no_room ON jobs");
        assert_eq!(database.run("SELECT sum(number) FROM jobs"), "0");
    }
    store
        .transact("test", keyless(), |connection| add_one(connection, 1))
        .await
        .unwrap();
    assert_eq!(database.run("SELECT sum(number) FROM jobs"), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn connections_that_the_server_closed_are_made_again() {
    let (database, store) = bench();
    let all = |connection: &mut Connection| -> diesel::QueryResult<i64> {
        let found: Number = sql_query("SELECT count(*) AS value FROM jobs").get_result(connection)?;
        Ok(found.value)
    };
    for round in 0..3 {
        store
            .transact("test", keyless(), |connection| add_one(connection, 1))
            .await
            .unwrap();
        database.run(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        // A connection that was used a moment ago is not asked; a read on it says to come back.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        assert_eq!(store.read_here("test", all).await.unwrap(), 2, "round {round}");
        assert_eq!(store.read("test", all).await.unwrap(), 2, "round {round}");
    }
    assert_eq!(database.run("SELECT number FROM jobs WHERE id = 1"), "3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn readers_cannot_write() {
    let (_database, store) = bench();
    let write = |connection: &mut Connection| connection.batch_execute("UPDATE jobs SET number = 9");
    assert!(store.read_here("test", write).await.is_err());
    assert!(store.read("test", write).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn the_log_of_two_stores_is_one_chain_and_a_changed_row_breaks_it() {
    let (database, store) = bench();
    let other = Store::open(&database.url().parse().unwrap()).unwrap();
    let event = AuditEvent::new(Timestamp::EPOCH, Actor::System, "test.event", Subject::Service);
    let appends = (0..100).map(|number| {
        let (event, store) = (event.clone(), if number % 2 == 0 { &store } else { &other });
        store.transact("test", Keys::none(Unkeyed::Appends), move |connection| {
            Ok(audit::append(connection, std::slice::from_ref(&event), None)?)
        })
    });
    for answer in join_all(appends).await {
        answer.unwrap();
    }
    let (left, right) = tokio::join!(store.verify_audit(), other.verify_audit());
    assert_eq!(
        (left.unwrap(), right.unwrap()),
        (
            AuditVerdict::Sound { rows: 100 },
            AuditVerdict::Sound { rows: 100 }
        )
    );
    assert_eq!(database.run("SELECT count(*), max(id) FROM audit_log"), "100|100");
    database.run("DELETE FROM audit_log WHERE id = 100");
    assert_eq!(
        store.verify_audit().await.unwrap(),
        AuditVerdict::Broken { row: 100 }
    );
    database.run("UPDATE audit_log SET actor = 'nobody' WHERE id = 40");
    assert_eq!(
        store.verify_audit().await.unwrap(),
        AuditVerdict::Broken { row: 40 }
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn figures_are_the_same_before_and_after_they_are_added_up() {
    let (database, store) = bench();
    let text = |state: &str| {
        format!(
            "INSERT INTO messages (tag, direction, phone, class, state, segments, state_at, created_at) \
             SELECT decode(md5(n::text || '{state}'), 'hex'), 'out', '+15550100', 'notice', '{state}', 2, 0, 3600000000 * (n / 10) \
             FROM generate_series(1, 50) AS n"
        )
    };
    database.run(&text("queued"));
    database.run(&text("accepted"));
    database.run("UPDATE messages SET state = 'sent', price_micros = 7000, price_currency = 'USD' WHERE state = 'queued'");
    let figures = "SELECT * FROM message_hours WHERE messages > 0 ORDER BY 1, 2, 3";
    let costs = "SELECT * FROM cost_hours ORDER BY 1, 2";
    let before = (database.run(figures), database.run(costs));
    let fold = store.transact("test", keyless(), |connection| Ok(super::fold::some(connection)?));
    assert!(!fold.await.unwrap());
    assert_eq!((database.run(figures), database.run(costs)), before);
    assert_eq!(
        database.run("SELECT (SELECT count(*) FROM message_deltas), (SELECT count(*) FROM cost_deltas)"),
        "0|0"
    );
    assert_eq!(
        database.run("SELECT hour, direction, state, messages, segments, unpriced_segments FROM message_hours WHERE hour = 1 AND messages > 0 ORDER BY state"),
        "1|out|accepted|10|20|20\n1|out|sent|10|20|0"
    );
}
