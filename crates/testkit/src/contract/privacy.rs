//! What every [`PrivacyStore`] promises about the account itself.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        Account, AccountId, AccountStore, EndReason, EndSessions, MailPurpose, MailToken, MailTokenIssue,
        MailTokenStore, Presented, SessionChange, SessionStore, Started, WhichSessions,
    },
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    port::{Commit, Revision},
    privacy::{Deletion, PrivacyStore, RetentionCutoffs},
    secret::TokenDigest,
};

use super::{
    account::{NOON, address, registered},
    sign_in::{device, start_of, token},
};

/// A store that deletes, and what it deletes.
pub trait PrivateStore:
    PrivacyStore + AccountStore + SessionStore + MailTokenStore + RateLimiter + 'static
{
}

impl<S: PrivacyStore + AccountStore + SessionStore + MailTokenStore + RateLimiter + 'static> PrivateStore
    for S
{
}

/// Every promise of [`PrivacyStore`]. `empty` opens a fresh store for each.
pub async fn privacy<S: PrivateStore>(empty: impl AsyncFn() -> S) {
    exports_the_account_its_sessions_and_its_audit(&empty().await).await;
    deletes_everything_of_the_account_and_nothing_of_another(&empty().await).await;
    deletes_nothing_when_the_account_changed_meanwhile(&empty().await).await;
    thins_out_replaced_tokens_until_none_is_left(&empty().await).await;
    forgets_what_is_over_and_nothing_else(&empty().await).await;
    deletes_once_of_many_at_once(Arc::new(empty().await)).await;
    exports_all_or_nothing_of_an_account_that_is_deleted_meanwhile(Arc::new(empty().await)).await;
}

fn event(account: &Account, action: &'static str) -> AuditEvent {
    AuditEvent::new(
        NOON,
        Actor::Account(account.id),
        action,
        Subject::Account(account.id),
    )
}

fn failures(account: &Account) -> Limit {
    let quota = Quota {
        events: 1,
        per: Duration::from_hours(1),
    };
    let key = LimitKey::new("test.failures", account.id.get().to_be_bytes());
    Limit {
        key,
        rule: Rule::Quota(quota),
    }
}

/// An account with a session, its device, a mailed token and a closed limit, all of them named by `fill`.
async fn furnished(store: &impl PrivateStore, name: &str, fill: u8) -> Account {
    let account = registered(store, name, fill).await;
    assert!(matches!(
        store.start(start_of(&account, fill)).await.unwrap(),
        Started::Stored(_)
    ));
    let mailed = MailToken {
        purpose: MailPurpose::ResetPassword,
        account: account.id,
        email: address(name),
        digest: TokenDigest::from_bytes([fill; 32]),
        created_at: NOON,
        expires_at: NOON.plus(MailPurpose::ResetPassword.life()),
    };
    let issue = MailTokenIssue {
        token: mailed,
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.issue(issue).await.unwrap(), Commit::Stored(()));
    assert_eq!(
        store
            .take(vec![failures(&account)], NOON, Vec::new())
            .await
            .unwrap(),
        Verdict::Allowed
    );
    account
}

fn deletion(account: &Account) -> Deletion {
    Deletion {
        account: account.id,
        replaces: account.revision,
        at: NOON,
        clears: vec![failures(account).key],
        audit: vec![event(account, "account.deleted")],
    }
}

/// How many of the account, its session, its device, its mailed token and its counter are there.
async fn left(store: &impl PrivateStore, account: &Account, fill: u8) -> usize {
    let mailed = TokenDigest::from_bytes([fill; 32]);
    let limits = vec![failures(account)];
    [
        store.by_id(account.id).await.unwrap().is_some(),
        store.by_email(&account.email).await.unwrap().is_some(),
        store.by_refresh(token(fill).digest()).await.unwrap().is_some(),
        store.device(device(fill)).await.unwrap().is_some(),
        store
            .find(MailPurpose::ResetPassword, mailed)
            .await
            .unwrap()
            .is_some(),
        store.check(limits, NOON).await.unwrap() != Verdict::Allowed,
        store.export(account.id).await.unwrap().is_some(),
    ]
    .iter()
    .filter(|there| **there)
    .count()
}

async fn exports_the_account_its_sessions_and_its_audit(store: &impl PrivateStore) {
    let ada = furnished(store, "ada", 1).await;
    furnished(store, "grace", 2).await;
    let export = store.export(ada.id).await.unwrap().unwrap();
    assert_eq!(export.account, ada);
    assert_eq!((export.sessions.len(), export.devices.len()), (1, 1));
    assert!(export.devices.iter().all(|device| device.account == ada.id));
    assert!(export.sessions.iter().all(|session| session.account == ada.id));
    let actions: Vec<_> = export.audit.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["account.registered", "session.started"]);
    store.record(event(&ada, "account.exported")).await.unwrap();
    let again = store.export(ada.id).await.unwrap().unwrap();
    assert_eq!(
        again.audit.last().map(|line| line.action.as_str()),
        Some("account.exported")
    );
    assert_eq!(again.audit.len(), 3);
    assert_eq!(store.export(AccountId::from_stored(99)).await.unwrap(), None);
}

async fn deletes_everything_of_the_account_and_nothing_of_another(store: &impl PrivateStore) {
    let (ada, grace) = (
        furnished(store, "ada", 1).await,
        furnished(store, "grace", 2).await,
    );
    assert_eq!((left(store, &ada, 1).await, left(store, &grace, 2).await), (7, 7));
    assert_eq!(store.delete(deletion(&ada)).await.unwrap(), Commit::Stored(()));
    assert_eq!((left(store, &ada, 1).await, left(store, &grace, 2).await), (0, 7));
    let again = registered(store, "ada", 3).await;
    assert!(again.id > grace.id, "an id is never given twice");
}

async fn deletes_nothing_when_the_account_changed_meanwhile(store: &impl PrivateStore) {
    let ada = furnished(store, "ada", 1).await;
    let changed = Account {
        revision: Revision::At(ada.revision.next()),
        ..ada.clone()
    };
    assert_eq!(store.delete(deletion(&changed)).await.unwrap(), Commit::Stale);
    assert_eq!(left(store, &ada, 1).await, 7);
}

async fn thins_out_replaced_tokens_until_none_is_left(store: &impl PrivateStore) {
    let ada = furnished(store, "ada", 1).await;
    let (session, _) = store.by_refresh(token(1).digest()).await.unwrap().unwrap();
    let Presented::Rotate(change) = session.present((&token(1), 1), &token(2), NOON) else {
        panic!()
    };
    let change = SessionChange {
        change,
        at: NOON,
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.commit(change).await.unwrap(), Commit::Stored(()));
    assert!(store.prune(ada.id, NOON).await.unwrap());
    while store.prune(ada.id, NOON).await.unwrap() {}
    assert_eq!(store.by_refresh(token(1).digest()).await.unwrap(), None);
    assert!(store.by_refresh(token(2).digest()).await.unwrap().is_some());
}

async fn forgets_what_is_over_and_nothing_else(store: &impl PrivateStore) {
    let (ada, grace) = (
        furnished(store, "ada", 1).await,
        furnished(store, "grace", 2).await,
    );
    let (session, _) = store.by_refresh(token(1).digest()).await.unwrap().unwrap();
    let end = EndSessions {
        account: ada.id,
        which: WhichSessions::One(session.id),
        at: NOON,
        reason: EndReason::LoggedOut,
        audit: event(&ada, "session.ended"),
    };
    assert_eq!(store.end(end).await.unwrap(), 1);
    let forget = async |days: u64| {
        let cutoffs = RetentionCutoffs::at(NOON.plus(Duration::from_hours(24 * days)));
        while store.forget(cutoffs).await.unwrap() > 0 {}
        (left(store, &ada, 1).await, left(store, &grace, 2).await)
    };
    assert_eq!(forget(1).await, (7, 7), "a mailed token is kept for a day");
    assert_eq!(forget(2).await, (6, 6));
    assert_eq!(
        forget(30).await,
        (6, 6),
        "an ended session is kept for thirty days"
    );
    assert_eq!(forget(31).await, (5, 6));
    assert_eq!(
        forget(45).await,
        (5, 5),
        "and so is one that was not seen for two weeks"
    );
    assert_eq!(forget(180).await, (5, 5), "a device is known for half a year");
    assert_eq!(forget(181).await, (4, 4));
    assert_eq!(forget(400).await, (4, 4));
    assert!(!store.export(ada.id).await.unwrap().unwrap().audit.is_empty());
    forget(401).await;
    assert!(store.export(ada.id).await.unwrap().unwrap().audit.is_empty());
}

async fn deletes_once_of_many_at_once<S: PrivateStore>(store: Arc<S>) {
    let ada = furnished(&*store, "ada", 1).await;
    let racing: Vec<_> = (0..16)
        .map(|_| {
            let (store, deletion) = (Arc::clone(&store), deletion(&ada));
            tokio::spawn(async move { store.delete(deletion).await.unwrap() })
        })
        .collect();
    let mut stored = 0;
    for one in racing {
        stored += usize::from(one.await.unwrap() == Commit::Stored(()));
    }
    assert_eq!(stored, 1);
    assert_eq!(left(&*store, &ada, 1).await, 0);
}

async fn exports_all_or_nothing_of_an_account_that_is_deleted_meanwhile<S: PrivateStore>(store: Arc<S>) {
    for fill in 1..=20 {
        let account = furnished(&*store, &format!("hiker{fill}"), fill).await;
        let racing: Vec<_> = (0..4)
            .map(|_| {
                let (store, id) = (Arc::clone(&store), account.id);
                tokio::spawn(async move { store.export(id).await.unwrap() })
            })
            .collect();
        assert_eq!(
            store.delete(deletion(&account)).await.unwrap(),
            Commit::Stored(())
        );
        for one in racing {
            if let Some(export) = one.await.unwrap() {
                assert_eq!((export.sessions.len(), export.devices.len()), (1, 1));
            }
        }
    }
}
