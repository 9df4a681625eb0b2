//! What a thread keeps of the database is never older than the database, whoever wrote to it.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_adapters::store::{Store, migrate};
use thunderbird_domain::{
    account::{AccountId, AccountStore as _, SessionStore as _},
    id::SessionId,
};

const ROWS: &str = "
    INSERT INTO accounts (id, tag, email, password_hash, created_at, updated_at, revision) VALUES
        (1, x'01', 'ada@example.org', '$a', 1, 1, 1);
    INSERT INTO sessions (id, tag, account_id, created_at, last_seen_at, expires_at, idle_expires_at, generation,
        used_generation, revision) VALUES (1, x'01', 1, 1, 1, 9000, 9000, 1, 0, 1);";

#[tokio::test]
async fn another_process_s_commit_is_seen_by_the_next_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thunderbird.db");
    migrate::up(&path).unwrap();
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other.batch_execute(ROWS).unwrap();
    let store = Store::open(&path).unwrap();
    let (account, session) = (AccountId::from_stored(1), SessionId::from_stored(1));
    for _ in 0..2 {
        assert!(!store.session_status(session).await.unwrap().unwrap().ended);
        assert_eq!(store.by_id(account).await.unwrap().unwrap().disabled_at, None);
    }
    other
        .batch_execute("UPDATE sessions SET ended_at = 7, end_reason = 'logout'")
        .unwrap();
    assert!(store.session_status(session).await.unwrap().unwrap().ended);
    other
        .batch_execute("UPDATE accounts SET disabled_at = 8")
        .unwrap();
    assert!(store.by_id(account).await.unwrap().unwrap().disabled_at.is_some());
    assert!(store.by_id(AccountId::from_stored(2)).await.unwrap().is_none());
    other
        .batch_execute(
            "PRAGMA wal_checkpoint(TRUNCATE);
             INSERT INTO accounts (id, tag, email, created_at, updated_at, revision)
                VALUES (2, x'02', 'grace@example.org', 1, 1, 1)",
        )
        .unwrap();
    assert!(store.by_id(AccountId::from_stored(2)).await.unwrap().is_some());
}
