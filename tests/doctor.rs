//! Set-ups that do not work, each named right by `doctor`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "doctor/found.rs"]
mod found;
#[path = "doctor/stubs.rs"]
mod stubs;

use std::{net::TcpListener, os::unix::fs::PermissionsExt as _};

use thunderbird_testkit::service::{Service, ServiceBuilder};

use self::{
    found::Found,
    stubs::{NOW, stub_mail, stub_twilio},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const TWILIO: [(&str, &str); 4] = [
    ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
    ("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("TWILIO_PHONE_NUMBER", "+61491570006"),
    ("THUNDERBIRD_PUBLIC_URL", "https://sms.example.org"),
];

fn doctor(builder: &ServiceBuilder, more: &[&str]) -> Found {
    let arguments: Vec<&str> = ["doctor", "--json"].iter().chain(more).copied().collect();
    Found::of(&builder.run(&arguments))
}

fn with(pairs: &[(&str, &str)]) -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    pairs
        .iter()
        .fold(builder, |builder, (name, value)| builder.env(name, value))
}

#[test]
fn nothing_configured_works() {
    let found = doctor(&with(&[]), &[]);
    assert_eq!(found.0, Some(0), "{:#?}", found.1);
    found.has("ok configuration", "valid");
    found.has("ok texts", "simulator");
    found.has("ok THUNDERBIRD_DB_PATH", "first start");
}

#[test]
fn what_serve_refuses_doctor_refuses() {
    let output = with(&[("THUNDERBIRD_NONSENSE", "1")]).run(&["doctor"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("THUNDERBIRD_NONSENSE"));
}

#[test]
fn a_public_url_without_a_trusted_proxy_is_named() {
    let found = doctor(&with(&TWILIO), &["--offline"]);
    found.has("advice THUNDERBIRD_TRUSTED_PROXIES", "one source");
    found.has(
        "ok THUNDERBIRD_PUBLIC_URL",
        "https://sms.example.org/webhook/sms/inbound",
    );
    found.has("advice THUNDERBIRD_SMTP_URL", "not set");
}

#[test]
fn twilio_is_asked_and_its_answers_are_judged() {
    let good = r#"{"incoming_phone_numbers":[{"phone_number":"+61491570006","sms_url":"https://sms.example.org/webhook/sms/inbound#rc=5&rp=all","sms_method":"POST"}]}"#;
    let elsewhere = r#"{"incoming_phone_numbers":[{"phone_number":"+61491570006","sms_url":"https://old.example.org/webhook","sms_method":"POST"}]}"#;
    let none = r#"{"incoming_phone_numbers":[]}"#;
    for (status, date, body, start, part) in [
        ("200 OK", NOW, good, "ok webhook of +614***006", "repeated"),
        (
            "200 OK",
            NOW,
            elsewhere,
            "problem webhook of +614***006",
            "https://old.example.org/webhook",
        ),
        (
            "200 OK",
            NOW,
            none,
            "problem TWILIO_PHONE_NUMBER",
            "not a number of this account",
        ),
        (
            "401 Unauthorized",
            NOW,
            "{}",
            "problem TWILIO_AUTH_TOKEN",
            "refuses",
        ),
        ("404 Not Found", NOW, "{}", "problem TWILIO_API_BASE_URL", "404"),
        (
            "200 OK",
            "Sun, 22 Nov 2015 19:00:00 GMT",
            good,
            "problem clock",
            "off Twilio's clock",
        ),
    ] {
        let base = stub_twilio(status, date, body);
        let builder = with(&TWILIO).env("TWILIO_API_BASE_URL", &base);
        doctor(&builder, &[]).has(start, part);
    }
    let builder = with(&TWILIO).env("TWILIO_API_BASE_URL", "http://127.0.0.1:1");
    doctor(&builder, &[]).has("problem TWILIO_API_BASE_URL", "cannot be reached");
}

#[test]
fn a_token_that_is_rotated_into_itself_is_named() {
    let builder = with(&TWILIO).env("TWILIO_AUTH_TOKEN_NEXT", TWILIO[1].1);
    doctor(&builder, &["--offline"]).has("advice TWILIO_AUTH_TOKEN_NEXT", "remove it");
    let builder = with(&TWILIO).env("TWILIO_AUTH_TOKEN_NEXT", "feedfacefeedfacefeedfacefeedface");
    doctor(&builder, &["--offline"]).has("ok TWILIO_AUTH_TOKEN_NEXT", "either token");
}

#[test]
fn a_mail_server_is_tried_out() {
    let from = ("THUNDERBIRD_MAIL_FROM", "tb@example.org");
    let nowhere = with(&[from, ("THUNDERBIRD_SMTP_URL", "smtp://127.0.0.1:1")]);
    doctor(&nowhere, &[]).has("problem THUNDERBIRD_SMTP_URL", "reached");
    let refusing = stub_mail();
    let builder = with(&[from, ("THUNDERBIRD_SMTP_URL", &refusing)]);
    let found = doctor(&builder, &[]);
    found.has("problem THUNDERBIRD_SMTP_URL", "user name or the password");
    assert!(!format!("{:?}", found.1).contains("wrong"));
}

#[tokio::test]
async fn keys_and_files_that_do_not_fit_are_named() {
    let mut service = Service::builder(BINARY).start().await;
    service.terminate().await;
    let look = || Found::of(&service.run(&["doctor", "--json"]));
    let ring = service.folder().join("thunderbird.db.keys");
    look().has("ok THUNDERBIRD_KEYRING", "fits");
    look().has("ok database", "whole");
    look().has("ok schema", "current");
    std::fs::set_permissions(&ring, std::fs::Permissions::from_mode(0o644)).unwrap();
    look().has("problem THUNDERBIRD_KEYRING", "chmod 600");
    std::fs::remove_file(&ring).unwrap();
    look().has("problem THUNDERBIRD_KEYRING", "keys replace");
    std::fs::rename(
        service.database(),
        service.folder().join("thunderbird.db.adopting"),
    )
    .unwrap();
    look().has("problem THUNDERBIRD_DB_PATH", "thunderbird adopt");
    std::fs::write(service.database(), "this is no database at all").unwrap();
    look().has("problem THUNDERBIRD_DB_PATH", "no database");
}

#[tokio::test]
async fn a_webhook_that_was_signed_for_another_address_is_explained() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let twilio = thunderbird_testkit::fake_twilio::FakeTwilio::start().await;
    let service = Service::builder(BINARY)
        .twilio(&twilio)
        .env("THUNDERBIRD_METRICS_BIND", &port.to_string())
        .start()
        .await;
    let meant = service
        .base_url()
        .replace("http://127.0.0.1", "https://127.0.0.1");
    let text = service
        .webhook("+61491570156", "HELP")
        .signed(&format!("{meant}/webhook/sms/inbound"));
    assert_eq!(service.deliver(&text).await.status, 403);
    let found = Found::of(&service.run(&["doctor", "--json", "--offline"]));
    found.has("problem THUNDERBIRD_PUBLIC_URL", &meant);
    found.has("ok THUNDERBIRD_METRICS_BIND", &port.to_string());
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    doctor(&with(&[("THUNDERBIRD_METRICS_BIND", &address)]), &[])
        .has("problem THUNDERBIRD_METRICS_BIND", &address);
    doctor(&with(&[("THUNDERBIRD_BIND", &address)]), &[]).has("problem THUNDERBIRD_BIND", &address);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_provider_of_forecasts_is_asked_once_and_what_came_is_told() {
    use thunderbird_adapters::clock::SystemClock;
    use thunderbird_domain::time::Clock as _;
    use thunderbird_testkit::fake_forecast::{FakeForecast, Fault, Weather};

    doctor(&with(&[]), &[]).has("ok forecasts", "nothing is asked");
    let weather = FakeForecast::start().await;
    weather.says(Weather::at(SystemClock.now()));
    let environment = weather.environment();
    let builder = environment.iter().fold(
        with(&[("THUNDERBIRD_FORECASTS", "open-meteo,met-norway")]),
        |builder, (name, value)| builder.env(name, value),
    );
    doctor(&builder, &[]).has("ok forecasts", "open-meteo, met-norway");
    assert!(
        weather.asked().is_empty(),
        "nobody is asked without being told to"
    );
    let found = doctor(&builder, &["--forecast"]);
    found.has("ok open-meteo", "3h ago");
    found.has("ok met-norway", "ground 980m");
    weather.misbehave(Fault::NoRun);
    let found = doctor(&builder, &["--forecast"]);
    found.has("problem open-meteo", "no-run");
    found.has("problem met-norway", "no-run");
}
