//! What deleting and exporting an account does to the rows of other contexts.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use tempfile::TempDir;
use thunderbird_adapters::store::{AuditVerdict, Store, migrate};
use thunderbird_domain::{
    account::AccountId,
    audit::{Actor, AuditEvent, Subject},
    port::{Commit, Revision},
    privacy::{Deletion, Export, PrivacyStore as _, RetentionCutoffs},
    time::Timestamp,
};

/// Ada (1) was linked until 500 and is not any more; Grace (2) is linked; somebody texts on Ada's old number after her.
const ROWS: &str = "
    INSERT INTO accounts (id, tag, email, password_hash, created_at, updated_at, revision) VALUES
        (1, x'01', 'ada@example.org', '$a', 1, 1, 1), (2, x'02', 'grace@example.org', '$g', 1, 1, 1);
    INSERT INTO phone_links (account_id, phone, started_at, ended_at, end_reason) VALUES
        (1, '+61491570006', 100, 500, 'unlinked'), (2, '+61491570110', 100, NULL, NULL);
    INSERT INTO users (id, tag, phone, account_id, last_account_id, trail_name, route_id, position_code, position_at,
        started_at, created_at, updated_at, revision) VALUES
        (1, x'01', '+61491570006', NULL, 1, 'Ada', 'overland_track', 'KIAO', 900, 50, 50, 50, 1),
        (2, x'02', '+61491570110', 2, 2, 'Grace', 'overland_track', NULL, NULL, 50, 50, 50, 1);
    INSERT INTO contacts (user_id, phone, name, created_at) VALUES
        (1, '+61491570313', 'Mum', 200), (1, '+61491570737', 'Stranger', 800), (2, '+61491571266', 'Dad', 800);
    INSERT INTO check_ins (tag, user_id, route_id, camp_code, camp_name, source, at, announced, contacts_told) VALUES
        (x'01', 1, 'overland_track', 'WFVH', 'Waterfall Valley', 'sms', 300, 1, 1),
        (x'02', 1, 'overland_track', 'KIAO', 'Kia Ora', 'sms', 900, 1, 1);
    INSERT INTO deadlines (id, tag, user_id, kind, phone, route_id, zone, due_at, set_at, set_by, state, closed_at, closed_how,
        revision) VALUES
        (1, x'01', 1, 'out', '+61491570006', 'overland_track', 'Australia/Hobart', 450, 310, 'text', 'closed', 460, 'back', 2),
        (2, x'02', 1, 'out', '+61491570006', 'overland_track', 'Australia/Hobart', 990, 910, 'text', 'armed', NULL, NULL, 1);
    INSERT INTO alarms (id, deadline_id, opened_at, claims, closed_at) VALUES (1, 1, 455, 0, 460);
    INSERT INTO alarm_contacts (alarm_id, phone, name, alerted_at) VALUES (1, '+61491570313', 'Mum', 455);
    INSERT INTO messages (tag, direction, phone, user_id, state, body, state_at, created_at) VALUES
        (x'01', 'in', '+61491570006', 1, 'answered', 'CHECKIN WFVH', 300, 300),
        (x'02', 'in', '+61491570006', 1, 'answered', 'CHECKIN KIAO', 900, 900);
    INSERT INTO mails (tag, account_id, recipient, subject, state, body, expires_at, state_at, created_at) VALUES
        (x'01', 1, 'ada@example.org', 'Changed', 'sent', 'It was.', 9, 9, 9);
    CREATE TABLE legacy_accounts (id INTEGER, email TEXT);
    INSERT INTO legacy_accounts VALUES (1, 'Ada@Example.org'), (2, 'grace@example.org');
";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

struct World {
    folder: TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thunderbird.db");
        migrate::up(&path).unwrap();
        let world = Self {
            store: Store::open(&path).unwrap(),
            folder,
        };
        world.connection().batch_execute(ROWS).unwrap();
        world
    }

    fn connection(&self) -> SqliteConnection {
        let path = self.folder.path().join("thunderbird.db");
        SqliteConnection::establish(path.to_str().unwrap()).unwrap()
    }

    fn count(&self, rows: &str) -> i64 {
        let query = format!("SELECT count(*) AS value FROM {rows}");
        let count: Count = sql_query(query).get_result(&mut self.connection()).unwrap();
        count.value
    }

    async fn export(&self, account: i64) -> Export {
        self.store
            .export(AccountId::from_stored(account))
            .await
            .unwrap()
            .unwrap()
    }

    async fn delete(&self, account: i64) {
        let (id, now) = (AccountId::from_stored(account), Timestamp::from_micros(1_000));
        let deletion = Deletion {
            account: id,
            replaces: Revision::At(1),
            at: now,
            clears: Vec::new(),
            audit: vec![AuditEvent::new(
                now,
                Actor::Account(id),
                "account.deleted",
                Subject::Account(id),
            )],
        };
        assert_eq!(self.store.delete(deletion).await.unwrap(), Commit::Stored(()));
    }
}

#[tokio::test]
async fn an_export_ends_where_the_link_ended() {
    let world = World::new();
    let ada = world.export(1).await;
    let [hiker] = ada.hikers.as_slice() else {
        panic!("{:?}", ada.hikers)
    };
    let names: Vec<_> = hiker
        .contacts
        .iter()
        .map(|contact| contact.name.as_str())
        .collect();
    let camps: Vec<_> = hiker
        .check_ins
        .iter()
        .map(|check_in| check_in.camp.as_str())
        .collect();
    let texts: Vec<_> = hiker
        .messages
        .iter()
        .filter_map(|message| message.text.as_deref())
        .collect();
    assert_eq!(
        (names, camps, texts),
        (vec!["Mum"], vec!["WFVH"], vec!["CHECKIN WFVH"])
    );
    let [promise] = hiker.promises.as_slice() else {
        panic!("{:?}", hiker.promises)
    };
    assert_eq!(
        (promise.closed_how.as_deref(), promise.contacts_alerted),
        (Some("back"), 1)
    );
    assert_eq!(hiker.position, None, "the last check-in may be somebody else's");
    assert_eq!((ada.links.len(), ada.mails.len()), (1, 1));
    let grace = world.export(2).await;
    let names: Vec<_> = grace
        .hikers
        .iter()
        .flat_map(|hiker| &hiker.contacts)
        .map(|contact| &contact.name)
        .collect();
    assert_eq!(names, ["Dad"]);
}

#[tokio::test]
async fn a_deleted_account_leaves_the_hiker_and_nothing_of_its_own() {
    let world = World::new();
    world.delete(2).await;
    for rows in ["accounts", "phone_links", "legacy_accounts"] {
        assert_eq!(world.count(rows), 1, "{rows}");
    }
    assert_eq!(
        world.count("users WHERE id = 2 AND account_id IS NULL AND last_account_id = 2 AND revision = 2"),
        1
    );
    assert_eq!(world.count("contacts WHERE user_id = 2"), 1);
    world.delete(1).await;
    assert_eq!(
        (
            world.count("accounts"),
            world.count("mails"),
            world.count("legacy_accounts")
        ),
        (0, 0, 0)
    );
    assert_eq!(world.count("pragma_foreign_key_check"), 0);
    assert_eq!(world.count("audit_log WHERE action = 'account.deleted'"), 2);
}

#[tokio::test]
async fn a_log_whose_oldest_lines_were_forgotten_still_verifies() {
    let world = World::new();
    let day = |number: u64| Timestamp::from_micros(1_000).plus(std::time::Duration::from_hours(24 * number));
    for number in 0..450 {
        let event = AuditEvent::new(day(number), Actor::System, "test.happened", Subject::Service);
        world.store.record(event).await.unwrap();
    }
    while world.store.forget(RetentionCutoffs::at(day(449))).await.unwrap() > 0 {}
    assert_eq!(world.count("audit_log"), 401);
    assert_eq!(
        world.store.verify_audit().await.unwrap(),
        AuditVerdict::Sound { rows: 401 }
    );
    world
        .connection()
        .batch_execute("DELETE FROM audit_log WHERE id = 50")
        .unwrap();
    assert_eq!(
        world.store.verify_audit().await.unwrap(),
        AuditVerdict::Broken { row: 50 }
    );
}

/// One row of each kind that is forgotten, all of the first day of 1970. The reply to the text is 400 days younger.
const ROWS_OF_THE_FIRST_DAY: &str = "DELETE FROM messages; DELETE FROM mails; DELETE FROM pending_actions; DELETE FROM phone_word_sets; \
     DELETE FROM phone_codes; DELETE FROM conversations; DELETE FROM idempotency_keys;\
     INSERT INTO messages (id, tag, direction, phone, state, body, state_at, created_at) \
     VALUES (1, 'a', 'in', '+61491570006', 'answered', 'START', 0, 0);\
     INSERT INTO messages (id, tag, direction, phone, state, body, cause_id, state_at, created_at) \
     VALUES (2, 'b', 'out', '+61491570006', 'replied', 'Welcome', 1, 0, 34560000000001);\
     INSERT INTO inbound_sids (sid, digest, token_fingerprint, message_id, received_at) \
     VALUES ('SM1', 'd', 'f', 1, 0);\
     INSERT INTO mails (tag, recipient, subject, state, body, expires_at, state_at, created_at) \
     VALUES ('c', 'ada@example.org', 'A subject', 'sent', 'words', 0, 0, 0);\
     INSERT INTO phone_word_sets (id, tag, account_id, mac, mac_key, created_at, expires_at, ended_at) \
     SELECT 900, 'w', min(id), 'm', 'k', 0, 86400000000, 1 FROM accounts;\
     INSERT INTO pending_actions (tag, phone, kind, account_id, word_set_id, mac, mac_key, created_at, \
     expires_at, ended_at) SELECT 'p', '+61491570006', 'link', min(id), 900, 'm', 'k', 0, 600000000, 1 \
     FROM accounts;\
     INSERT INTO phone_codes (tag, account_id, phone, mac, mac_key, created_at, expires_at) \
     SELECT 'q', min(id), '+61491570006', 'm', 'k', 0, 600000000 FROM accounts;\
     INSERT INTO conversations (phone, state, expires_at, updated_at, revision) \
     VALUES ('+61491570006', 'name', 0, 0, 1);";

#[tokio::test]
async fn words_go_after_thirty_days_proofs_after_one_and_what_is_left_of_a_text_after_four_hundred() {
    let world = World::new();
    let day = |number: i64| Timestamp::from_micros(number * 86_400_000_000);
    let mut connection = world.connection();
    connection.batch_execute(ROWS_OF_THE_FIRST_DAY).unwrap();
    let forget = async |number: i64| {
        while world
            .store
            .forget(RetentionCutoffs::at(day(number)))
            .await
            .unwrap()
            > 0
        {}
        let rows = [
            "messages",
            "messages WHERE body IS NOT NULL",
            "mails WHERE body IS NOT NULL",
            "phone_codes",
        ];
        rows.map(|rows| world.count(rows))
    };
    assert_eq!(forget(1).await, [2, 2, 1, 1]);
    assert_eq!(forget(2).await, [2, 2, 1, 0]);
    assert_eq!(
        (world.count("pending_actions"), world.count("conversations")),
        (0, 0)
    );
    assert_eq!(world.count("phone_word_sets"), 1, "its day, and a day");
    assert_eq!(forget(30).await, [2, 2, 1, 0]);
    assert_eq!(forget(31).await, [2, 1, 0, 0]);
    assert_eq!(world.count("phone_word_sets"), 0);
    assert_eq!(forget(400).await, [2, 1, 0, 0]);
    assert_eq!(
        forget(401).await,
        [1, 1, 0, 0],
        "the younger one lost its cause, and nothing else"
    );
    assert_eq!(world.count("messages WHERE cause_id IS NOT NULL"), 0);
    assert_eq!(
        world.count("inbound_sids"),
        1,
        "a captured webhook never acts again"
    );
    assert_eq!(world.count("pragma_foreign_key_check"), 0);
}

#[tokio::test]
async fn a_promise_goes_whole_after_four_hundred_days_and_an_open_one_stays() {
    let world = World::new();
    let rows_of_both = "
        UPDATE deadlines SET replaces_id = 1 WHERE id = 2;
        INSERT INTO alarms (id, deadline_id, opened_at, claims) VALUES (2, 2, 995, 0);
        INSERT INTO alarm_contacts (alarm_id, phone, name, alerted_at) VALUES (2, '+61491570313', 'Mum', 995);
        INSERT INTO deadline_stages (deadline_id, stage, due_at) SELECT id, 'alert1', due_at FROM deadlines;
        INSERT INTO informed_contacts (deadline_id, phone, due_at) SELECT id, '+61491570313', due_at FROM deadlines;
        INSERT INTO trip_plans (deadline_id, vehicle, gear, plan, notes) SELECT id, 'van', '', '', '' FROM deadlines";
    world.connection().batch_execute(rows_of_both).unwrap();
    let tables = [
        "deadlines",
        "alarms",
        "alarm_contacts",
        "deadline_stages",
        "informed_contacts",
        "trip_plans",
    ];
    let forget = async |days: i64| {
        let now = Timestamp::from_micros(days * 86_400_000_000);
        while world.store.forget(RetentionCutoffs::at(now)).await.unwrap() > 0 {}
        tables.map(|table| world.count(table))
    };
    assert_eq!(
        forget(400).await,
        [2, 2, 2, 2, 2, 1],
        "what was written about the trip goes after a month"
    );
    assert_eq!(forget(401).await, [1; 6]);
    assert_eq!(forget(4_000).await, [1; 6]);
    assert_eq!(world.count("deadlines WHERE id = 2 AND replaces_id IS NULL"), 1);
    assert_eq!(world.count("pragma_foreign_key_check"), 0);
}

#[tokio::test]
async fn a_session_of_the_console_ends_with_its_time_and_goes_thirty_days_later() {
    let world = World::new();
    let day = |number: i64| Timestamp::from_micros(number * 86_400_000_000);
    world
        .connection()
        .batch_execute(
            "INSERT INTO admins (id, tag, name, role, password_hash, created_at, updated_at, revision) VALUES \
             (7, x'07', 'ada', 'operator', '$a', 0, 0, 1);
             INSERT INTO admin_sessions (admin_id, digest, complete, created_at, last_seen_at, expires_at, ended_at) VALUES \
             (7, x'01', 1, 0, 0, 86400000000, NULL), (7, x'02', 0, 0, 0, 86400000000, 5), \
             (7, x'03', 1, 0, 0, 8640000000000, NULL);",
        )
        .unwrap();
    let forget = async |number: i64| {
        while world
            .store
            .forget(RetentionCutoffs::at(day(number)))
            .await
            .unwrap()
            > 0
        {}
        [
            "admin_sessions",
            "admin_sessions WHERE ended_at IS NULL",
            "audit_log WHERE action = 'admin.session_expired' AND subject = 'admin:7'",
        ]
        .map(|rows| world.count(rows))
    };
    assert_eq!(forget(1).await, [3, 2, 0]);
    assert_eq!(forget(2).await, [3, 1, 1]);
    assert_eq!(forget(31).await, [3, 1, 1]);
    assert_eq!(
        forget(32).await,
        [2, 1, 1],
        "the one that was ended by hand was ended earlier"
    );
    assert_eq!(forget(33).await, [1, 1, 1]);
}

/// Child rows of account 2 that are over, and one of each kind that is in force, by the thousand.
const MANY_ROWS: &str = "
    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) SELECT i FROM n;
    INSERT INTO sessions (id, tag, account_id, created_at, last_seen_at, expires_at, idle_expires_at, ended_at, generation,
        used_generation, revision) SELECT i, 's' || i, 2, 0, 0, 9000, 9000, CASE WHEN i > 1 THEN 5 END, 1, 1, 1 FROM n;
    INSERT INTO refresh_tokens (session_id, generation, digest, created_at) SELECT i, 1, 'd' || i, 0 FROM n;
    INSERT INTO phone_word_sets (id, tag, account_id, mac, mac_key, created_at, expires_at, ended_at)
        SELECT i, 'w' || i, 2, 'm' || i, 'k', 0, 9000, CASE WHEN i > 1 THEN 5 END FROM n;
    INSERT INTO pending_actions (tag, phone, kind, account_id, word_set_id, mac, mac_key, created_at, expires_at, ended_at)
        SELECT 'p' || i, '+61491570006', 'link', 2, i, 'm', 'k', 0, 9000, CASE WHEN i > 1 THEN 5 END FROM n;
    INSERT INTO phone_codes (tag, account_id, phone, mac, mac_key, created_at, expires_at) SELECT 'c' || i, 2, '+61491570006', 'm', 'k', 0, CASE WHEN i > 1 THEN 5 ELSE 9000 END FROM n;
    INSERT INTO mails (tag, account_id, recipient, subject, state, expires_at, state_at, created_at) SELECT 'l' || i, 2, 'g@example.org', 'S', CASE WHEN i > 1 THEN 'sent' ELSE 'queued' END, 9000, 0, 0 FROM n;
    INSERT INTO password_resets (account_id, email, digest, created_at, expires_at) SELECT 2, 'g@example.org', 'r' || i, 0, CASE WHEN i > 1 THEN 5 ELSE 9000 END FROM n;
    INSERT INTO email_challenges (account_id, email, digest, created_at, expires_at) SELECT 2, 'g@example.org', 'e' || i, 0, CASE WHEN i > 1 THEN 5 ELSE 9000 END FROM n;
    INSERT INTO idempotency_keys (owner, route, key, request_digest, status, answer, created_at, expires_at)
        SELECT 'account:2', 'r', 'k' || i, 'd', 200, '', 0, 9000 FROM n;";

#[tokio::test]
async fn an_account_with_very_many_rows_goes_in_small_commits() {
    const CHILDREN: [&str; 9] = [
        "sessions",
        "refresh_tokens",
        "phone_word_sets",
        "pending_actions",
        "phone_codes",
        "mails",
        "password_resets",
        "email_challenges",
        "idempotency_keys",
    ];
    let world = World::new();
    world.connection().batch_execute(MANY_ROWS).unwrap();
    let rows = || -> i64 { CHILDREN.iter().map(|table| world.count(table)).sum() };
    let (grace, now) = (AccountId::from_stored(2), Timestamp::from_micros(1_000));
    let (mut before, mut commits) = (rows(), 0);
    assert!(before >= 11_700);
    while world.store.prune(grace, now).await.unwrap() {
        let left = rows();
        assert!(
            (1..=1_000).contains(&(before - left)),
            "{before} to {left} in one commit"
        );
        (before, commits) = (left, commits + 1);
    }
    assert!(commits >= 23);
    for table in CHILDREN {
        let in_force = i64::from(table != "idempotency_keys");
        // Ada has a mail of her own.
        let others = i64::from(table == "mails");
        assert_eq!(world.count(table), in_force + others, "{table}");
    }
    world.delete(2).await;
    assert_eq!(rows(), 1);
    assert_eq!(world.count("pragma_foreign_key_check"), 0);
}
