//! Set-ups that do not work, or only half: each named right by `doctor`, and refused or reported by `serve`. What they
//! say of files and keys is in the suites `doctor` and `configuration`.
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

use std::{net::TcpListener, process::Output};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::{AUTH_TOKEN, FakeTwilio, signature},
    service::{Service, ServiceBuilder, Webhook},
};

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
const PUBLIC: &str = "https://sms.example.org";
const INBOUND: &str = "/webhook/sms/inbound";
const ANOTHER_TOKEN: &str = "feedfacefeedfacefeedfacefeedface";

fn with(pairs: &[(&str, &str)]) -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    pairs
        .iter()
        .fold(builder, |builder, (name, value)| builder.env(name, value))
}

fn doctor(builder: &ServiceBuilder) -> Found {
    Found::of(&builder.run(&["doctor", "--json"]))
}

fn doctor_beside(service: &Service, more: &[&str]) -> Found {
    let arguments: Vec<&str> = ["doctor", "--json"].iter().chain(more).copied().collect();
    Found::of(&service.run(&arguments))
}

/// Exit code and what was said on standard error; nothing else may have been said.
fn refusal(output: &Output) -> (Option<i32>, String) {
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// A free port of loopback, for a listener that is to be known beforehand.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Waits until the service has logged a line with every one of `parts`.
async fn logged(service: &Service, parts: &[&str]) {
    eventually_holds(&format!("a line of the log with {parts:?}"), async || {
        let is_there = |line: &str| parts.iter().all(|part| line.contains(part));
        service.output().lines().any(is_there)
    })
    .await;
}

#[test]
fn a_setting_that_cannot_be_meant_is_refused_by_both_with_the_same_words() {
    let url = "THUNDERBIRD_PUBLIC_URL";
    let service = "TWILIO_MESSAGING_SERVICE_SID";
    for (given, setting, fix) in [
        (
            vec![(url, "http://sms.example.org")],
            url,
            "must begin with https://",
        ),
        (
            vec![(url, "https://sms.example.org/hook")],
            url,
            "remove the path",
        ),
        (
            TWILIO[..2].to_vec(),
            "TWILIO_PHONE_NUMBER",
            "is missing beside the other TWILIO_* settings; set it",
        ),
        (
            [&TWILIO[..], &[(service, "AC0123456789abcdef0123456789abcdef")]].concat(),
            service,
            "must be MG and 32 hexadecimal digits",
        ),
        (
            [
                &TWILIO[..],
                &[("TWILIO_API_KEY_SID", "SK0123456789abcdef0123456789abcdef")],
            ]
            .concat(),
            "TWILIO_API_KEY_SECRET",
            "is missing beside TWILIO_API_KEY_SID",
        ),
        (
            vec![("THUNDERBIRD_REGISTRATON", "closed")],
            "THUNDERBIRD_REGISTRATON",
            "did you mean THUNDERBIRD_REGISTRATION?",
        ),
    ] {
        let builder = with(&given);
        let (code, said) = refusal(&builder.run(&["doctor"]));
        assert_eq!(code, Some(78), "{given:?}: {said}");
        let line = said.lines().find(|line| line.contains(&format!("{setting}:")));
        assert!(
            line.is_some_and(|line| line.contains(fix)),
            "{setting}, {fix}: {said}"
        );
        assert_eq!(refusal(&builder.run(&["serve"])), (code, said), "{given:?}");
        let left = std::fs::read_dir(builder.folder()).unwrap().count();
        assert_eq!(left, 0, "nothing was begun: {given:?}");
    }
}

/// Delivers a text that came through a proxy for `host`, signed with `token` for `origin`.
async fn deliver(service: &Service, host: &str, origin: &str, token: &str) -> u16 {
    let url = format!("{origin}{INBOUND}");
    let text = Webhook::new(&url, "+61491570156", "HELP");
    let request = service.http().post(service.inbound_url()).form(&text.form);
    let request = request
        .header("host", host)
        .header("x-twilio-signature", signature(token, &url, &text.form));
    request.send().await.unwrap().status().as_u16()
}

async fn behind_a_proxy(twilio: &FakeTwilio, more: &[(&str, &str)]) -> Service {
    let builder = with(more)
        .twilio(twilio)
        .env("THUNDERBIRD_PUBLIC_URL", PUBLIC)
        .env("THUNDERBIRD_METRICS_BIND", &free());
    builder.start().await
}

#[tokio::test]
async fn a_webhook_signed_for_another_address_is_refused_and_explained() {
    let twilio = FakeTwilio::start().await;
    for (host, origin) in [
        ("old.example.org", "https://old.example.org"),
        ("sms.example.org", "http://sms.example.org"),
        ("sms.example.org:8443", "https://sms.example.org:8443"),
    ] {
        let service = behind_a_proxy(&twilio, &[]).await;
        assert_eq!(deliver(&service, host, origin, AUTH_TOKEN).await, 403, "{origin}");
        logged(&service, &["webhook.other_url", origin, "WARN"]).await;
        let found = doctor_beside(&service, &["--offline"]);
        let fix = format!("set THUNDERBIRD_PUBLIC_URL={origin}, or correct the webhook at Twilio");
        found.has("problem THUNDERBIRD_PUBLIC_URL", &fix);
        assert_eq!(
            deliver(&service, "sms.example.org", PUBLIC, AUTH_TOKEN).await,
            200
        );
        let written_out = "https://sms.example.org:443";
        assert_eq!(
            deliver(&service, "sms.example.org", written_out, AUTH_TOKEN).await,
            200,
            "the scheme's own port may be written out"
        );
    }
}

#[tokio::test]
async fn a_webhook_signed_with_the_other_token_is_refused_until_it_is_named() {
    let twilio = FakeTwilio::start().await;
    let service = behind_a_proxy(&twilio, &[]).await;
    assert_eq!(
        deliver(&service, "sms.example.org", PUBLIC, ANOTHER_TOKEN).await,
        403
    );
    let found = doctor_beside(&service, &["--offline"]);
    found.has("advice TWILIO_AUTH_TOKEN", "set TWILIO_AUTH_TOKEN_NEXT as well");
    let rotating = behind_a_proxy(&twilio, &[("TWILIO_AUTH_TOKEN_NEXT", ANOTHER_TOKEN)]).await;
    for token in [ANOTHER_TOKEN, AUTH_TOKEN] {
        assert_eq!(deliver(&rotating, "sms.example.org", PUBLIC, token).await, 200);
    }
}

#[tokio::test]
async fn a_mail_server_that_does_not_take_our_mail_is_named_and_reported() {
    let from = ("THUNDERBIRD_MAIL_FROM", "tb@example.org");
    let (nobody, refusing) = (format!("smtp://{}", free()), stub_mail());
    for (url, trouble) in [
        (nobody, "cannot be reached"),
        (refusing, "user name or the password"),
    ] {
        let smtp = ("THUNDERBIRD_SMTP_URL", url.as_str());
        let service = with(&[from, smtp]).start().await;
        doctor_beside(&service, &[]).has("problem THUNDERBIRD_SMTP_URL", trouble);
        logged(&service, &["setup.amiss", "THUNDERBIRD_SMTP_URL", trouble]).await;
        assert!(!service.output().contains("wrong@"), "no password is told");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_named_and_reported() {
    let twilio = FakeTwilio::start().await;
    let builder = with(&[]).twilio(&twilio).env("THUNDERBIRD_PUBLIC_URL", PUBLIC);
    let service = builder.start().await;
    let fix = "Name the proxy's address, such as 127.0.0.1";
    logged(&service, &["THUNDERBIRD_TRUSTED_PROXIES", fix, "WARN"]).await;
    doctor_beside(&service, &["--offline"]).has("advice THUNDERBIRD_TRUSTED_PROXIES", fix);
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_and_untouched() {
    let mut service = with(&[]).start().await;
    service.terminate().await;
    run(
        &service,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')",
    );
    let before = std::fs::read(service.database()).unwrap();
    let found = doctor_beside(&service, &[]);
    found.has(
        "problem THUNDERBIRD_DB_PATH",
        "newer thunderbird (it has 29991231000000). Install that version",
    );
    let (code, said) = refusal(&service.run(&["serve"]));
    assert_eq!(code, Some(78), "{said}");
    assert!(
        said.contains("newer thunderbird") && said.contains("restore a backup"),
        "{said}"
    );
    assert_eq!(std::fs::read(service.database()).unwrap(), before);
}

fn run(service: &Service, sql: &str) {
    let mut database = SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    database.batch_execute(sql).unwrap();
}

/// What Twilio says of a number that is set up as it should be.
const GOOD: &str = r#"{"incoming_phone_numbers":[{"phone_number":"+61491570006","sms_url":"https://sms.example.org/webhook/sms/inbound#rc=5&rp=all","sms_method":"POST"}]}"#;

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_named_and_reported() {
    for hours in [-1, 1] {
        #[expect(
            clippy::disallowed_methods,
            reason = "the machine's clock is what is looked at"
        )]
        let theirs = jiff::Timestamp::now() + jiff::Span::new().hours(hours);
        let date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let base = stub_twilio("200 OK", &date, GOOD);
        let service = with(&TWILIO).env("TWILIO_API_BASE_URL", &base).start().await;
        let fix = "switch on time synchronisation";
        let found = doctor_beside(&service, &[]);
        found.has("problem clock", fix);
        found.has("problem clock", "minutes off Twilio's clock");
        logged(&service, &["setup.amiss", "clock", fix]).await;
    }
}

#[tokio::test]
async fn a_clock_that_went_back_is_named_without_asking_anybody() {
    let mut service = with(&[]).start().await;
    service.terminate().await;
    run(
        &service,
        "INSERT INTO messages (tag, direction, phone, state, body, state_at, created_at) VALUES \
         ('later', 'out', '+61491570006', 'replied', 'x', 0, (unixepoch() + 3600) * 1000000)",
    );
    doctor_beside(&service, &["--offline"]).has("problem clock", "the clock is wrong");
    service.start_again().await;
    logged(&service, &["setup.amiss", "clock", "the clock is wrong"]).await;
}

#[tokio::test]
async fn a_metrics_port_that_is_taken_is_named_and_stops_the_start_unless_it_is_the_default() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let builder = with(&[("THUNDERBIRD_METRICS_BIND", &address)]);
    doctor(&builder).has(
        "problem THUNDERBIRD_METRICS_BIND",
        "choose another address or stop what has it",
    );
    let (code, said) = refusal(&builder.run(&["serve"]));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("THUNDERBIRD_METRICS_BIND") && said.contains(&address),
        "{said}"
    );

    // Whoever has the default port, this test or another program, it is taken.
    let default = TcpListener::bind("127.0.0.1:9464");
    let builder = with(&[]).without("THUNDERBIRD_METRICS_BIND");
    doctor(&builder).has(
        "advice THUNDERBIRD_METRICS_BIND",
        "the service will run without metrics",
    );
    let service = builder.start().await;
    logged(
        &service,
        &[
            "metrics",
            "none: 127.0.0.1:9464 is taken (THUNDERBIRD_METRICS_BIND)",
        ],
    )
    .await;
    drop((default, taken));
}

#[tokio::test]
async fn credentials_that_twilio_refuses_are_reported_at_the_start() {
    let base = stub_twilio("401 Unauthorized", NOW, "{}");
    let service = with(&TWILIO).env("TWILIO_API_BASE_URL", &base).start().await;
    logged(&service, &["setup.amiss", "TWILIO_AUTH_TOKEN", "copy them again"]).await;
}
