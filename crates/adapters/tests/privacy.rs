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
