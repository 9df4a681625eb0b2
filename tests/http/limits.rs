//! Limits of size and time: bodies, addresses, heads and idle connections.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::{connect, first_line, post_json, problem, send, start};

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
