//! The oracle itself: it is worth nothing unless it sees every row that is missing.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{eventually_holds, fake_smtp::FakeSmtp, fake_twilio::FakeTwilio};

use super::{
    kills::service,
    ledger::Meaning,
    oracle::Oracle,
    outgoing,
    workload::{Walker, Workload},
};

/// What is done to the file, and how many losses that makes at least.
const DAMAGES: [&str; 8] = [
    "DELETE FROM check_ins WHERE source = 'sms'",
    "DELETE FROM check_ins WHERE source = 'web'",
    "DELETE FROM messages WHERE id = (SELECT max(id) FROM messages WHERE class = 'safety' AND phone LIKE '+6142%')",
    "DELETE FROM messages WHERE id = (SELECT max(id) FROM messages WHERE state = 'replied' AND phone LIKE '+6141%')",
    "UPDATE messages SET body = body || '.' WHERE id = (SELECT min(id) FROM messages WHERE state = 'replied' \
     AND phone LIKE '+6141%')",
    "DELETE FROM contacts WHERE id = (SELECT max(id) FROM contacts WHERE phone LIKE '+6142%')",
    "DELETE FROM inbound_sids WHERE message_id = (SELECT max(id) FROM messages WHERE direction = 'in' \
     AND phone LIKE '+6141%')",
    "DELETE FROM mails WHERE recipient LIKE 'newcomer%'",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oracle_sees_what_is_missing() {
    let (twilio, smtp) = (FakeTwilio::start().await, FakeSmtp::start().await);
    let mut service = service(&twilio, &smtp).await;
    let busy = Workload::new(3, 1, Walker::new(&service).await).begin(&service);
    eventually_holds(
        "a check-in at the last camp, an account and a web check-in",
        async || {
            let so_far = busy.so_far();
            let has = |meant: fn(&Meaning) -> bool| so_far.texts.iter().any(|text| meant(&text.meaning));
            has(|meaning| matches!(meaning, Meaning::CheckIn { camp: "KIAOR", .. }))
                && !so_far.accounts.is_empty()
                && !so_far.web_check_ins.is_empty()
        },
    )
    .await;
    let workload = busy.end().await;
    outgoing::settled(&service.database()).await;
    assert!(service.terminate().await.success());
    let ledger = workload.ledger.lock().unwrap().clone();
    assert_eq!(
        Oracle::of(&service.database()).lost(&ledger),
        Vec::<String>::new()
    );
    for damage in DAMAGES {
        let copy = service.folder().join("doubted.db");
        std::fs::copy(service.database(), &copy).unwrap();
        let mut connection = SqliteConnection::establish(copy.to_str().unwrap()).unwrap();
        connection
            .batch_execute(&format!(
                "PRAGMA foreign_keys = 0; PRAGMA journal_mode = DELETE; {damage}"
            ))
            .unwrap();
        drop(connection);
        assert_ne!(Oracle::of(&copy).lost(&ledger), Vec::<String>::new(), "{damage}");
    }
    let copy = service.folder().join("doubted.db");
    let mut connection = SqliteConnection::establish(copy.to_str().unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA foreign_keys = 0; DELETE FROM users WHERE id = 1")
        .unwrap();
    assert_ne!(
        Oracle::of(&copy).damage(),
        Vec::<String>::new(),
        "rows that belong to nobody"
    );
}
