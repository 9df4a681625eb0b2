//! The promises of `StoreHealth`.

use thunderbird_domain::{health::StoreHealth, time::Timestamp};

/// Every promise; `empty` opens a fresh store.
pub async fn store_health<S: StoreHealth>(empty: impl AsyncFn() -> S) {
    a_fresh_store_is_ready(&empty().await).await;
    a_fresh_store_has_nothing_to_count(&empty().await).await;
    a_ping_comes_back(&empty().await).await;
}

async fn a_fresh_store_is_ready(store: &dyn StoreHealth) {
    let condition = store.check().await.unwrap();
    assert!(condition.is_in_place && condition.schema_is_current);
    assert_ne!(condition.free_bytes, Some(0));
}

async fn a_fresh_store_has_nothing_to_count(store: &dyn StoreHealth) {
    let figures = store.figures(Timestamp::EPOCH).await.unwrap();
    assert_eq!(
        (figures.texts_last_day, figures.unsent, figures.spend_last_day),
        (vec![], vec![], vec![])
    );
}

async fn a_ping_comes_back(store: &dyn StoreHealth) {
    store.ping_writer().await.unwrap();
}
