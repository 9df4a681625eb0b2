//! Two writes at once that hold different keys, or none. One transaction changes something and is committed when the
//! other one waits for it; if the other one does not wait, the test fails.

use std::{sync::Arc, thread, time::Duration};

use diesel::{RunQueryDsl as _, connection::SimpleConnection as _, sql_query};
use thunderbird_domain::{
    account::{AccountId, ExpireSessions, SessionStore as _},
    admin::{AdminActions, Queueing, Resent},
    audit::{Actor, AuditEvent, Subject},
    id::MessageId,
    idempotency::{Claim, IdempotencyKey, IdempotencyStore, KeptAnswer, KeyedRequest, Owner, RequestDigest},
    opt_out::{OptOutChange, OptOutSource, OptOuts as _},
    outbox::{lease::LeaseOrder, port::Outbox},
    outgoing::{Class, OutgoingText, Words},
    phone_number::PhoneNumber,
    privacy::{PrivacyStore, RetentionCutoffs},
    random::Tag,
    sms::{
        gateway::{MessageSid, ProviderStatus},
        outbox::{Callback, DeliveryReports as _, TextPayload},
    },
    time::Timestamp,
};
use thunderbird_testkit::postgres::Database;

use super::{
    AuditVerdict, Store, dialect,
    write_tests::{bench, keyless},
};

const NOW: Timestamp = Timestamp::from_micros(1_795_074_000_000_000);

/// The sid of the text that [`text_in`] stores.
const SID: &str = "SM00000000000000000000000000000001";

fn stage() -> (Arc<Database>, Store) {
    let (database, store) = bench();
    (Arc::new(database), store)
}

fn until_blocked(database: &Database) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..100 {
        if database.run(waiting) != "0" {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing waits for what another transaction is changing");
}

/// Begins `other` when `statement` has run, and commits `statement` when `other` waits for it.
async fn meanwhile<T>(
    (database, store): &(Arc<Database>, Store),
    statement: &str,
    other: impl AsyncFnOnce() -> T,
) -> T {
    let (watched, statement) = (Arc::clone(database), statement.to_owned());
    let (changed, mut has_changed) = tokio::sync::mpsc::unbounded_channel();
    let first = store.transact("test", keyless(), move |connection| {
        connection.batch_execute(&statement)?;
        changed.send(()).unwrap();
        until_blocked(&watched);
        Ok(())
    });
    has_changed.recv().await.unwrap();
    let (first, second) = tokio::join!(first, other());
    first.unwrap();
    second
}

/// Runs `other` while `statement` has run and is not committed. `other` must not wait for it.
async fn before_the_commit<T>(
    (_, store): &(Arc<Database>, Store),
    statement: &str,
    other: impl AsyncFnOnce() -> T,
) -> T {
    let statement = statement.to_owned();
    let (changed, mut has_changed) = tokio::sync::mpsc::unbounded_channel();
    let (finished, has_finished) = std::sync::mpsc::channel();
    let first = store.transact("test", keyless(), move |connection| {
        connection.batch_execute(&statement)?;
        changed.send(()).unwrap();
        let waited = has_finished.recv_timeout(Duration::from_secs(20));
        waited.expect("it waits for what another transaction is changing");
        Ok(())
    });
    has_changed.recv().await.unwrap();
    let other = async {
        let done = other().await;
        finished.send(()).unwrap();
        done
    };
    let (first, second) = tokio::join!(first, other);
    first.unwrap();
    second
}

fn phone(number: u8) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+614915700{number:02}")).unwrap()
}

fn event(action: &'static str) -> AuditEvent {
    AuditEvent::new(NOW, Actor::System, action, Subject::Service)
}

fn text(number: u8, class: Class) -> OutgoingText {
    OutgoingText {
        tag: Tag::from_bytes([number; 16]),
        to: phone(number),
        class,
        words: Words::Plain(format!("text {number}")),
        not_before: NOW,
        expires_at: NOW.plus(Duration::from_hours(1)),
        user: None,
    }
}

/// Stores a text to the second number, on behalf of the first hiker, in this state.
fn text_in(database: &Database, state: &str) -> MessageId {
    let id = database.run(&format!(
        "INSERT INTO messages (tag, direction, phone, class, state, body, provider_sid, user_id, state_at, created_at, not_before) \
         VALUES (decode(repeat('01', 16), 'hex'), 'out', '{}', 'safety', '{state}', 'words', '{SID}', 1, 0, 0, 0) RETURNING id",
        phone(2).as_str()
    ));
    MessageId::from_stored(id.parse().unwrap())
}

fn undelivered(code: u32) -> Callback {
    Callback {
        sid: MessageSid::parse(SID).unwrap(),
        status: ProviderStatus::Undelivered,
        code: Some(code),
        at: NOW,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn texts_of_two_classes_claimed_at_once_are_all_counted() {
    let (database, store) = stage();
    let texts = vec![text(1, Class::Safety), text(2, Class::Notice)];
    Outbox::<TextPayload>::queue(&store, texts, NOW).await.unwrap();
    // The claim of the first class goes on when that of the second has counted.
    database.run(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..500 LOOP \
         EXIT WHEN EXISTS (SELECT FROM counters WHERE scope = 'texts_day'); PERFORM pg_sleep(0.02); END LOOP; \
         RETURN NEW; END $$; \
         CREATE TRIGGER claimed BEFORE UPDATE ON messages FOR EACH ROW WHEN (OLD.class = 'safety') \
         EXECUTE FUNCTION wait()",
    );
    let claim = |class, name| {
        let order = LeaseOrder {
            class,
            limit: 10,
            lease: Tag::from_bytes([name; 16]),
            now: NOW,
            until: NOW.plus(Duration::from_mins(1)),
            daily_room: None,
        };
        Outbox::<TextPayload>::lease(&store, order)
    };
    let (safety, notice) = tokio::join!(claim(Class::Safety, 101), claim(Class::Notice, 102));
    assert_eq!(
        (safety.unwrap().messages.len(), notice.unwrap().messages.len()),
        (1, 1)
    );
    assert_eq!(
        database.run("SELECT count FROM counters WHERE scope = 'texts_day'"),
        "2"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_text_that_just_arrived_is_not_sent_again() {
    let stage = stage();
    let id = text_in(&stage.0, "failed");
    let arrived = "UPDATE messages SET state = 'delivered'";
    let resent = meanwhile(&stage, arrived, async || {
        stage.1.resend(id, NOW, event("test.resend")).await.unwrap()
    });
    assert_eq!(resent.await, Resent::NotGivenUp);
    assert_eq!(stage.0.run("SELECT state FROM messages"), "delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_stop_comes_after_the_claim_that_is_under_way() {
    let stage = stage();
    Outbox::<TextPayload>::queue(&stage.1, vec![text(2, Class::Safety)], NOW)
        .await
        .unwrap();
    let stop = OptOutChange::Record {
        phone: phone(2),
        source: OptOutSource::Text,
        at: NOW,
    };
    let claiming = "SELECT id FROM messages WHERE state = 'queued' FOR UPDATE";
    let changed = meanwhile(&stage, claiming, async || {
        stage
            .1
            .change_opt_out(stop, Vec::new(), event("test.stop"))
            .await
            .unwrap()
    });
    assert!(changed.await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_start_is_not_undone_by_what_is_heard_of_an_older_text() {
    let stage = stage();
    text_in(&stage.0, "sent");
    stage.0.run(&format!(
        "INSERT INTO opt_outs (phone, source, started_at) VALUES ('{}', 'text', 0)",
        phone(2).as_str()
    ));
    let start = format!("UPDATE opt_outs SET ended_at = {}", NOW.as_micros());
    meanwhile(&stage, &start, async || {
        stage.1.hear(undelivered(21_610)).await.unwrap();
    })
    .await;
    assert!(!stage.1.is_opted_out(&phone(2)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn failures_that_a_hiker_hears_of_are_judged_one_after_the_other() {
    let stage = stage();
    text_in(&stage.0, "sent");
    stage.0.run(&format!(
        "INSERT INTO users (tag, phone, trail_name, route_id, started_at, created_at, updated_at, revision) \
         VALUES (decode(repeat('01', 16), 'hex'), '{}', 'Ada', 'route', 0, 0, 0, 0); \
         INSERT INTO contacts (user_id, phone, name, created_at) VALUES (1, '{}', 'Bob', 0)",
        phone(1).as_str(),
        phone(2).as_str()
    ));
    let judging = "SELECT id FROM users FOR NO KEY UPDATE";
    meanwhile(&stage, judging, async || {
        stage.1.hear(undelivered(30_005)).await.unwrap();
    })
    .await;
    assert_eq!(
        stage
            .0
            .run("SELECT count(*) FROM messages WHERE state = 'queued' AND user_id = 1"),
        "1"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn an_answer_is_repeated_when_the_first_is_as_safe_as_the_repeat() {
    let (database, store) = stage();
    // A row that was held names the transaction, whose commit waits for everything before it.
    let was_held = |table: &str| database.run(&format!("SELECT xmax::text <> '0' FROM {table}"));
    let request = || KeyedRequest {
        owner: Owner::Account(AccountId::from_stored(7)),
        route: "POST /api/user/checkins",
        key: IdempotencyKey::parse("one").unwrap(),
        digest: RequestDigest::of(b"body"),
    };
    let answer = KeptAnswer {
        status: 201,
        body: "{}".to_owned(),
    };
    assert_eq!(store.claim(request(), NOW).await.unwrap(), Claim::Fresh);
    IdempotencyStore::settle(&store, request(), Some(answer.clone()))
        .await
        .unwrap();
    assert_eq!(was_held("idempotency_keys"), "f");
    assert_eq!(
        store.claim(request(), NOW).await.unwrap(),
        Claim::Answered(answer)
    );
    assert_eq!(was_held("idempotency_keys"), "t");

    let send = || store.send(text(2, Class::Notice), event("test.send"));
    assert_eq!(send().await.unwrap(), Queueing::Queued);
    assert_eq!(was_held("messages"), "f");
    assert_eq!(send().await.unwrap(), Queueing::QueuedBefore);
    assert_eq!(was_held("messages"), "t");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_session_that_somebody_ends_does_not_expire_too() {
    let stage = stage();
    stage.0.run(
        "INSERT INTO accounts (tag, email, created_at, updated_at, revision) VALUES (decode(repeat('01', 16), 'hex'), 'a@b.c', 0, 0, 0); \
         INSERT INTO sessions (tag, account_id, created_at, last_seen_at, expires_at, idle_expires_at, generation, \
         used_generation, revision) VALUES (decode(repeat('01', 16), 'hex'), 1, 0, 0, 5, 5, 1, 0, 0); \
         INSERT INTO refresh_tokens (session_id, generation, digest, created_at) \
         VALUES (1, 1, sha256('token'), 0)",
    );
    let ends = "UPDATE sessions SET ended_at = 3, end_reason = 'signed_out'";
    let expire = ExpireSessions {
        account: None,
        at: NOW,
        audit: event("session.ended"),
    };
    let again = ExpireSessions {
        audit: event("session.ended"),
        ..expire
    };
    let expired = before_the_commit(&stage, ends, async || stage.1.expire(expire).await.unwrap());
    assert_eq!(expired.await, 0, "a sweep passes over what another write holds");
    assert_eq!(stage.1.expire(again).await.unwrap(), 0);
    assert_eq!(
        stage.0.run("SELECT ended_at, end_reason FROM sessions"),
        "3|signed_out"
    );
    assert_eq!(
        stage.1.verify_audit().await.unwrap(),
        AuditVerdict::Sound { rows: 0 }
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn the_anchor_of_the_audit_log_never_goes_back() {
    let stage = stage();
    for seconds in 0..6 {
        let at = NOW.plus(Duration::from_secs(seconds));
        let event = AuditEvent::new(at, Actor::System, "test.event", Subject::Service);
        AdminActions::record(&stage.1, event).await.unwrap();
    }
    assert_eq!(
        stage.1.verify_audit().await.unwrap(),
        AuditVerdict::Sound { rows: 6 }
    );
    let further = "UPDATE audit_anchor SET last_id = 5, hash = (SELECT hash FROM audit_log WHERE id = 5); \
                   DELETE FROM audit_log WHERE id <= 5";
    let long_ago = Timestamp::EPOCH;
    let cutoffs = RetentionCutoffs {
        sessions: long_ago,
        devices: long_ago,
        mail_tokens: long_ago,
        audit: NOW.plus(Duration::from_secs(2)),
        bodies: long_ago,
        metadata: long_ago,
        codes: long_ago,
        words: long_ago,
        now: long_ago,
    };
    meanwhile(&stage, further, async || {
        PrivacyStore::forget(&stage.1, cutoffs).await.unwrap()
    })
    .await;
    assert_eq!(stage.0.run("SELECT last_id FROM audit_anchor"), "5");
    assert_eq!(
        stage.1.verify_audit().await.unwrap(),
        AuditVerdict::Sound { rows: 1 }
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask postgres"]
async fn a_long_read_sees_one_state_of_the_database() {
    let (database, store) = stage();
    let seen = store.read("test", move |connection| {
        dialect::in_one_snapshot(connection, |connection| {
            let before = sql_query("SELECT id FROM jobs").execute(connection)?;
            database.run("INSERT INTO jobs VALUES (3, 0)");
            Ok((before, sql_query("SELECT id FROM jobs").execute(connection)?))
        })
    });
    let (before, after) = seen.await.unwrap();
    assert_eq!((before, after), (2, 2));
}
