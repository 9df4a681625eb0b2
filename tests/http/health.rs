//! Health, readiness and the end of the service.

use std::{io::Write as _, time::Duration};

use thunderbird_testkit::{
    eventually,
    fake_twilio::Fault,
    service::{World, phones::SAM},
};

use crate::{BINARY, connect, first_line, send, start};

#[tokio::test]
async fn what_is_under_way_is_finished_on_sigterm() {
    let mut service = start().await;
    let body = r#"{"email":"ada@example.org","password":"kea nest on the ridge"}"#;
    let mut stream = connect(&service);
    let head = format!(
        "POST /auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    // The request has begun when the service has read its head; a second connection shows that it reads.
    assert_eq!(send(&service, "GET", "/healthz", "", "").await.status, 200);
    let ending = async { service.terminate().await };
    let finishing = tokio::task::spawn_blocking(move || {
        // The rest of the body comes while the service drains.
        std::thread::sleep(Duration::from_millis(300));
        stream.write_all(&body.as_bytes()[10..]).unwrap();
        first_line(&mut stream)
    });
    let (status, answered) = tokio::join!(ending, finishing);
    assert!(answered.unwrap().contains(" 201 "));
    assert_eq!(status.code(), Some(0));
    let log = std::fs::metadata(service.database().with_extension("db-wal"));
    assert!(
        log.map_or(0, |log| log.len()) == 0,
        "the log was not moved into the file"
    );
}

#[tokio::test]
async fn a_second_service_on_the_same_file_is_refused() {
    let service = start().await;
    let second = service.run(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("thunderbird.db.lock"), "{said}");
    assert_eq!(send(&service, "GET", "/readyz", "", "").await.status, 200);
    for command in [&["migrate", "up"][..], &["migrate", "down", "--yes"]] {
        assert_eq!(service.run(command).status.code(), Some(1), "{command:?}");
    }
    assert_eq!(service.run(&["migrate", "status"]).status.code(), Some(0));
}

/// Twilio answers 500 for a while: the report says so, work is taken on, and the next text that leaves makes it well.
#[tokio::test]
async fn a_twilio_that_does_not_answer_is_seen_in_the_report() {
    let world = World::start(BINARY).await;
    let (service, twilio) = (&world.service, &world.twilio);
    let state = async |wanted: &str| {
        eventually(&format!("a Twilio that is {wanted}"), async || {
            let answer = send(service, "GET", "/api/health", "", "").await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            (answer.body["services"]["twilio"] == wanted).then(|| answer.body["status"].clone())
        })
        .await
    };
    assert_eq!(state("ok").await, "ok");
    twilio.always(Some(Fault::Status(500)));
    world.hiker(SAM).registers("Sam").await;
    assert_eq!(state("degraded").await, "degraded");
    twilio.always(None);
    assert_eq!(state("ok").await, "ok");
}

#[tokio::test]
async fn a_database_that_was_moved_away_is_not_ready() {
    let service = start().await;
    let status = async |path: &str| send(&service, "GET", path, "", "").await.status;
    let aside = service.folder().join("aside.db");
    std::fs::rename(service.database(), &aside).unwrap();
    assert_eq!((status("/readyz").await, status("/api/health").await), (503, 503));
    std::fs::rename(&aside, service.database()).unwrap();
    assert_eq!((status("/readyz").await, status("/api/health").await), (200, 200));
    std::fs::copy(service.database(), &aside).unwrap();
    std::fs::rename(&aside, service.database()).unwrap();
    assert_eq!(status("/readyz").await, 503, "a copy is another file");
}

#[tokio::test]
async fn a_schema_that_is_not_ours_is_503_with_when_to_look_again() {
    use diesel::{Connection as _, connection::SimpleConnection as _};

    let service = start().await;
    let mut database = diesel::SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    database
        .batch_execute(
            "PRAGMA busy_timeout = 5000; INSERT INTO __diesel_schema_migrations (version) VALUES ('99999999999999')",
        )
        .unwrap();
    for path in ["/api/health", "/health", "/readyz"] {
        let answer = send(&service, "GET", path, "", "").await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (503, Some("30")),
            "{path}"
        );
    }
    assert_eq!(send(&service, "GET", "/healthz", "", "").await.status, 200);
}

#[tokio::test]
async fn health_is_looked_at_and_not_claimed() {
    let service = start().await;
    for path in ["/api/health", "/health"] {
        let answer = send(&service, "GET", path, "", "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["status"], "ok");
        assert_eq!(answer.body["services"]["database"], "ok");
        assert_eq!(answer.body["services"]["twilio"], "simulator");
        assert!(answer.body["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(answer.body["version"].is_string());
    }
    assert_eq!(send(&service, "HEAD", "/healthz", "", "").await.status, 200);
}
