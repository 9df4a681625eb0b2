//! What every [`KeyMemory`] promises about the ids; what it voids is a matter of the whole store.

use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    time::Timestamp,
    token::{
        key_memory::{KeyMemory, RingChange},
        key_ring::{KeyPurpose, RingKey},
    },
};

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn key(id: &str) -> RingKey {
    RingKey {
        id: id.to_owned(),
        purpose: KeyPurpose::Token,
        born_at: NOW,
    }
}

async fn remembered(memory: &impl KeyMemory) -> Vec<String> {
    let mut ids = memory.remembered().await.unwrap();
    ids.sort();
    ids
}

/// Runs the suite.
pub async fn key_memory<S: KeyMemory>(empty: impl AsyncFn() -> S) {
    let memory = empty().await;
    assert!(remembered(&memory).await.is_empty());
    assert!(memory.named().await.unwrap().is_empty());
    assert!(!memory.void(NOW).await.unwrap());

    let seen = |names: [&str; 2]| RingChange::seen(names.map(key).to_vec(), NOW);
    memory.remember(seen(["a", "b"])).await.unwrap();
    memory.remember(seen(["b", "c"])).await.unwrap();
    assert_eq!(remembered(&memory).await, ["a", "b", "c"]);

    let dropped = vec!["a".to_owned(), "nobody's".to_owned()];
    memory.remember(RingChange::dropped(dropped, NOW)).await.unwrap();
    assert_eq!(remembered(&memory).await, ["b", "c"]);
    memory.remember(seen(["a", "b"])).await.unwrap();
    assert_eq!(remembered(&memory).await, ["b", "c"], "a dropped key came back");

    let event = AuditEvent::new(NOW, Actor::System, "keys.replaced", Subject::Service);
    memory.replace(vec![key("d")], event).await.unwrap();
    assert_eq!(remembered(&memory).await, ["d"]);
}
