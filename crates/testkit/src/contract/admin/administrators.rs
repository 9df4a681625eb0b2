//! What the store of administrators promises.

use thunderbird_domain::{
    account::{OpaqueToken, password::PasswordHash},
    admin::{
        Admin, AdminCommit, AdminName, AdminReader, AdminSession, AdminSessions, AdminStore, AuditFilter,
        Begun, NewAdmin, NewAdminSession, Role, Totp,
    },
    audit::{Actor, AuditEvent, Subject},
    id::AdminId,
    port::{Change, Commit, Revision},
    secret::{Sealed, TokenDigest},
    time::Timestamp,
};

use super::stage::{START, after};
use crate::contract::user::tag;

/// A store of administrators and their sessions, and the audit log that it writes.
pub trait Administrating: AdminStore + AdminSessions + AdminReader + Clone + 'static {}

impl<S: AdminStore + AdminSessions + AdminReader + Clone + 'static> Administrating for S {}

/// Every promise of [`AdminStore`]. `empty` opens a fresh store for each.
pub async fn admin_store<S: Administrating>(empty: impl AsyncFn() -> S) {
    finds_an_administrator_by_name_and_id(&empty().await).await;
    lists_administrators_by_name(&empty().await).await;
    makes_one_administrator_of_a_name(&empty().await).await;
    replaces_what_was_seen_and_nothing_newer(&empty().await).await;
    spends_a_recovery_code_once(&empty().await).await;
    gives_out_codes_in_place_of_all_earlier_ones(&empty().await).await;
    ends_every_session_with_the_change(&empty().await).await;
    spends_a_code_for_one_of_many_at_once(empty().await).await;
}

pub(super) fn event(action: &'static str, at: Timestamp) -> AuditEvent {
    AuditEvent::new(at, Actor::System, action, Subject::Stored)
}

pub(super) fn digest(byte: u8) -> TokenDigest {
    OpaqueToken::parse(&format!("{byte:02x}").repeat(32))
        .unwrap()
        .digest()
}

fn new(name: &str, byte: u8) -> NewAdmin {
    NewAdmin {
        tag: tag(byte),
        name: AdminName::parse(name).unwrap(),
        role: Role::Operator,
        password: PasswordHash::from_stored(format!("hash of {name}")),
        created_at: START,
        audit: event("admin.created", START),
    }
}

/// An administrator of this name.
pub(super) async fn made(store: &impl Administrating, name: &str, byte: u8) -> Admin {
    let made = store.create(new(name, byte)).await.unwrap();
    let Commit::Stored(id) = made else {
        panic!("{name} is there already")
    };
    AdminStore::by_id(store, id).await.unwrap().unwrap()
}

/// A change that leaves the administrator as it is.
pub(super) fn unchanged(admin: &Admin) -> AdminCommit {
    AdminCommit {
        change: Change {
            replaces: admin.revision,
            state: admin.clone(),
        },
        at: after(1),
        spends: None,
        recovery: None,
        clears: Vec::new(),
        ends_sessions: false,
        audit: vec![event("admin.tested", after(1))],
    }
}

/// What the log says was done to administrators, oldest first.
pub(super) async fn audited(store: &impl Administrating) -> Vec<(String, String)> {
    let log = AdminReader::audit(store, AuditFilter::default(), 100)
        .await
        .unwrap();
    let lines = log.items.into_iter().rev();
    lines.map(|line| (line.action, line.subject)).collect()
}

fn says(admin: &Admin, action: &str) -> (String, String) {
    (action.to_owned(), format!("admin:{}", admin.id.get()))
}

async fn finds_an_administrator_by_name_and_id(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    assert_eq!(
        (ada.name.as_str(), ada.role, ada.tag),
        ("ada", Role::Operator, tag(1))
    );
    assert_eq!(
        (ada.created_at, ada.totp.clone(), ada.disabled_at),
        (START, None, None)
    );
    assert_eq!(
        AdminStore::by_name(store, &ada.name).await.unwrap(),
        Some(ada.clone())
    );
    let grace = AdminName::parse("grace").unwrap();
    assert_eq!(AdminStore::by_name(store, &grace).await.unwrap(), None);
    let stranger = AdminId::from_stored(999);
    assert_eq!(AdminStore::by_id(store, stranger).await.unwrap(), None);
    assert_eq!(audited(store).await, [says(&ada, "admin.created")]);
}

async fn lists_administrators_by_name(store: &impl Administrating) {
    for (name, byte) in [("grace", 1), ("ada", 2), ("mary", 3)] {
        made(store, name, byte).await;
    }
    let all = store.list().await.unwrap();
    let names: Vec<_> = all.iter().map(|admin| admin.name.as_str()).collect();
    assert_eq!(names, ["ada", "grace", "mary"]);
}

async fn makes_one_administrator_of_a_name(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    assert_eq!(store.create(new("ada", 2)).await.unwrap(), Commit::Stale);
    assert_eq!(store.list().await.unwrap(), [ada]);
    assert_eq!(audited(store).await.len(), 1);
}

async fn replaces_what_was_seen_and_nothing_newer(store: &impl Administrating) {
    let ada = made(store, "ada", 1).await;
    let mut commit = unchanged(&ada);
    commit.change.state.role = Role::Viewer;
    commit.change.state.disabled_at = Some(after(1));
    commit.change.state.totp = Some(Totp {
        secret: Sealed {
            key_id: "k1".to_owned(),
            bytes: vec![1, 2, 3],
        },
        last_step: 7,
    });
    let wanted = commit.change.state.clone();
    assert_eq!(
        AdminStore::commit(store, commit.clone()).await.unwrap(),
        Commit::Stored(())
    );
    let stored = AdminStore::by_id(store, ada.id).await.unwrap().unwrap();
    assert_ne!(stored.revision, ada.revision);
    let revision = stored.revision;
    assert_eq!(stored, Admin { revision, ..wanted });
    commit.change.state.role = Role::Operator;
    assert_eq!(
        AdminStore::commit(store, commit.clone()).await.unwrap(),
        Commit::Stale
    );
    commit.change.replaces = Revision::Absent;
    assert_eq!(AdminStore::commit(store, commit).await.unwrap(), Commit::Stale);
    assert_eq!(AdminStore::by_id(store, ada.id).await.unwrap(), Some(stored));
    let log = [says(&ada, "admin.created"), says(&ada, "admin.tested")];
    assert_eq!(audited(store).await, log);
}

/// An administrator who holds these recovery codes.
pub(super) async fn holding(store: &impl Administrating, codes: Vec<TokenDigest>) -> Admin {
    let ada = made(store, "ada", 1).await;
    let mut commit = unchanged(&ada);
    commit.recovery = Some(codes);
    assert_eq!(
        AdminStore::commit(store, commit).await.unwrap(),
        Commit::Stored(())
    );
    AdminStore::by_id(store, ada.id).await.unwrap().unwrap()
}

async fn spends_a_recovery_code_once(store: &impl Administrating) {
    let ada = holding(store, vec![digest(1), digest(2)]).await;
    let grace = made(store, "grace", 2).await;
    assert!(store.has_recovery_code(ada.id, digest(1)).await.unwrap());
    assert!(!store.has_recovery_code(ada.id, digest(3)).await.unwrap());
    assert!(!store.has_recovery_code(grace.id, digest(1)).await.unwrap());
    let mut spend = unchanged(&ada);
    spend.spends = Some(digest(1));
    assert_eq!(
        AdminStore::commit(store, spend.clone()).await.unwrap(),
        Commit::Stored(())
    );
    assert!(!store.has_recovery_code(ada.id, digest(1)).await.unwrap());
    assert!(store.has_recovery_code(ada.id, digest(2)).await.unwrap());
    let stored = AdminStore::by_id(store, ada.id).await.unwrap().unwrap();
    spend.change.replaces = stored.revision;
    assert_eq!(AdminStore::commit(store, spend).await.unwrap(), Commit::Stale);
    assert_eq!(AdminStore::by_id(store, ada.id).await.unwrap(), Some(stored));
}

async fn gives_out_codes_in_place_of_all_earlier_ones(store: &impl Administrating) {
    let ada = holding(store, vec![digest(1), digest(2)]).await;
    let mut commit = unchanged(&ada);
    commit.recovery = Some(vec![digest(3)]);
    assert_eq!(
        AdminStore::commit(store, commit).await.unwrap(),
        Commit::Stored(())
    );
    for (code, held) in [(1, false), (2, false), (3, true)] {
        let found = store.has_recovery_code(ada.id, digest(code)).await.unwrap();
        assert_eq!(found, held, "code {code}");
    }
}

/// A session of this administrator.
pub(super) async fn begun(store: &impl Administrating, admin: AdminId, byte: u8) -> AdminSession {
    let session = AdminSession {
        digest: digest(byte),
        admin,
        complete: true,
        created_at: START,
        last_seen_at: START,
        expires_at: after(480),
    };
    let new = NewAdminSession {
        limits: Vec::new(),
        counted_at: START,
        clears: None,
        spends: None,
        session: session.clone(),
        replaces: None,
        audit: AuditEvent::new(
            START,
            Actor::Admin(admin),
            "admin.signed_in",
            Subject::Admin(admin),
        ),
    };
    assert_eq!(store.begin(new).await.unwrap(), Begun::Stored);
    session
}

async fn ends_every_session_with_the_change(store: &impl Administrating) {
    let (ada, grace) = (made(store, "ada", 1).await, made(store, "grace", 2).await);
    for (admin, byte) in [(&ada, 1), (&ada, 2), (&grace, 3)] {
        begun(store, admin.id, byte).await;
    }
    let mut stale = unchanged(&ada);
    stale.ends_sessions = true;
    let commit = stale.clone();
    stale.change.replaces = Revision::Absent;
    assert_eq!(AdminStore::commit(store, stale).await.unwrap(), Commit::Stale);
    assert!(store.by_digest(digest(1)).await.unwrap().is_some());
    assert_eq!(
        AdminStore::commit(store, commit).await.unwrap(),
        Commit::Stored(())
    );
    for (byte, live) in [(1, false), (2, false), (3, true)] {
        let found = store.by_digest(digest(byte)).await.unwrap();
        assert_eq!(found.is_some(), live, "session {byte}");
    }
}

async fn spends_a_code_for_one_of_many_at_once<S: Administrating>(store: S) {
    let ada = holding(&store, vec![digest(1)]).await;
    let racing: Vec<_> = (0..16)
        .map(|_| {
            let (store, mut spend) = (store.clone(), unchanged(&ada));
            spend.spends = Some(digest(1));
            tokio::spawn(async move { AdminStore::commit(&store, spend).await })
        })
        .collect();
    let mut stored = 0;
    for one in racing {
        stored += usize::from(one.await.unwrap().unwrap() != Commit::Stale);
    }
    assert_eq!(stored, 1);
}
