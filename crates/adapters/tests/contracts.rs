//! Every port's contract, kept by the memory store and by SQLite alike.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod statements;

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_testkit::{contract, memory::MemoryStore};

/// Databases of one test, in a folder that goes with it.
struct Databases {
    folder: TempDir,
    made: AtomicU32,
}

impl Databases {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            made: AtomicU32::new(0),
        }
    }

    /// An empty database of today's schema.
    fn empty(&self) -> Store {
        let name = format!("{}.db", self.made.fetch_add(1, Ordering::Relaxed));
        let path = self.folder.path().join(name);
        migrate::up(&path).unwrap();
        Store::open(&path).unwrap()
    }
}

macro_rules! contracts {
    (every_store: $($port:ident)*; sqlite_only: $($sqlite_only:ident)*;) => {
        mod memory {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $port() {
                contract::$port(async || MemoryStore::default()).await;
            })*
        }

        /// All of them, one after the other.
        async fn every_contract(databases: &Databases) {
            $(contract::$port(async || databases.empty()).await;)*
            $(contract::$sqlite_only(async || databases.empty()).await;)*
        }

        mod sqlite {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $port() {
                let databases = Databases::new();
                contract::$port(async || databases.empty()).await;
            })*

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sqlite_only() {
                let databases = Databases::new();
                contract::$sqlite_only(async || databases.empty()).await;
            })*
        }
    };
}

contracts! {
    every_store:
    account
    idempotency
    inbox
    key_memory
    limit
    mail_outbox
    mail_token
    message_log
    outbox
    phone
    privacy
    session
    store_health
    user;

    // The console asks for joins and hourly sums that only a database answers; decision 15 says why memory has no twin.
    sqlite_only:
    admin_actions
    admin_reader
    admin_sessions
    admin_store;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_a_growing_table_from_end_to_end() {
    statements::listen();
    let databases = Databases::new();
    every_contract(&databases).await;
    let path = databases.folder.path().join("plan.db");
    migrate::up(&path).unwrap();
    let scans = statements::scans(&path);
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}
