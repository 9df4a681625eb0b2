//! What every [`AccountStore`] promises.

use std::sync::Arc;

use thunderbird_domain::{
    account::{Account, AccountId, AccountStore, Registration, password::PasswordHash},
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    port::{Commit, Revision},
    random::Tag,
    time::Timestamp,
};

/// When everything in a suite happens, unless it says otherwise.
pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

/// Every promise of [`AccountStore`]. `empty` opens a fresh store for each.
pub async fn account<S: AccountStore + 'static>(empty: impl AsyncFn() -> S) {
    keeps_an_account_as_it_was_registered(&empty().await).await;
    knows_nobody_who_was_not_registered(&empty().await).await;
    keeps_the_first_of_two_accounts_with_one_address(&empty().await).await;
    stores_one_of_many_registrations_made_at_once(Arc::new(empty().await)).await;
}

pub(crate) fn address(name: &str) -> Email {
    Email::parse(&format!("{name}@example.org")).unwrap()
}

pub(crate) fn registration(name: &str, tag: u8) -> Registration {
    Registration {
        tag: Tag::from_bytes([tag; 16]),
        email: address(name),
        password: PasswordHash::from_stored(format!("$argon2id$of-{name}-{tag}")),
        at: NOON,
        audit: vec![AuditEvent::new(
            NOON,
            Actor::Anonymous,
            "account.registered",
            Subject::Stored,
        )],
    }
}

/// Registers `name`, who is new.
pub(crate) async fn registered(store: &(impl AccountStore + ?Sized), name: &str, tag: u8) -> Account {
    let Commit::Stored(id) = store.register(registration(name, tag)).await.unwrap() else {
        panic!("{name} is registered already");
    };
    store.by_id(id).await.unwrap().unwrap()
}

async fn keeps_an_account_as_it_was_registered(store: &dyn AccountStore) {
    let Commit::Stored(id) = store.register(registration("ada", 1)).await.unwrap() else {
        panic!()
    };
    let expected = Account {
        id,
        email: address("ada"),
        email_verified_at: None,
        password: Some(PasswordHash::from_stored("$argon2id$of-ada-1")),
        phone: None,
        created_at: NOON,
        disabled_at: None,
        revision: Revision::At(1),
    };
    assert_eq!(store.by_id(id).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.by_email(&address("ada")).await.unwrap(), Some(expected));
}

async fn knows_nobody_who_was_not_registered(store: &dyn AccountStore) {
    registered(store, "ada", 1).await;
    assert_eq!(store.by_id(AccountId::from_stored(99)).await.unwrap(), None);
    assert_eq!(store.by_email(&address("grace")).await.unwrap(), None);
}

async fn keeps_the_first_of_two_accounts_with_one_address(store: &dyn AccountStore) {
    let first = registered(store, "ada", 1).await;
    assert_eq!(
        store.register(registration("ada", 2)).await.unwrap(),
        Commit::Stale
    );
    assert_eq!(
        store.by_email(&address("ada")).await.unwrap(),
        Some(first.clone())
    );
    let other = registered(store, "grace", 3).await;
    assert_ne!(other.id, first.id);
}

async fn stores_one_of_many_registrations_made_at_once<S: AccountStore + 'static>(store: Arc<S>) {
    let racing: Vec<_> = (0..32)
        .map(|tag| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.register(registration("ada", tag)).await.unwrap() })
        })
        .collect();
    let mut stored = Vec::new();
    for one in racing {
        if let Commit::Stored(id) = one.await.unwrap() {
            stored.push(id);
        }
    }
    assert_eq!(stored.len(), 1);
    assert_eq!(
        store.by_email(&address("ada")).await.unwrap().unwrap().id,
        stored[0]
    );
}
