//! The ring and the database belong together, and neither starts with a stranger.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{path::Path, sync::Arc, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
};
use tempfile::TempDir;
use thunderbird_adapters::{
    crypto::{
        entropy::SystemEntropy,
        key_ring_file::KeyRingFile,
        keys::Keys,
        live_ring::LiveRing,
        ring_keeper::RingKeeper,
        ring_start::{self, RingSource, RingStartError},
        sealer::RingSealer,
    },
    store::{Store, migrate},
};
use thunderbird_domain::{
    audit::{Actor, AuditEvent, Subject},
    email::Email,
    mail::outbox::{MAIL_CLASS, MailPayload},
    outbox::port::Outbox,
    outgoing::{OutgoingMail, Words},
    random::Tag,
    secret::{BodySealer as _, Secret},
    time::{Clock, Timestamp},
    token::{key_memory::KeyMemory as _, key_ring::KeyPurpose},
};
use thunderbird_testkit::clock::StoppedClock;

fn store_in(folder: &TempDir) -> Store {
    let path = folder.path().join("thunderbird.db");
    migrate::up(&path).unwrap();
    Store::open(&path).unwrap()
}

async fn opened(source: RingSource, store: &Store) -> Result<Arc<LiveRing>, RingStartError> {
    let clock = Arc::new(StoppedClock::default());
    ring_start::open(source, store, &SystemEntropy, clock).await
}

fn at(path: &Path) -> RingSource {
    RingSource::File(path.to_owned())
}

#[tokio::test]
async fn a_new_database_draws_a_ring_and_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (store_in(&folder), folder.path().join("ring"));
    let first = opened(at(&path), &store).await.unwrap();
    let again = opened(at(&path), &store).await.unwrap();
    assert_eq!(first.keys().ring(), again.keys().ring());
    assert_eq!(store.remembered().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_new_database_takes_over_a_ring_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    let first = opened(at(&path), &store_in(&folder)).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let taken = opened(at(&path), &store_in(&other)).await.unwrap();
    assert_eq!(first.keys().ring(), taken.keys().ring());
}

#[tokio::test]
async fn a_missing_or_foreign_ring_stops_the_start_and_draws_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (store_in(&folder), folder.path().join("ring"));
    opened(at(&path), &store).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let missing = opened(at(&path), &store).await.map(|_| ()).unwrap_err();
    assert!(matches!(missing, RingStartError::Missing(_)));
    assert!(missing.to_string().contains("keys replace"), "{missing}");
    assert!(!path.exists());

    let other = tempfile::tempdir().unwrap();
    opened(at(&path), &store_in(&other)).await.unwrap();
    let foreign = opened(at(&path), &store).await.map(|_| ()).unwrap_err();
    assert!(matches!(foreign, RingStartError::Foreign(_)));
    let text = KeyRingFile::at(&path).read().unwrap().to_text();
    let given = RingSource::Given(text);
    assert!(matches!(
        opened(given, &store).await.map(|_| ()),
        Err(RingStartError::Foreign(_))
    ));
}

#[tokio::test]
async fn a_ring_may_come_from_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (store_in(&folder), folder.path().join("ring"));
    let drawn = opened(at(&path), &store).await.unwrap();
    let given = opened(RingSource::Given(drawn.keys().to_text()), &store)
        .await
        .unwrap();
    assert_eq!(given.keys().ring(), drawn.keys().ring());
    assert!(!given.reread().unwrap());
    let broken = RingSource::Given(Secret::new("{}".to_owned()));
    assert!(matches!(
        opened(broken, &store).await.map(|_| ()),
        Err(RingStartError::Given(_))
    ));
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

fn count(folder: &TempDir, query: &str) -> i64 {
    let path = folder.path().join("thunderbird.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let found: Count = diesel::sql_query(format!("SELECT count(*) AS value FROM {query}"))
        .get_result(&mut connection)
        .unwrap();
    found.value
}

#[tokio::test]
async fn replacing_the_ring_voids_everything_that_lived_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_in(&folder);
    let mut connection =
        SqliteConnection::establish(folder.path().join("thunderbird.db").to_str().unwrap()).unwrap();
    connection
        .batch_execute(
            "INSERT INTO accounts (id, tag, email, created_at, updated_at, revision) VALUES (1, x'01', 'a@example.org', 0, 0, 1); \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
             INSERT INTO sessions (tag, account_id, created_at, last_seen_at, expires_at, idle_expires_at, \
             generation, used_generation, revision) SELECT randomblob(16), 1, 0, 0, 9, 9, 1, 0, 1 FROM n; \
             INSERT INTO mails (tag, recipient, subject, state, sealed, sealed_key, sealed_until, next_attempt_at, \
             expires_at, state_at, created_at) VALUES (x'01', 'a@example.org', 's', 'queued', x'00', 'body-1', 9, 0, 9, 0, 0), \
             (x'02', 'a@example.org', 's', 'sent', x'00', 'body-2', 9, 0, 9, 0, 0); \
             INSERT INTO mails (tag, recipient, subject, state, body, next_attempt_at, expires_at, state_at, created_at) \
             VALUES (x'03', 'a@example.org', 's', 'queued', 'plain', 0, 9, 0, 0);",
        )
        .unwrap();
    let named = store.named().await.unwrap();
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["body-1", "body-2"]);
    let clock = StoppedClock::default();
    let mut rounds = 0;
    while store.void(clock.now()).await.unwrap() {
        rounds += 1;
    }
    assert!(rounds > 1, "300 sessions in one commit");
    let event = AuditEvent::new(clock.now(), Actor::System, "keys.replaced", Subject::Service);
    store.replace(vec![], event).await.unwrap();
    assert_eq!(count(&folder, "sessions WHERE ended_at IS NULL"), 0);
    assert_eq!(count(&folder, "mails WHERE sealed IS NOT NULL"), 0);
    assert_eq!(
        count(&folder, "mails WHERE state = 'queued' AND body = 'plain'"),
        1
    );
    assert_eq!(count(&folder, "mails WHERE state = 'failed'"), 1);
    assert_eq!(count(&folder, "mails WHERE state = 'sent'"), 1);
    assert_eq!(count(&folder, "audit_log WHERE action = 'keys.replaced'"), 1);
}

fn sealed_mail(bodies: &RingSealer, tag: Tag, until: Timestamp) -> OutgoingMail {
    let sealed = bodies.seal(tag, "a link");
    OutgoingMail {
        tag,
        to: Email::parse("ada@example.org").unwrap(),
        account: None,
        subject: "A link".to_owned(),
        words: Words::Sealed { sealed, until },
        class: MAIL_CLASS,
        is_page: false,
        not_before: None,
        expires_at: until,
        cap: None,
    }
}

#[tokio::test]
async fn old_keys_leave_the_file_and_the_database_when_nothing_needs_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (store_in(&folder), folder.path().join("ring"));
    let clock = StoppedClock::default();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let ring = ring_start::open(at(&path), &store, &SystemEntropy, Arc::clone(&shared))
        .await
        .unwrap();
    let keeper = RingKeeper::new(Arc::clone(&ring), Arc::new(store.clone()), shared);
    let sealer = RingSealer::new(Arc::clone(&ring));
    let mail = sealed_mail(
        &sealer,
        Tag::from_bytes([1; 16]),
        clock.now().plus(Duration::from_hours(48)),
    );
    let outbox: &dyn Outbox<MailPayload> = &store;
    outbox.queue(vec![mail], clock.now()).await.unwrap();

    clock.advance(Duration::from_mins(1));
    let rotated = |keys: &Keys| Some(keys.with_new(&KeyPurpose::ROTATED, &SystemEntropy, clock.now()));
    KeyRingFile::at(&path).update(rotated).unwrap();
    let held = async |purpose| {
        keeper.tend().await.unwrap();
        let on_disk = KeyRingFile::at(&path).read().unwrap();
        assert_eq!(on_disk.ring(), ring.keys().ring());
        assert_eq!(
            store.remembered().await.unwrap().len(),
            on_disk.ring().keys().len()
        );
        on_disk.ring().of(purpose).count()
    };
    assert_eq!(held(KeyPurpose::Token).await, 2);
    clock.advance(Duration::from_mins(61));
    assert_eq!(held(KeyPurpose::Token).await, 2);
    clock.advance(Duration::from_secs(30));
    assert_eq!(held(KeyPurpose::Token).await, 1);
    assert_eq!(held(KeyPurpose::Code).await, 2);
    clock.advance(Duration::from_hours(24));
    assert_eq!(held(KeyPurpose::Code).await, 1);
    assert_eq!(held(KeyPurpose::Body).await, 2, "a sealed mail still names it");
    clock.advance(Duration::from_hours(24));
    assert!(outbox.sweep(clock.now()).await.unwrap() > 0);
    assert_eq!(held(KeyPurpose::Body).await, 1);
    assert_eq!(held(KeyPurpose::Simulator).await, 1);
}
