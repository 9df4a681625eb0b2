//! Mail: queued with its cause, sent by a worker, whatever the mail server does and whenever the service dies.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_smtp::{FakeSmtp, SmtpFault, TakenMail},
    fake_twilio::FakeTwilio,
    service::{Service, ServiceBuilder, client::PASSWORD},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

fn with_smtp(server: &FakeSmtp) -> ServiceBuilder {
    Service::builder(BINARY).smtp(server)
}

/// Registers. A link that verifies the address is mailed to it.
async fn registered(service: &Service, email: &str) {
    let answer = service.web_register(email, PASSWORD).await;
    assert_eq!(answer.status, 201);
}

async fn verify(service: &Service, mail: &str) -> u16 {
    let (_, rest) = mail.split_once("/verify-email#token=").unwrap();
    let token: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
    let token = Some(json!({"token": token}));
    service
        .web("POST", "/auth/email/verify", None, token)
        .await
        .status
}

fn ids(mails: &[TakenMail]) -> Vec<String> {
    mails
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect()
}

#[tokio::test]
async fn a_link_reaches_its_reader_and_works_once() {
    let server = FakeSmtp::start().await;
    let service = with_smtp(&server).start().await;
    registered(&service, "kea.canary@example.org").await;
    let mails = server.wait_for(1).await;
    assert_eq!(mails[0].to, "kea.canary@example.org");
    let body = mails[0].body().replace("=\r\n", "").replace("=3D", "=");
    assert_eq!(verify(&service, &body).await, 204);
    assert_ne!(verify(&service, &body).await, 204);
    assert!(
        !service.output().contains("kea.canary@example.org"),
        "an address was logged"
    );
}

#[tokio::test]
async fn a_server_that_is_busy_or_drops_the_line_gets_the_mail_later() {
    let server = FakeSmtp::start().await;
    server.misbehave(&[SmtpFault::Busy, SmtpFault::Content(451)]);
    let service = with_smtp(&server).start().await;
    registered(&service, "ada@example.org").await;
    assert_eq!(server.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_may_repeat_a_mail_but_under_one_name() {
    let server = FakeSmtp::start().await;
    server.misbehave(&[SmtpFault::LostAnswer]);
    let service = with_smtp(&server).start().await;
    registered(&service, "ada@example.org").await;
    let names = ids(&server.wait_for(2).await);
    assert_eq!(names[0], names[1]);
}

#[tokio::test]
async fn a_mail_survives_being_killed_at_any_point_of_it() {
    let server = FakeSmtp::start().await;
    // Refused, so that it waits; kept without an answer, so that the service dies in the middle of it.
    server.misbehave(&[SmtpFault::Busy, SmtpFault::Silence]);
    let mut service = with_smtp(&server).start().await;
    registered(&service, "ada@example.org").await;
    service.kill();
    service.start_again().await;
    server.wait_for(1).await;
    service.kill();
    service.start_again().await;
    let names = ids(&server.wait_for(2).await);
    assert_eq!(names[0], names[1]);
    // Nothing is to be sent: this is time enough to send it.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        server.mails().len(),
        2,
        "a mail that was taken over is sent no more"
    );
}

#[tokio::test]
async fn a_refused_recipient_ends_it() {
    let server = FakeSmtp::start().await;
    server.misbehave(&[SmtpFault::Recipient(550)]);
    let service = with_smtp(&server).start().await;
    registered(&service, "nobody@example.org").await;
    registered(&service, "ada@example.org").await;
    let mails = server.wait_for(1).await;
    assert_eq!(mails.len(), 1);
}

#[tokio::test]
async fn the_simulators_mailbox_shows_what_would_have_been_sent() {
    let service = Service::builder(BINARY).start().await;
    registered(&service, "ada@example.org").await;
    let url = format!("--url={}", service.base_url());
    let shown = service.run(&["mailbox", "--wait", "10", "--json", &url]);
    assert!(
        shown.status.success(),
        "{}",
        String::from_utf8_lossy(&shown.stderr)
    );
    let mail: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(mail["to"], "ada@example.org");
    assert_eq!(verify(&service, mail["body"].as_str().unwrap()).await, 204);
    let other = service.run(&["mailbox", "--to", "bob@example.org", &url]);
    assert!(other.status.success() && other.stdout.is_empty());
    let strangers = service
        .http()
        .get(service.url("/simulator/mails"))
        .send()
        .await
        .unwrap();
    assert_eq!(strangers.status(), 404);
}

#[tokio::test]
async fn the_mailbox_is_there_when_texts_go_through_twilio() {
    let twilio = FakeTwilio::start().await;
    let mut service = Service::builder(BINARY).twilio(&twilio).start().await;
    registered(&service, "ada@example.org").await;
    let url = format!("--url={}", service.base_url());
    let shown = service.run(&["mailbox", "--wait", "10", "--json", &url]);
    let said = String::from_utf8_lossy(&shown.stderr);
    assert!(shown.status.success(), "{said}");
    let mail: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(verify(&service, mail["body"].as_str().unwrap()).await, 204);
    let cookie = service.simulator_cookie().await;
    let get = |path: &str| service.http().get(service.url(path)).header("cookie", &cookie);
    let texts = get("/simulator/events?wait=0").send().await.unwrap();
    assert_eq!(texts.status(), 404, "no text is simulated");
    let page = get("/simulator").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("data-key=\"\"") && page.contains("id=\"phones\" aria-label=\"Phones\" hidden"));
    let waiting = tokio::spawn(get("/simulator/mails?after=1").send());
    // A request that waits leaves no trace to await: this is time enough for it to arrive.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), service.terminate()).await;
    assert!(ended.unwrap().success(), "who waits for mail keeps nobody");
    waiting.abort();
}

#[tokio::test]
async fn mail_settings_that_cannot_work_stop_the_start() {
    for (url, from) in [
        ("http://mail.example.org", "a@example.org"),
        ("smtps://mail.example.org", "nobody"),
    ] {
        let service = Service::builder(BINARY)
            .env("THUNDERBIRD_SMTP_URL", url)
            .env("THUNDERBIRD_MAIL_FROM", from);
        let refused = service.run(&["serve"]);
        assert_eq!(
            refused.status.code(),
            Some(78),
            "{}",
            String::from_utf8_lossy(&refused.stderr)
        );
    }
}
