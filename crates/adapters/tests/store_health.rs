//! The store keeps the promises of `StoreHealth`.

use thunderbird_adapters::store::{Store, migrate};
use thunderbird_testkit::{contract, memory::MemoryStore};

#[tokio::test]
async fn memory() {
    contract::store_health(async || MemoryStore::default()).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    contract::store_health(async || {
        let path = folder.path().join("tb.db");
        migrate::up(&path).unwrap();
        Store::open(&path).unwrap()
    })
    .await;
}
