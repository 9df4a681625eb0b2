//! What every [`MailTokenStore`] promises, and what spending a token in a change of its account does.

use std::{sync::Arc, time::Duration};

use thunderbird_domain::{
    account::{
        Account, AccountChange, AccountStore, EndReason, EndSessions, MailPurpose, MailToken, MailTokenIssue,
        MailTokenRequest, MailTokenStore, SessionStore, Started, WhichSessions,
    },
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
    port::Commit,
    privacy::PrivacyStore,
    secret::TokenDigest,
};

use super::{
    account::{NOON, deleted, registered},
    sign_in::{device, start_of},
};

/// A store that keeps mailed tokens, and what spending them touches.
pub trait MailTokens:
    MailTokenStore + AccountStore + SessionStore + RateLimiter + PrivacyStore + 'static
{
}

impl<S: MailTokenStore + AccountStore + SessionStore + RateLimiter + PrivacyStore + 'static> MailTokens
    for S
{
}

const BOTH: [MailPurpose; 2] = [MailPurpose::ResetPassword, MailPurpose::VerifyEmail];

/// Every promise of [`MailTokenStore`]. `empty` opens a fresh store for each.
pub async fn mail_token<S: MailTokens>(empty: impl AsyncFn() -> S) {
    for purpose in BOTH {
        keeps_a_token_as_it_was_issued(&empty().await, purpose).await;
        keeps_the_newest_token_of_a_purpose_only(&empty().await, purpose).await;
        a_token_is_spent_once(Arc::new(empty().await), purpose).await;
        an_account_that_is_gone_gets_no_token(&empty().await, purpose).await;
    }
    a_request_counts_and_issues_in_one_commit(&empty().await).await;
    a_change_that_is_refused_does_nothing_at_all(&empty().await).await;
    a_change_ends_sessions_voids_tokens_and_clears_counters(&empty().await).await;
}

fn token(account: &Account, purpose: MailPurpose, fill: u8) -> MailToken {
    MailToken {
        purpose,
        account: account.id,
        email: account.email.clone(),
        digest: TokenDigest::from_bytes([fill; 32]),
        created_at: NOON,
        expires_at: NOON.plus(purpose.life()),
    }
}

async fn issued(store: &impl MailTokens, account: &Account, purpose: MailPurpose, fill: u8) -> MailToken {
    let token = token(account, purpose, fill);
    let issue = MailTokenIssue {
        token: token.clone(),
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.issue(issue).await.unwrap(), Commit::Stored(()));
    token
}

async fn an_account_that_is_gone_gets_no_token(store: &impl MailTokens, purpose: MailPurpose) {
    let ada = registered(store, "ada", 1).await;
    deleted(store, &ada).await;
    let token = token(&ada, purpose, 1);
    let issue = || MailTokenIssue {
        token: token.clone(),
        outgoing: Vec::new(),
        audit: Vec::new(),
    };
    assert_eq!(store.issue(issue()).await.unwrap(), Commit::Stale);
    let request = || MailTokenRequest {
        limits: vec![once_an_hour("ada")],
        at: NOON,
        audit: Vec::new(),
        issue: Some(issue()),
    };
    assert_eq!(store.request(request()).await.unwrap(), Verdict::Allowed);
    assert_eq!(store.find(purpose, token.digest).await.unwrap(), None);
    let again = store.request(request()).await.unwrap();
    assert_ne!(
        again,
        Verdict::Allowed,
        "it is counted like one for an address that no account has"
    );
}

async fn a_request_counts_and_issues_in_one_commit(store: &impl MailTokens) {
    let ada = registered(store, "ada", 1).await;
    let asked = |subject: &str, issue: Option<MailToken>| MailTokenRequest {
        limits: vec![once_an_hour(subject)],
        at: NOON,
        audit: vec![event(&ada, "password_reset.requested")],
        issue: issue.map(|token| MailTokenIssue {
            token,
            outgoing: Vec::new(),
            audit: Vec::new(),
        }),
    };
    let (first, second) = (
        token(&ada, MailPurpose::ResetPassword, 1),
        token(&ada, MailPurpose::ResetPassword, 2),
    );
    for (subject, issue) in [("ada", Some(first.clone())), ("nobody", None)] {
        let allowed = store.request(asked(subject, issue)).await.unwrap();
        assert_eq!(allowed, Verdict::Allowed, "{subject}");
    }
    for (subject, issue) in [("ada", Some(second.clone())), ("nobody", None)] {
        let refused = store.request(asked(subject, issue)).await.unwrap();
        assert_ne!(refused, Verdict::Allowed, "{subject}");
    }
    assert!(is_open(store, &first).await, "what was refused replaced it");
    assert!(!is_open(store, &second).await);
}

async fn is_open(store: &impl MailTokens, token: &MailToken) -> bool {
    store.find(token.purpose, token.digest).await.unwrap().is_some()
}

fn spending(account: &Account, token: &MailToken) -> AccountChange {
    AccountChange {
        spends: Some((token.purpose, token.digest)),
        ..AccountChange::new(account, NOON, |account| account.email_verified_at = Some(NOON))
    }
}

async fn keeps_a_token_as_it_was_issued(store: &impl MailTokens, purpose: MailPurpose) {
    let ada = registered(store, "ada", 1).await;
    let token = issued(store, &ada, purpose, 7).await;
    assert_eq!(
        store.find(purpose, token.digest).await.unwrap(),
        Some(token.clone())
    );
    let other = BOTH.into_iter().find(|other| *other != purpose).unwrap();
    assert_eq!(store.find(other, token.digest).await.unwrap(), None);
    assert_eq!(
        store
            .find(purpose, TokenDigest::from_bytes([8; 32]))
            .await
            .unwrap(),
        None
    );
}

async fn keeps_the_newest_token_of_a_purpose_only(store: &impl MailTokens, purpose: MailPurpose) {
    let (ada, grace) = (
        registered(store, "ada", 1).await,
        registered(store, "grace", 2).await,
    );
    let hers = issued(store, &grace, purpose, 1).await;
    let other = BOTH.into_iter().find(|other| *other != purpose).unwrap();
    let elsewhere = issued(store, &ada, other, 2).await;
    let older = issued(store, &ada, purpose, 3).await;
    let newest = issued(store, &ada, purpose, 4).await;
    assert!(!is_open(store, &older).await);
    assert_eq!(store.change(spending(&ada, &older)).await.unwrap(), Commit::Stale);
    for open in [hers, elsewhere, newest] {
        assert!(is_open(store, &open).await);
    }
}

async fn a_token_is_spent_once<S: MailTokens>(store: Arc<S>, purpose: MailPurpose) {
    let ada = registered(&*store, "ada", 1).await;
    let token = issued(&*store, &ada, purpose, 7).await;
    let racing: Vec<_> = (0..16)
        .map(|_| {
            let (store, change) = (Arc::clone(&store), spending(&ada, &token));
            tokio::spawn(async move { store.change(change).await.unwrap() })
        })
        .collect();
    let mut stored = 0;
    for one in racing {
        stored += usize::from(one.await.unwrap() == Commit::Stored(()));
    }
    assert_eq!(stored, 1);
    assert!(!is_open(&*store, &token).await);
    let now = store.by_id(ada.id).await.unwrap().unwrap();
    assert_eq!(store.change(spending(&now, &token)).await.unwrap(), Commit::Stale);
}

fn failures() -> Limit {
    once_an_hour("ada")
}

fn once_an_hour(subject: &str) -> Limit {
    let quota = Quota {
        events: 1,
        per: Duration::from_hours(1),
    };
    Limit {
        key: LimitKey::new("test.failures", subject),
        rule: Rule::Quota(quota),
    }
}

fn event(account: &Account, action: &'static str) -> AuditEvent {
    AuditEvent::new(NOON, Actor::System, action, Subject::Account(account.id))
}

/// A change that does all that can go with one.
fn everything(account: &Account, spends: &MailToken) -> AccountChange {
    AccountChange {
        voids: vec![MailPurpose::VerifyEmail],
        ends: Some(EndSessions {
            account: account.id,
            which: WhichSessions::All,
            at: NOON,
            reason: EndReason::PasswordReset,
            audit: event(account, "session.ended"),
        }),
        clears: vec![failures().key],
        ..spending(account, spends)
    }
}

/// A session, a closed limit and a token of each purpose.
async fn furnished(store: &impl MailTokens, account: &Account) -> (MailToken, MailToken) {
    assert!(matches!(
        store.start(start_of(account, 9)).await.unwrap(),
        Started::Stored(_)
    ));
    assert_eq!(
        store.take(vec![failures()], NOON, Vec::new()).await.unwrap(),
        Verdict::Allowed
    );
    let reset = issued(store, account, MailPurpose::ResetPassword, 1).await;
    (reset, issued(store, account, MailPurpose::VerifyEmail, 2).await)
}

async fn a_change_that_is_refused_does_nothing_at_all(store: &impl MailTokens) {
    let ada = registered(store, "ada", 1).await;
    let (reset, verify) = furnished(store, &ada).await;
    let never_issued = token(&ada, MailPurpose::ResetPassword, 99);
    assert_eq!(
        store.change(everything(&ada, &never_issued)).await.unwrap(),
        Commit::Stale
    );
    assert_eq!(store.by_id(ada.id).await.unwrap(), Some(ada.clone()));
    assert!(is_open(store, &reset).await && is_open(store, &verify).await);
    assert_eq!(store.of_account(ada.id).await.unwrap().len(), 1);
    assert!(store.device(device(9)).await.unwrap().is_some());
    assert_ne!(
        store.check(vec![failures()], NOON).await.unwrap(),
        Verdict::Allowed
    );
}

async fn a_change_ends_sessions_voids_tokens_and_clears_counters(store: &impl MailTokens) {
    let ada = registered(store, "ada", 1).await;
    let (reset, verify) = furnished(store, &ada).await;
    assert_eq!(
        store.change(everything(&ada, &reset)).await.unwrap(),
        Commit::Stored(())
    );
    assert!(!is_open(store, &reset).await && !is_open(store, &verify).await);
    assert!(store.of_account(ada.id).await.unwrap().is_empty());
    assert_eq!(store.device(device(9)).await.unwrap(), None);
    assert_eq!(
        store.check(vec![failures()], NOON).await.unwrap(),
        Verdict::Allowed
    );
}
