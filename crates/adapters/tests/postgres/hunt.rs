//! Every write at once, over two stores on one database: no deadlock, nothing lost, nothing done twice.

use std::{collections::BTreeMap, time::Duration};

use thunderbird_adapters::store::postgres::{AuditVerdict, Store};
use thunderbird_testkit::{
    hunt::{Ledger, hunt, writes},
    postgres::Database,
};

use crate::{address, migrated};

/// How long the hunt takes; `cargo xtask postgres --hunt SECONDS` says otherwise.
const BRIEF: Duration = Duration::from_secs(15);

#[expect(
    clippy::disallowed_methods,
    reason = "the length of a test is no configuration of the service"
)]
fn life() -> Duration {
    let asked = std::env::var("THUNDERBIRD_HUNT_SECONDS").ok();
    asked.map_or(BRIEF, |seconds| Duration::from_secs(seconds.parse().unwrap()))
}

/// Deadlocks that a brief hunt forgives: the server ends one of the writes, and it runs again. A hunt whose length was
/// asked for forgives none.
fn tolerated() -> u64 {
    if std::env::var_os("THUNDERBIRD_HUNT_SECONDS").is_some() {
        0
    } else {
        3
    }
}

fn two_stores(database: &Database) -> [Store; 2] {
    [(); 2].map(|()| Store::open(&address(database)).unwrap())
}

/// How many transactions the server has ended because of a deadlock. It counts them before anything runs again.
fn deadlocks(database: &Database) -> u64 {
    let count = "SELECT pg_stat_force_next_flush(); \
                 SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    database.run(count).lines().last().unwrap().parse().unwrap()
}

/// What the database should not hold after the hunt, or should and does not.
async fn inconsistencies(database: &Database, store: &Store, ledger: &Ledger) -> Vec<String> {
    let mut found = ledger.violations();
    if !matches!(store.verify_audit().await.unwrap(), AuditVerdict::Sound { rows } if rows > 0) {
        found.push("the audit log is broken".to_owned());
    }
    let recorded = counts(
        database,
        "SELECT detail::json->>'number', count(*) FROM audit_log WHERE action = 'hunt.record' GROUP BY 1",
    );
    for number in ledger.recorded() {
        match recorded.get(&number.to_string()) {
            Some(1) => {}
            other => found.push(format!("the event {number} is in the log {other:?} times")),
        }
    }
    for (number, times) in recorded.iter().filter(|(_, times)| **times > 1) {
        found.push(format!("the event {number} is in the log {times} times"));
    }
    let received = counts(
        database,
        "SELECT provider_sid, count(*) FROM messages WHERE direction = 'in' GROUP BY 1",
    );
    for sid in ledger.received() {
        match received.get(&sid) {
            Some(1) => {}
            other => found.push(format!("the text {sid} is stored {other:?} times")),
        }
    }
    let strangers = "SELECT count(*) FROM users u WHERE u.ended_at IS NULL AND u.account_id IS DISTINCT FROM \
                     (SELECT l.account_id FROM phone_links l WHERE l.phone = u.phone AND l.ended_at IS NULL)";
    if database.run(strangers) != "0" {
        found.push("a hiker belongs to another account than their number".to_owned());
    }
    found
}

/// Faults, except of what was begun for an account that was deleted before it ended.
fn unexpected(ledger: &Ledger) -> Vec<String> {
    let faults = ledger.faults().into_iter();
    faults
        .filter(|fault| !fault.contains("_account_id_fkey"))
        .collect()
}

/// The rows of a query that says a name and a number.
fn counts(database: &Database, query: &str) -> BTreeMap<String, u64> {
    let rows = database.run(query);
    let rows = rows.lines().filter_map(|row| row.rsplit_once('|'));
    rows.map(|(name, count)| (name.to_owned(), count.parse().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn every_write_at_once_meets_no_deadlock_and_does_nothing_twice() {
    let database = migrated();
    let stores = two_stores(&database);
    let ledger = hunt(&stores, 15, life()).await;
    let [store, other] = stores;
    drop(other);
    let found = inconsistencies(&database, &store, &ledger).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    let counted = database.run("SELECT coalesce(sum(count), 0) FROM counters WHERE scope = 'texts_day'");
    assert_eq!(counted, ledger.claimed().to_string(), "texts handed out today");
    let faults = unexpected(&ledger);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let unseen: Vec<_> = writes()
        .into_iter()
        .filter(|name| !ledger.has_seen(name))
        .collect();
    assert!(unseen.is_empty(), "never acknowledged: {unseen:?}");
    drop(store);
    let met = deadlocks(&database);
    println!("{} writes, {met} deadlocks", ledger.total());
    assert!(met <= tolerated(), "{met} deadlocks:\n{}", database.complaints());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn without_keys_the_hunt_finds_what_the_keys_prevent() {
    let database = migrated();
    database.run("CREATE FUNCTION pg_advisory_xact_lock(key bigint) RETURNS void LANGUAGE sql AS 'SELECT'");
    let path = "SET search_path = public, pg_catalog";
    database.run(&format!("ALTER DATABASE {} {path}", database.name()));
    let stores = two_stores(&database);
    let mut violations = 0;
    for seed in 0..5 {
        violations += hunt(&stores, seed, BRIEF).await.violations().len();
        if violations > 0 && deadlocks(&database) > 0 {
            break;
        }
    }
    drop(stores);
    let deadlocks = deadlocks(&database);
    println!("without keys: {deadlocks} deadlocks, {violations} violations");
    assert!(violations > 0, "nothing was done twice");
    assert!(deadlocks > 0, "nothing met in the wrong order");
}

/// Connections end at random moments of random writes, some of them while they commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn connections_that_are_lost_at_any_moment_lose_nothing_and_do_nothing_twice() {
    let database = migrated();
    let stores = two_stores(&database);
    let killing = "DO $$ BEGIN LOOP PERFORM pg_stat_clear_snapshot(); \
                   EXIT WHEN EXISTS (SELECT FROM killed WHERE is_over); \
                   WITH one AS (SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                   AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY random() LIMIT 1) \
                   INSERT INTO killed SELECT false FROM one WHERE pg_terminate_backend(pid); \
                   COMMIT; PERFORM pg_sleep(random() * 0.1); END LOOP; END $$";
    database.run("CREATE TABLE killed (is_over BOOLEAN NOT NULL)");
    let ledger = std::thread::scope(|scope| {
        let killer = scope.spawn(|| database.run(killing));
        let ledger = tokio::task::block_in_place(|| {
            let hunting = hunt(&stores, 16, life());
            tokio::runtime::Handle::current().block_on(hunting)
        });
        database.run("INSERT INTO killed VALUES (true)");
        killer.join().unwrap();
        ledger
    });
    let killed: u64 = database.run("SELECT count(*) - 1 FROM killed").parse().unwrap();
    let [store, other] = stores;
    drop(other);
    let found = inconsistencies(&database, &store, &ledger).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    let lasting = unexpected(&ledger)
        .into_iter()
        .find(|fault| fault.contains("× Never, "));
    assert_eq!(lasting, None);
    println!("{} writes, {killed} connections lost", ledger.total());
    assert!(killed > 20, "only {killed} connections were lost");
}
