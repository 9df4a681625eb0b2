//! What every answer of the service has in common, asked of the real binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod contacts;
mod health;
mod limits;
mod places;
mod problems;

use std::{io::Read as _, net::TcpStream, time::Duration};

use serde_json::json;
use thunderbird_testkit::service::{Service, WebAnswer, web::answer};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

async fn start() -> Service {
    Service::builder(BINARY).start().await
}

async fn send(
    service: &Service,
    method: &str,
    path: &str,
    kind: &str,
    body: impl Into<Vec<u8>>,
) -> WebAnswer {
    let mut request = service.http().request(method.parse().unwrap(), service.url(path));
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let response = request.body(body.into()).send().await.unwrap();
    answer(response).await
}

/// What kind of problem it is; its detail is a sentence.
fn problem(answer: &WebAnswer) -> &str {
    assert!(
        answer.body["detail"].as_str().unwrap().ends_with('.'),
        "{}",
        answer.body
    );
    answer.problem()
}

async fn post_json(service: &Service, path: &str, body: impl Into<Vec<u8>>) -> WebAnswer {
    send(service, "POST", path, "application/json", body).await
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
