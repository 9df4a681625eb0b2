//! What every [`AccountStore`] promises.

use std::sync::Arc;

use thunderbird_domain::{
    account::{Account, AccountChange, AccountId, AccountStore, Registration, password::PasswordHash},
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    port::{Commit, Revision},
    privacy::{Deletion, PrivacyStore},
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
    stores_a_change_of_what_may_change(&empty().await).await;
    stores_only_the_first_of_two_changes_to_one_revision(&empty().await).await;
    stores_one_of_many_changes_made_at_once(Arc::new(empty().await)).await;
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

/// Deletes the account, as its owner would.
pub(crate) async fn deleted(store: &(impl PrivacyStore + ?Sized), account: &Account) {
    let deletion = Deletion {
        account: account.id,
        replaces: account.revision,
        at: NOON,
        clears: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.delete(deletion).await.unwrap(), Commit::Stored(()));
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

async fn stores_a_change_of_what_may_change(store: &dyn AccountStore) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    let hash = PasswordHash::from_stored("$argon2id$another");
    let change = AccountChange::new(&ada, NOON, |account| {
        account.password = Some(hash.clone());
        account.email_verified_at = Some(NOON);
        account.disabled_at = Some(NOON);
    });
    assert_eq!(store.change(change).await.unwrap(), Commit::Stored(()));
    let expected = Account {
        password: Some(hash),
        email_verified_at: Some(NOON),
        disabled_at: Some(NOON),
        revision: Revision::At(ada.revision.next()),
        ..ada.clone()
    };
    assert_eq!(store.by_id(ada.id).await.unwrap(), Some(expected.clone()));
    let cleared = AccountChange::new(&expected, NOON, |account| {
        account.password = None;
        account.disabled_at = None;
    });
    assert_eq!(store.change(cleared).await.unwrap(), Commit::Stored(()));
    let kept = store.by_id(ada.id).await.unwrap().unwrap();
    assert_eq!((kept.password, kept.disabled_at), (None, None));
    assert_eq!(store.by_id(grace.id).await.unwrap(), Some(grace));
}

async fn stores_only_the_first_of_two_changes_to_one_revision(store: &dyn AccountStore) {
    let ada = registered(store, "ada", 1).await;
    let change = |hash: &str| {
        let hash = PasswordHash::from_stored(hash);
        AccountChange::new(&ada, NOON, move |account| account.password = Some(hash))
    };
    assert_eq!(store.change(change("$first")).await.unwrap(), Commit::Stored(()));
    assert_eq!(store.change(change("$second")).await.unwrap(), Commit::Stale);
    let kept = store.by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(kept.password, Some(PasswordHash::from_stored("$first")));
    let unknown = Account {
        id: AccountId::from_stored(99),
        ..ada
    };
    assert_eq!(
        store
            .change(AccountChange::new(&unknown, NOON, |_| {}))
            .await
            .unwrap(),
        Commit::Stale
    );
}

async fn stores_one_of_many_changes_made_at_once<S: AccountStore + 'static>(store: Arc<S>) {
    let ada = registered(&*store, "ada", 1).await;
    let racing: Vec<_> = (0..16)
        .map(|number| {
            let hash = PasswordHash::from_stored(format!("$hash-{number}"));
            let change = AccountChange::new(&ada, NOON, |account| account.password = Some(hash));
            let store = Arc::clone(&store);
            tokio::spawn(async move { (number, store.change(change).await.unwrap()) })
        })
        .collect();
    let mut stored = Vec::new();
    for one in racing {
        if let (number, Commit::Stored(())) = one.await.unwrap() {
            stored.push(format!("$hash-{number}"));
        }
    }
    assert_eq!(stored.len(), 1);
    let kept = store.by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(kept.password, Some(PasswordHash::from_stored(stored[0].clone())));
}
