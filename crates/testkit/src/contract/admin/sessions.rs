//! What the store of the console's sessions promises.

use thunderbird_domain::{
    admin::{Admin, AdminSession, NewAdminSession},
    audit::{Actor, AuditEvent, Subject},
};

use super::{
    administrators::{Administrating, audited, begun, digest, made},
    stage::{START, after},
};

/// Every promise of [`thunderbird_domain::admin::AdminSessions`]. `empty` opens a fresh store for each.
pub async fn admin_sessions<S: Administrating>(empty: impl AsyncFn() -> S) {
    finds_a_session_with_its_administrator(&empty().await).await;
    ends_the_session_that_a_new_one_replaces(&empty().await).await;
    remembers_when_a_session_was_used(&empty().await).await;
    ends_a_session_and_audits_it(&empty().await).await;
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
        session: second.clone(),
        replaces: Some(digest(1)),
        audit: ended(&ada, "admin.signed_in"),
    };
    store.begin(new).await.unwrap();
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
