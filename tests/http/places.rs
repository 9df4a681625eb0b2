//! Connections that somebody holds, and who is served all the same.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::BigInt,
};
use futures_util::future::join_all;
use serde_json::json;
use thunderbird_testkit::{
    eventually, eventually_holds,
    fake_twilio::FakeTwilio,
    service::{Service, client::PASSWORD, phones::SAM},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::BINARY;

/// A service that may have 256 connections: 16 to refuse on, 240 places, 30 of them kept for webhooks, 60 a source.
async fn small() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(BINARY)
        .twilio(&twilio)
        .inside(["/bin/sh", "-c", "ulimit -n 512 && exec \"$0\""])
        .start()
        .await;
    (service, twilio)
}

fn address(service: &Service) -> SocketAddr {
    service.base_url().trim_start_matches("http://").parse().unwrap()
}

/// A connection from 127.0.0.`host` that asked for `path`, and the status it was answered; 0 if it was closed.
async fn ask(service: &Service, host: u8, path: &str) -> (u16, TcpStream) {
    send(
        service,
        host,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
    .await
}

/// A connection from 127.0.0.`host`.
async fn connect(service: &Service, host: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let from = IpAddr::V4(Ipv4Addr::new(127, 0, 0, host));
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    socket.connect(address(service)).await.unwrap()
}

/// The same for a request of any kind.
async fn send(service: &Service, host: u8, request: &str) -> (u16, TcpStream) {
    let asking = async {
        let mut stream = connect(service, host).await;
        let mut head = [0; 12];
        let answered =
            stream.write_all(request.as_bytes()).await.is_ok() && stream.read_exact(&mut head).await.is_ok();
        let status = answered.then(|| String::from_utf8_lossy(&head[9..]).parse().unwrap());
        (status.unwrap_or(0), stream)
    };
    // A text that is not answered within 15 seconds is lost.
    let asked = tokio::time::timeout(Duration::from_secs(10), asking).await;
    asked.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_holds_its_share_and_is_told_so_beyond_it() {
    let (service, _twilio) = small().await;
    let mut held = Vec::new();
    for _ in 0..300 {
        held.push(ask(&service, 2, "/healthz").await);
    }
    let answered = |status: u16| held.iter().filter(|(found, _)| *found == status).count();
    assert_eq!(answered(200), 60, "a share, and no more");
    assert_eq!(answered(200) + answered(503) + answered(0), 300);
    assert!(answered(503) > 0);
    assert_eq!(ask(&service, 3, "/api/routes").await.0, 200);
    assert_eq!(ask(&service, 1, "/admin/login").await.0, 200);
    service.text(SAM, "STATUS").await;
    drop(held);
    eventually_holds("a place again", async || {
        ask(&service, 2, "/healthz").await.0 == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_service_answers_503_and_hears_texts() {
    let (service, _twilio) = small().await;
    let mut held = Vec::new();
    for _ in 0..12 {
        for host in 10..30 {
            held.push(ask(&service, host, "/healthz").await);
        }
    }
    assert_eq!(held.iter().filter(|(status, _)| *status == 200).count(), 210);
    for path in ["/api/routes", "/admin/login", "/nowhere"] {
        assert_eq!(ask(&service, 1, path).await.0, 503, "{path}");
    }
    assert_eq!(ask(&service, 1, "/healthz").await.0, 200);
    service.text(SAM, "STATUS").await;
    let refused = service.web("GET", "/api/routes", None, None).await;
    assert_eq!((refused.status, refused.problem()), (503, "busy"));
    assert!(refused.waits() && refused.header("connection") == Some("close"));
    drop(held);
    eventually_holds("a place again", async || {
        ask(&service, 1, "/api/routes").await.0 == 200
    })
    .await;
}

/// A whole registration.
fn registration(name: &str) -> String {
    let body = json!({"email": format!("{name}@example.org"), "password": PASSWORD}).to_string();
    format!(
        "POST /auth/register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[derive(QueryableByName)]
struct Accounts {
    #[diesel(sql_type = BigInt)]
    accounts: i64,
}

fn accounts(service: &Service) -> i64 {
    let database = service.database();
    let mut connection = SqliteConnection::establish(&database.to_string_lossy()).unwrap();
    let counted: Accounts = sql_query("SELECT count(*) AS accounts FROM accounts")
        .get_result(&mut connection)
        .unwrap();
    counted.accounts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_over_a_connection_without_a_place_is_not_done() {
    let (service, _twilio) = small().await;
    // A connection that says nothing is closed after five seconds, so all of them are opened again until no old one is left.
    let held = eventually("no place, not even for a refusal", async || {
        let mut held = Vec::new();
        while held.last().is_none_or(|(status, _)| *status == 200) {
            held.push(ask(&service, 2, "/healthz").await);
        }
        let silent = join_all((0..20).map(|_| connect(&service, 2))).await;
        (ask(&service, 2, "/healthz").await.0 == 0).then_some((held, silent))
    })
    .await;
    let mut closed = 0;
    for nth in 0..20 {
        let (status, _) = send(&service, 2, &registration(&format!("mallory{nth}"))).await;
        assert!([0, 503].contains(&status), "{status}");
        closed += usize::from(status == 0);
    }
    assert!(closed > 0, "it was sent over a connection without a place");
    assert_eq!(send(&service, 3, &registration("ada")).await.0, 201);
    drop(held);
    assert_eq!(accounts(&service), 1, "Ada's, and no other");
}
