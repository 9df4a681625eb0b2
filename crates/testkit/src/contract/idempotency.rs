//! What every [`IdempotencyStore`] promises.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::AccountId,
    idempotency::{Claim, IdempotencyKey, IdempotencyStore, KeptAnswer, KeyedRequest, Owner, RequestDigest},
};

use super::account::NOON;

/// Every promise of [`IdempotencyStore`]. `empty` opens a fresh store for each.
pub async fn idempotency<S: IdempotencyStore + 'static>(empty: impl AsyncFn() -> S) {
    a_request_is_carried_out_once_and_answered_alike(&empty().await).await;
    a_key_stands_for_one_request_of_one_owner_and_route(&empty().await).await;
    a_key_that_was_let_go_is_free(&empty().await).await;
    keys_are_forgotten_in_time(&empty().await).await;
    of_many_copies_at_once_one_is_fresh(Arc::new(empty().await)).await;
}

fn request(body: &str) -> KeyedRequest {
    KeyedRequest {
        owner: Owner::Account(AccountId::from_stored(7)),
        route: "POST /api/user/checkins",
        key: IdempotencyKey::parse("one").unwrap(),
        digest: RequestDigest::of(body.as_bytes()),
    }
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        body: "{\"id\":1}".to_owned(),
    }
}

async fn a_request_is_carried_out_once_and_answered_alike(store: &dyn IdempotencyStore) {
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::Fresh);
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::InProgress);
    store.settle(request("a"), Some(answer())).await.unwrap();
    for _ in 0..2 {
        let claim = store.claim(request("a"), NOON).await.unwrap();
        assert_eq!(claim, Claim::Answered(answer()));
    }
}

async fn a_key_stands_for_one_request_of_one_owner_and_route(store: &dyn IdempotencyStore) {
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::Fresh);
    assert_eq!(store.claim(request("b"), NOON).await.unwrap(), Claim::Reused);
    store.settle(request("a"), Some(answer())).await.unwrap();
    assert_eq!(store.claim(request("b"), NOON).await.unwrap(), Claim::Reused);
    let others = [
        KeyedRequest {
            owner: Owner::Account(AccountId::from_stored(8)),
            ..request("b")
        },
        KeyedRequest {
            route: "POST /api/user/contacts",
            ..request("b")
        },
        KeyedRequest {
            key: IdempotencyKey::parse("two").unwrap(),
            ..request("b")
        },
    ];
    for other in others {
        assert_eq!(store.claim(other, NOON).await.unwrap(), Claim::Fresh);
    }
}

async fn a_key_that_was_let_go_is_free(store: &dyn IdempotencyStore) {
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::Fresh);
    store.settle(request("a"), None).await.unwrap();
    assert_eq!(store.claim(request("b"), NOON).await.unwrap(), Claim::Fresh);
}

async fn keys_are_forgotten_in_time(store: &dyn IdempotencyStore) {
    let (minute, day) = (
        NOON.plus(Duration::from_mins(1)),
        NOON.plus(Duration::from_hours(24)),
    );
    let just_before = day.minus(Duration::from_secs(1));
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::Fresh);
    assert_eq!(store.forget(NOON).await.unwrap(), 0);
    assert_eq!(
        store.claim(request("a"), minute).await.unwrap(),
        Claim::Fresh,
        "it was abandoned"
    );
    assert_eq!(
        store.forget(minute.plus(Duration::from_mins(1))).await.unwrap(),
        1
    );
    assert_eq!(store.claim(request("a"), NOON).await.unwrap(), Claim::Fresh);
    store.settle(request("a"), Some(answer())).await.unwrap();
    assert_eq!(store.forget(just_before).await.unwrap(), 0);
    assert_eq!(
        store.claim(request("a"), just_before).await.unwrap(),
        Claim::Answered(answer())
    );
    assert_eq!(store.claim(request("b"), day).await.unwrap(), Claim::Fresh);
}

async fn of_many_copies_at_once_one_is_fresh<S: IdempotencyStore + 'static>(store: Arc<S>) {
    let racing: Vec<_> = (0..64)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.claim(request("a"), NOON).await.unwrap() })
        })
        .collect();
    let mut fresh = 0;
    for one in racing {
        match one.await.unwrap() {
            Claim::Fresh => fresh += 1,
            other => assert_eq!(other, Claim::InProgress),
        }
    }
    assert_eq!(fresh, 1);
}
