//! Limits of size and time: bodies, addresses, heads and idle connections.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::json;
use thunderbird_testkit::service::Service;

use crate::{BINARY, connect, first_line, post_json, problem, send, start};

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_and_the_service_goes_on() {
    let service = start().await;
    let huge = format!("{{\"email\":\"{}\"}}", "a".repeat(2 * 1024 * 1024));
    for path in ["/auth/register", "/auth/token", "/webhook/sms/inbound"] {
        let kind = if path == "/auth/register" {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let answer = service
            .http()
            .post(service.url(path))
            .header("content-type", kind)
            .body(huge.clone())
            .send()
            .await;
        // The service may close the connection before it has read what it will not use.
        if let Ok(answer) = answer {
            assert_eq!(answer.status(), 413, "{path}");
        }
        let just_over = format!("{{\"email\":\"{}\"}}", "a".repeat(16 * 1024));
        if path == "/auth/register" {
            assert_eq!(problem(&post_json(&service, path, just_over).await), "too-large");
        }
        assert_eq!(send(&service, "GET", "/healthz", "", "").await.status, 200);
    }
}

#[tokio::test]
async fn a_body_without_a_length_is_counted_while_it_comes() {
    let service = start().await;
    let mut stream = connect(&service);
    let head = "POST /auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    for _ in 0..8 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    assert!(first_line(&mut stream).contains(" 413 "));
}

#[tokio::test]
async fn an_address_of_five_thousand_bytes_is_414() {
    let service = start().await;
    let answer = send(&service, "GET", &format!("/healthz?{}", "a".repeat(5000)), "", "").await;
    assert_eq!((answer.status, problem(&answer)), (414, "uri-too-long"));
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let service = start().await;
    let mut stream = connect(&service);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").unwrap();
    let mut answer = Vec::new();
    // The socket's own time limit of ten seconds fails the test when the service keeps the connection.
    stream.read_to_end(&mut answer).unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains(" 200 "));
}

#[tokio::test]
async fn idle_connections_do_not_keep_anybody_out() {
    let service = start().await;
    let idle: Vec<TcpStream> = (0..500).map(|_| connect(&service)).collect();
    assert_eq!(send(&service, "GET", "/healthz", "", "").await.status, 200);
    drop(idle);
}

#[tokio::test]
async fn what_is_not_http_is_answered_and_dropped() {
    let service = start().await;
    for nonsense in [
        "\u{16}\u{3}\u{1}\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET\r\n\r\n",
    ] {
        let mut stream = connect(&service);
        stream.write_all(nonsense.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }
    assert_eq!(send(&service, "GET", "/healthz", "", "").await.status, 200);
}

#[tokio::test]
async fn the_limit_of_a_body_is_its_routes_however_the_address_is_escaped() {
    let service = start().await;
    let body = format!("{{\"email\":\"{}\"}}", "a".repeat(16 * 1024));
    for path in ["/auth/register", "/%61uth/register", "/auth/%72egister"] {
        let answer = post_json(&service, path, body.clone()).await;
        assert_eq!((answer.status, problem(&answer)), (413, "too-large"), "{path}");
    }
    let compressed = service
        .http()
        .post(service.url("/auth/register"))
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(vec![0x1f, 0x8b, 8, 0]);
    assert_eq!(compressed.send().await.unwrap().status(), 415);
}

/// The rows of the audit log, and of the mails.
fn kept(service: &Service) -> (i64, i64) {
    use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, dsl::sql, sql_types::BigInt};

    let mut database = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    let mut count = |table: &str| {
        sql::<BigInt>(&format!("SELECT count(*) FROM {table}"))
            .get_result(&mut database)
            .unwrap()
    };
    (count("audit_log"), count("mails"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_and_an_account_write_at_a_pace_and_what_is_refused_is_not_stored() {
    let smtp = thunderbird_testkit::fake_smtp::FakeSmtp::start().await;
    let service = Service::builder(BINARY)
        .smtp(&smtp)
        .env("THUNDERBIRD_TRUSTED_PROXIES", "127.0.0.1/32")
        .env("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE", "20")
        .start()
        .await;
    let from = async |source: &str, path: &str, bearer: &str, body| {
        let headers = [("x-forwarded-for", source), ("authorization", bearer)];
        let headers = if bearer.is_empty() {
            &headers[..1]
        } else {
            &headers[..]
        };
        service
            .site()
            .send("POST", path, headers, Some(body))
            .await
            .status
    };
    let before = kept(&service);
    for nth in 0..40 {
        let body = json!({"email": format!("stranger{nth}@example.org")});
        let status = from("192.0.2.1", "/auth/forgot-password", "", body).await;
        assert_eq!(status, if nth < 20 { 202 } else { 429 }, "{nth}");
    }
    assert_eq!(kept(&service), before, "an unknown address leaves no line");
    let kim = json!({"email": "kim@example.org", "password": "kea nest on the ridge"});
    assert_eq!(from("192.0.2.1", "/auth/register", "", kim.clone()).await, 429);
    let forwarded = [("x-forwarded-for", "192.0.2.1")];
    let oauth = service.site().send("POST", "/auth/token", &forwarded, None).await;
    assert_eq!(
        (oauth.status, oauth.body["error"].as_str()),
        (429, Some("temporarily_unavailable"))
    );
    assert_eq!(from("192.0.2.2", "/auth/register", "", kim).await, 201);
    let access = service
        .web_login("kim@example.org", "kea nest on the ridge")
        .await
        .tokens()
        .access;
    let bearer = format!("Bearer {access}");
    for nth in 0..25 {
        let source = format!("198.51.100.{nth}");
        let status = from(&source, "/auth/phone/text-in", &bearer, json!({})).await;
        assert_eq!(status == 429, nth >= 20, "{nth}: {status}");
    }
    assert_eq!(service.me(&access).await, 200, "reading goes on");
}
