//! What the store of the console's sessions promises.

use std::time::Duration;

use thunderbird_domain::{
    admin::{Admin, AdminSession, Begun, NewAdminSession},
    audit::{Actor, AuditEvent, Subject},
    limit::{Limit, LimitKey, Quota, RateLimiter, Rule, Verdict},
};

use super::{
    administrators::{Administrating, audited, begun, digest, holding, made, unchanged},
    stage::{START, after},
};

/// Every promise of [`thunderbird_domain::admin::AdminSessions`]. `empty` opens a fresh store for each.
pub async fn admin_sessions<S: Administrating + RateLimiter>(empty: impl AsyncFn() -> S) {
    finds_a_session_with_its_administrator(&empty().await).await;
    ends_the_session_that_a_new_one_replaces(&empty().await).await;
    remembers_when_a_session_was_used(&empty().await).await;
    ends_a_session_and_audits_it(&empty().await).await;
    uses_a_code_up_only_with_the_session_that_it_begins(&empty().await).await;
    a_session_gives_back_what_was_counted_and_clears_its_counter(&empty().await).await;
}

fn limit(name: &str, events: u32) -> Limit {
    Limit {
        key: LimitKey::new("test.sign_ins", name),
        rule: Rule::Quota(Quota {
            events,
            per: Duration::from_hours(1),
        }),
    }
}

/// A session of this administrator, for which the first recovery code is used.
fn with_code(admin: &Admin, limits: Vec<Limit>) -> NewAdminSession {
    let mut spends = unchanged(admin);
    spends.spends = Some(digest(1));
    NewAdminSession {
        session: AdminSession {
            digest: digest(9),
            admin: admin.id,
            complete: true,
            created_at: after(1),
            last_seen_at: after(1),
            expires_at: after(480),
        },
        replaces: None,
        spends: Some(spends),
        limits,
        counted_at: START,
        clears: None,
        audit: ended(admin, "admin.signed_in"),
    }
}

async fn uses_a_code_up_only_with_the_session_that_it_begins(store: &(impl Administrating + RateLimiter)) {
    let ada = holding(store, vec![digest(1)]).await;
    let counted = vec![limit("ada", 2)];
    for _ in 0..2 {
        let taken = store.take(counted.clone(), START, Vec::new()).await.unwrap();
        assert_eq!(taken, Verdict::Allowed);
    }
    let refused = store.begin(with_code(&ada, vec![limit("ada", 1)])).await.unwrap();
    assert!(matches!(refused, Begun::Throttled { .. }), "{refused:?}");
    assert!(store.has_recovery_code(ada.id, digest(1)).await.unwrap());
    assert_eq!(store.by_digest(digest(9)).await.unwrap(), None);
    let session = with_code(&ada, counted);
    assert_eq!(store.begin(session.clone()).await.unwrap(), Begun::Stored);
    assert!(!store.has_recovery_code(ada.id, digest(1)).await.unwrap());
    assert!(store.by_digest(digest(9)).await.unwrap().is_some());
    assert_eq!(
        store.begin(session).await.unwrap(),
        Begun::Stale,
        "a code begins one session"
    );
}

async fn a_session_gives_back_what_was_counted_and_clears_its_counter(
    store: &(impl Administrating + RateLimiter),
) {
    let ada = made(store, "ada", 1).await;
    let (own, source) = (limit("ada", 2), limit("source", 1));
    let both = vec![own.clone(), source.clone()];
    assert_eq!(
        store.take(vec![own.clone()], START, Vec::new()).await.unwrap(),
        Verdict::Allowed
    );
    assert_eq!(
        store.take(both.clone(), START, Vec::new()).await.unwrap(),
        Verdict::Allowed
    );
    let session = NewAdminSession {
        spends: None,
        clears: Some(own.key.clone()),
        ..with_code(&ada, both.clone())
    };
    assert_eq!(store.begin(session).await.unwrap(), Begun::Stored);
    for limits in [both, vec![own]] {
        assert_eq!(
            store.take(limits, after(1), Vec::new()).await.unwrap(),
            Verdict::Allowed
        );
    }
    assert!(store.check(vec![source], after(1)).await.unwrap() != Verdict::Allowed);
}

async fn finds_a_session_with_its_administrator(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    let session = begun(store, ada.id, 1).await;
    assert_eq!(store.by_digest(digest(1)).await.unwrap(), Some((session, ada)));
    assert_eq!(store.by_digest(digest(2)).await.unwrap(), None);
}

async fn ends_the_session_that_a_new_one_replaces(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    let first = begun(store, ada.id, 1).await;
    begun(store, ada.id, 2).await;
    let second = AdminSession {
        digest: digest(3),
        complete: false,
        created_at: after(1),
        last_seen_at: after(1),
        ..first
    };
    let new = NewAdminSession {
        limits: Vec::new(),
        counted_at: START,
        clears: None,
        spends: None,
        session: second.clone(),
        replaces: Some(digest(1)),
        audit: ended(&ada, "admin.signed_in"),
    };
    assert_eq!(store.begin(new).await.unwrap(), Begun::Stored);
    assert_eq!(store.by_digest(digest(1)).await.unwrap(), None);
    assert!(store.by_digest(digest(2)).await.unwrap().is_some());
    assert_eq!(store.by_digest(digest(3)).await.unwrap(), Some((second, ada)));
}

async fn remembers_when_a_session_was_used(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    let session = begun(store, ada.id, 1).await;
    store.seen(digest(1), after(5)).await.unwrap();
    let (found, _) = store.by_digest(digest(1)).await.unwrap().unwrap();
    let seen = AdminSession {
        last_seen_at: after(5),
        ..session
    };
    assert_eq!(found, seen);
    store
        .end(digest(1), ended(&ada, "admin.signed_out"))
        .await
        .unwrap();
    store.seen(digest(1), after(6)).await.unwrap();
    assert_eq!(store.by_digest(digest(1)).await.unwrap(), None, "it stays ended");
}

async fn ends_a_session_and_audits_it(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    begun(store, ada.id, 1).await;
    begun(store, ada.id, 2).await;
    for _ in 0..2 {
        store
            .end(digest(1), ended(&ada, "admin.signed_out"))
            .await
            .unwrap();
    }
    assert_eq!(store.by_digest(digest(1)).await.unwrap(), None);
    assert!(store.by_digest(digest(2)).await.unwrap().is_some());
    let log = audited(store).await;
    let ends = log.iter().filter(|(action, _)| action == "admin.signed_out");
    assert_eq!(ends.count(), 2, "the log has every request to end a session");
}

fn ended(admin: &Admin, action: &'static str) -> AuditEvent {
    let at = START;
    AuditEvent::new(at, Actor::Admin(admin.id), action, Subject::Admin(admin.id))
}
