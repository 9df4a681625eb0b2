//! What every answer of the service has in common, asked of the real binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

/// What an answer was: status, its headers by lower-case name, and its body as JSON (null when it is none).
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.body["status"], self.status);
        assert!(
            self.body["detail"].as_str().unwrap().ends_with('.'),
            "{}",
            self.body
        );
        self.body["type"]
            .as_str()
            .unwrap()
            .strip_prefix("/problems/")
            .unwrap()
    }
}

async fn start() -> Service {
    Service::builder(BINARY).start().await
}

async fn send(service: &Service, method: &str, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    let mut request = service.http().request(method.parse().unwrap(), service.url(path));
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let response = request.body(body.into()).send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let headers = headers.collect();
    let text = response.bytes().await.unwrap();
    let body = serde_json::from_slice(&text).unwrap_or(Value::Null);
    Answer {
        status,
        headers,
        body,
    }
}

async fn post_json(service: &Service, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    send(service, "POST", path, "application/json", body).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one line or two a mistake")]
async fn every_mistake_is_a_problem_document() {
    let service = start().await;
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let user = r#"{"email":"ada@example.org","password":"kea nest on the ridge"}"#;
    let twice = r#"{"email":"ada@example.org","email":"eve@example.org","password":"kea nest on the ridge"}"#;
    let extra = r#"{"email":"ada@example.org","password":"kea nest on the ridge","admin":true}"#;
    let wrong = r#"{"email":["ada@example.org"],"password":"kea nest on the ridge"}"#;
    let half = r#"{"email":"ada@example.org"}"#;
    for (method, path, kind, body, status, problem) in [
        ("GET", "/nowhere", "", "", 404, "not-found"),
        ("GET", "/api/", "", "", 404, "not-found"),
        ("POST", "/healthz", "", "", 405, "method-not-allowed"),
        ("DELETE", "/auth/register", "", "", 405, "method-not-allowed"),
        ("POST", "/auth/register", "", user, 415, "unsupported-media-type"),
        (
            "POST",
            "/auth/register",
            "text/plain",
            user,
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "/auth/register",
            form,
            "email=a",
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "/auth/register",
            "application/json; charset=latin1",
            user,
            415,
            "unsupported-media-type",
        ),
        ("POST", "/auth/register", json, "", 400, "malformed-json"),
        (
            "POST",
            "/auth/register",
            json,
            "{\"email\":",
            400,
            "malformed-json",
        ),
        ("POST", "/auth/register", json, "not json", 400, "malformed-json"),
        ("POST", "/auth/register", json, twice, 400, "duplicate-member"),
        ("POST", "/auth/register", json, "[]", 422, "invalid-request"),
        ("POST", "/auth/register", json, extra, 422, "invalid-request"),
        ("POST", "/auth/register", json, wrong, 422, "invalid-request"),
        ("POST", "/auth/register", json, half, 422, "invalid-request"),
        ("GET", "/auth/me", "", "", 401, "unauthenticated"),
    ] {
        let answer = send(&service, method, path, kind, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
        assert_eq!(answer.problem(), problem, "{method} {path} {body}");
        match status {
            401 => assert_eq!(answer.header("www-authenticate"), Some("Bearer")),
            405 => assert!(!answer.header("allow").unwrap().is_empty()),
            422 => assert!(!answer.body["errors"].as_array().unwrap().is_empty()),
            _ => {}
        }
    }
    assert_eq!(post_json(&service, "/auth/register", user).await.status, 201);
}

#[tokio::test]
async fn forms_speak_oauth2_where_its_clients_look() {
    let service = start().await;
    for (body, error) in [
        ("username=a&username=b&password=c", "invalid_request"),
        ("username=%zz&password=c", "invalid_request"),
        ("password=c", "invalid_request"),
        ("grant_type=magic", "unsupported_grant_type"),
    ] {
        let answer = send(
            &service,
            "POST",
            "/auth/token",
            "application/x-www-form-urlencoded",
            body,
        )
        .await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.body["error"], error, "{body}");
        answer.problem();
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_careful_headers() {
    let service = start().await;
    let mut ids = std::collections::BTreeSet::new();
    for (method, path) in [
        ("GET", "/healthz"),
        ("GET", "/nowhere"),
        ("POST", "/healthz"),
        ("GET", "/auth/me"),
    ] {
        let answer = send(&service, method, path, "", "").await;
        assert!(ids.insert(answer.header("x-request-id").unwrap().to_owned()));
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(answer.header("server"), None);
    }
}

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
            assert_eq!(post_json(&service, path, just_over).await.problem(), "too-large");
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
    assert_eq!((answer.status, answer.problem()), (414, "uri-too-long"));
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
async fn a_forwarding_header_from_nobody_trusted_changes_nothing() {
    let mut service = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "1")
        .start()
        .await;
    let register = async |service: &Service, n: u32| {
        let body = json!({"email": format!("h{n}@example.org"), "password": "kea nest on the ridge"});
        let request = service.http().post(service.url("/auth/register")).json(&body);
        let answer = request
            .header("x-forwarded-for", format!("198.51.100.{n}"))
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    };
    assert_eq!(register(&service, 1).await, 201);
    assert_eq!(register(&service, 2).await, 429);
    service.terminate().await;
    service.set_env("THUNDERBIRD_TRUSTED_PROXIES", "127.0.0.1");
    service.start_again().await;
    assert_eq!(register(&service, 3).await, 201);
    assert_eq!(register(&service, 4).await, 201);
    assert_eq!(register(&service, 4).await, 429);
}

#[tokio::test]
async fn no_secret_that_anybody_sends_is_logged_or_answered() {
    let service = Service::builder(BINARY)
        .env("THUNDERBIRD_LOG", "trace")
        .start()
        .await;
    let canary = "canary7f3e91";
    let bodies = [
        format!("{{\"email\":\"{canary}@example.org\",\"password\":\"{canary} {canary}\"}}"),
        format!("{{\"email\":\"x\",\"password\":[\"{canary}\"]}}"),
        format!("{{\"password\":\"{canary}"),
        format!("{{\"email\":\"ada@example.org\",\"password\":\"{canary}\",\"password\":\"{canary}\"}}"),
    ];
    for body in &bodies {
        let answer = post_json(&service, "/auth/register", body.as_bytes()).await;
        let told = answer.body.to_string();
        let allowed = answer.status == 201;
        assert!(allowed || !told.contains(canary), "{told}");
        assert!(!told.contains(&format!("{canary} ")));
    }
    let form = format!("username={canary}%40example.org&password={canary}+{canary}");
    let signed_in = send(
        &service,
        "POST",
        "/auth/token",
        "application/x-www-form-urlencoded",
        form,
    )
    .await;
    assert_eq!(signed_in.status, 200);
    let token = signed_in.body["access_token"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    let me = service
        .http()
        .get(service.url(&format!("/auth/me?{canary}")))
        .header("authorization", &bearer);
    assert_eq!(me.send().await.unwrap().status(), 200);
    for (name, value) in [
        ("authorization", format!("Bearer {canary}")),
        ("x-twilio-signature", canary.into()),
        ("cookie", canary.into()),
    ] {
        let request = service
            .http()
            .post(service.url("/webhook/sms/inbound"))
            .header(name, value);
        request.body(format!("Body={canary}")).send().await.unwrap();
    }
    let output = service.output();
    assert!(
        !output.contains(canary),
        "{}",
        output.lines().find(|line| line.contains(canary)).unwrap()
    );
    assert!(!output.contains(token));
}

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
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(BINARY).twilio(&twilio).start().await;
    let state = async |wanted: &str| {
        let mut seen = Value::Null;
        for _ in 0..600 {
            let answer = send(&service, "GET", "/api/health", "", "").await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            seen = answer.body;
            if seen["services"]["twilio"] == wanted {
                return seen["status"].clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {wanted}: {seen}");
    };
    assert_eq!(state("ok").await, "ok");
    twilio.always(Some(Fault::Status(500)));
    for text in ["START", "Sam", "1"] {
        service.text("+61491570006", text).await;
    }
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
async fn everything_that_is_wrong_with_a_form_is_named_at_once() {
    let service = start().await;
    for (body, fields) in [
        ("{}", vec!["email", "password"]),
        (r#"{"email":"ada","password":"short"}"#, vec!["email", "password"]),
        (r#"{"email":1,"x":2}"#, vec!["x", "email", "password"]),
    ] {
        let answer = post_json(&service, "/auth/register", body).await;
        let errors = answer.body["errors"].as_array().unwrap().iter();
        let named: Vec<_> = errors.map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!((answer.status, named), (422, fields), "{body}");
    }
}

#[tokio::test]
async fn the_limit_of_a_body_is_its_routes_however_the_address_is_escaped() {
    let service = start().await;
    let body = format!("{{\"email\":\"{}\"}}", "a".repeat(16 * 1024));
    for path in ["/auth/register", "/%61uth/register", "/auth/%72egister"] {
        let answer = post_json(&service, path, body.clone()).await;
        assert_eq!((answer.status, answer.problem()), (413, "too-large"), "{path}");
    }
    let compressed = service
        .http()
        .post(service.url("/auth/register"))
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(vec![0x1f, 0x8b, 8, 0]);
    assert_eq!(compressed.send().await.unwrap().status(), 415);
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

fn connect(service: &Service) -> TcpStream {
    let address = service.base_url().strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

fn first_line(stream: &mut TcpStream) -> String {
    let mut answer = [0; 64];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read])
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
