//! Exporting and deleting an account.

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use thunderbird_testkit::{eventually, fake_twilio::FakeTwilio, service::Service};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{ADA, BINARY, RIGHT, WRONG, start};

#[tokio::test]
async fn of_many_deletions_at_once_one_deletes_and_the_others_find_nobody() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let deletions = (0..8).map(|_| {
        let password = Some(json!({ "password": RIGHT }));
        service.web("DELETE", "/auth/me", Some(&tokens.access), password)
    });
    let mut answers: Vec<u16> = join_all(deletions)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, [204, 401, 401, 401, 401, 401, 401, 401]);
}

/// A request knows its account before it writes, so that in a storm of them the deletion comes in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_the_deletion_overtakes_finds_nobody() {
    let service = start().await;
    for round in 0..4 {
        let email = format!("round{round}@example.org");
        service.web_register(&email, RIGHT).await;
        let tokens = service.web_login(&email, RIGHT).await.tokens();
        let call = async |method: &str, path: &str, json: Option<Value>| {
            service.web(method, path, Some(&tokens.access), json).await
        };
        let call = &call;
        let storm = (0..6).map(|nth| async move {
            loop {
                let answer = match nth % 2 {
                    0 => call("POST", "/auth/phone/text-in", None).await,
                    _ => call("POST", "/auth/phone", Some(json!({ "phone": "0491 570 156" }))).await,
                };
                match answer.status {
                    201 | 202 | 429 => {}
                    401 => return,
                    other => panic!("{other}: {}", answer.text),
                }
            }
        });
        let password = Some(json!({ "password": RIGHT }));
        let (deleted, _) = tokio::join!(call("DELETE", "/auth/me", password), join_all(storm));
        assert_eq!(deleted.status, 204, "{}", deleted.text);
    }
}

#[tokio::test]
async fn an_export_holds_every_number_and_deed_and_a_deletion_leaves_no_trace_in_the_file() {
    const CANARY: &str = "canary.of.the.deletion@example.org";
    let mut service = start().await;
    service.web_register(CANARY, RIGHT).await;
    let tokens = service.web_login(CANARY, RIGHT).await.tokens();
    let wanted = json!({ "phone": "0491 570 156" });
    let texted = service
        .web("POST", "/auth/phone", Some(&tokens.access), Some(wanted))
        .await;
    assert_eq!(texted.status, 202, "{}", texted.text);
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await
        .body;
    assert_eq!(export["claimed_phone"], Value::Null);
    assert_eq!(export["codes"][0]["phone"], "+61491570156");
    let deeds: Vec<_> = export["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        deeds,
        ["account.registered", "session.started", "phone.code_sent"]
    );
    let password = Some(json!({ "password": RIGHT }));
    let deleted = service
        .web("DELETE", "/auth/me", Some(&tokens.access), password)
        .await;
    assert_eq!(deleted.status, 204);
    assert!(service.terminate().await.success());
    for entry in std::fs::read_dir(service.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn an_account_is_exported_deleted_and_free_again() {
    let service = start().await;
    let id = service.web_register(ADA, RIGHT).await.body["id"]
        .as_i64()
        .unwrap();
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await;
    assert_eq!(export.status, 200, "{}", export.text);
    assert_eq!(
        (
            &export.body["account"]["id"],
            export.body["sessions"].as_array().unwrap().len()
        ),
        (&json!(id), 1)
    );
    assert!(!export.text.contains("argon2") && !export.text.contains(&tokens.refresh));
    let delete = async |password: &str| {
        service
            .web(
                "DELETE",
                "/auth/me",
                Some(&tokens.access),
                Some(json!({ "password": password })),
            )
            .await
    };
    assert_eq!(delete(WRONG).await.status, 403);
    assert_eq!(service.me(&tokens.access).await, 200);
    assert_eq!(delete(RIGHT).await.status, 204);
    assert_eq!(service.me(&tokens.access).await, 401);
    assert_eq!(service.web_refresh(&tokens.refresh).await.status, 401);
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
    let again = service.web_register(ADA, RIGHT).await;
    assert!(
        again.body["id"].as_i64().unwrap() > id,
        "an id is never given twice"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_six_exports_a_day() {
    let service = start().await;
    let export = async |access: &str| service.web("GET", "/auth/me/export", Some(access), None).await;
    service.web_register(ADA, RIGHT).await;
    let ada = service.web_login(ADA, RIGHT).await.tokens().access;
    for _ in 0..6 {
        assert_eq!(export(&ada).await.status, 200);
    }
    let refused = export(&ada).await;
    assert_eq!((refused.status, refused.problem()), (429, "too-many-attempts"));
    assert!(refused.waits());
    service.web_register("kim@example.org", RIGHT).await;
    let kim = service.web_login("kim@example.org", RIGHT).await.tokens().access;
    assert_eq!(export(&kim).await.status, 200, "others have their own");
}

/// Gives the only account 24 MiB of mails, more than the buffers of a connection hold.
fn fill(service: &Service) {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    db.batch_execute(
        "PRAGMA busy_timeout = 20000;
         INSERT INTO mails (tag, account_id, recipient, subject, state, body, expires_at, state_at, created_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 384)
         SELECT randomblob(16), 1, 'ada@example.org', 'Long', 'sent', hex(zeroblob(32768)), now, now, now
         FROM n, (SELECT CAST(unixepoch() AS INTEGER) * 1000000 AS now);",
    )
    .unwrap();
}

/// Asks for an export, and reads no more of it than its status.
async fn begin_export(service: &Service, access: &str) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let address = service.base_url().trim_start_matches("http://").parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request =
        format!("GET /auth/me/export HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {access}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    (stream, String::from_utf8_lossy(&status).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_one_export_at_a_time_until_the_client_has_it_all() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let ada = service.web_login(ADA, RIGHT).await.tokens().access;
    service.web_register("kim@example.org", RIGHT).await;
    let kim = service.web_login("kim@example.org", RIGHT).await.tokens().access;
    let export = async |access: &str| service.web("GET", "/auth/me/export", Some(access), None).await;
    fill(&service);
    let (unread, status) = begin_export(&service, &ada).await;
    assert_eq!(status, "HTTP/1.1 200");
    for _ in 0..3 {
        let second = export(&ada).await;
        assert_eq!((second.status, second.waits()), (503, true), "{}", second.status);
    }
    assert_eq!(export(&kim).await.status, 200, "others have their own");
    drop(unread);
    let whole = eventually("the place is free again", async || {
        let answer = export(&ada).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert!(whole.text.len() > 24 * 1024 * 1024, "{}", whole.text.len());
}

/// Gives the only account 20,000 mails and as many sets of words that are over.
fn collect(service: &Service) {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    db.batch_execute(
        "PRAGMA busy_timeout = 20000;
         CREATE TEMP TABLE many AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             SELECT i, CAST(unixepoch() AS INTEGER) * 1000000 AS now FROM n;
         INSERT INTO mails (tag, account_id, recipient, subject, state, expires_at, state_at, created_at)
             SELECT randomblob(16), 1, 'ada@example.org', 'Old', 'sent', now, now, now FROM many;
         INSERT INTO phone_word_sets (tag, account_id, mac, mac_key, created_at, expires_at, ended_at)
             SELECT randomblob(16), 1, randomblob(32), 'k', now, now, now FROM many;",
    )
    .unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn mails_of_the_account(service: &Service) -> i64 {
    let mut db = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    let counted = sql_query("SELECT count(*) AS count FROM mails WHERE account_id = 1");
    counted.get_result::<Count>(&mut db).unwrap().count
}

/// In one commit the deletion would keep each text waiting until all is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_are_answered_while_an_account_with_very_many_rows_is_deleted() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(BINARY).twilio(&twilio).start().await;
    service.web_register(ADA, RIGHT).await;
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    collect(&service);
    let password = Some(json!({ "password": RIGHT }));
    let deletion = service.web("DELETE", "/auth/me", Some(&tokens.access), password);
    let mut deletion = std::pin::pin!(deletion);
    let (mut answered, mut seen) = (0, Vec::new());
    let deleted = loop {
        let number = format!("+614915{answered:05}");
        tokio::select! {
            biased;
            deleted = &mut deletion => break deleted,
            _ = service.text(&number, "HELP") => {
                answered += 1;
                seen.push(mails_of_the_account(&service));
            }
        }
    };
    assert_eq!(deleted.status, 204, "{}", deleted.text);
    assert!(
        seen.iter().any(|left| (1..20_000).contains(left)),
        "{answered} texts were answered, and none of them while some rows were gone and others not: {seen:?}"
    );
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
}
