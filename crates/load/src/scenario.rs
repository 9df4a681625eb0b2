//! One run: start the service, measure the limits, then each row.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use thunderbird_testkit::{fake_twilio::FakeTwilio, service::Service};

use crate::{
    client::{Outcome, hammer},
    limits, rows,
    table::{Asked, Table},
};

const EMAIL: &str = "ada@example.org";
const PASSWORD: &str = "a long walk in the rain";
const CONNECTIONS: u64 = 32;
/// A limit that never refuses during a run.
const OPEN: &str = "10000000";

/// Measures everything.
pub async fn measure(binary: &Path, span: Duration) -> Table {
    let twilio = FakeTwilio::start().await;
    let mut service = Service::builder(&binary.to_string_lossy())
        .env("THUNDERBIRD_ARGON2", "m=65536,t=3,p=1")
        .env("THUNDERBIRD_LOG", "warn")
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", OPEN)
        .env("THUNDERBIRD_LIMIT_SMS_PER_HOUR", OPEN)
        .env("THUNDERBIRD_LIMIT_SMS_PER_DAY", OPEN)
        .twilio(&twilio)
        .start()
        .await;
    let mut table = Table::default();
    footprint(&mut table, binary, &mut service).await;
    let token = account(&service).await;
    let address = service.base_url().trim_start_matches("http://").to_owned();
    let busy = async |requests| hammer(&address, CONNECTIONS, span, Duration::ZERO, requests).await;

    let empty = busy(rows::empty()).await;
    table.note("empty route", empty.rate(), "req/s");
    let me = busy(rows::me(&token)).await;
    table.note("account read", me.rate(), "req/s");
    table.judge(
        "account read / empty route",
        me.rate() / empty.rate(),
        "",
        Asked::AtLeast(0.6),
    );
    let texts = busy(rows::help(service.inbound_url(), 0)).await;
    clean(&texts, "texts");
    table.note("texts", texts.rate(), "req/s");
    table.judge(
        "texts / empty route",
        texts.rate() / empty.rate(),
        "",
        Asked::AtLeast(0.14),
    );
    half_rate(&mut table, &service, &address, span, texts.rate()).await;
    logins(&mut table, &service, &address, span).await;
    enumeration(&mut table, &service).await;
    table
}

/// What the service takes when it does nothing.
async fn footprint(table: &mut Table, binary: &Path, service: &mut Service) {
    let size = fs::metadata(binary).unwrap().len();
    table.judge("binary", size as f64 / 1_048_576.0, "MiB", Asked::AtMost(25.0));
    service.terminate().await;
    let began = Instant::now();
    service.start_again().await;
    table.judge(
        "start to ready",
        began.elapsed().as_secs_f64() * 1_000.0,
        "ms",
        Asked::AtMost(50.0),
    );
    tokio::time::sleep(Duration::from_millis(500)).await;
    let status = fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kib: f64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    table.judge("idle memory", kib / 1_024.0, "MiB", Asked::AtMost(20.0));
}

async fn account(service: &Service) -> String {
    let account = serde_json::json!({ "email": EMAIL, "password": PASSWORD });
    let made = service
        .http()
        .post(service.url("/auth/register"))
        .json(&account)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let form = [("username", EMAIL), ("password", PASSWORD)];
    let signed_in = service
        .http()
        .post(service.url("/auth/token"))
        .form(&form)
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = signed_in.json().await.unwrap();
    answer.get("access_token").unwrap().as_str().unwrap().to_owned()
}

fn clean(outcome: &Outcome, row: &str) {
    assert_eq!(
        (outcome.failed, outcome.other),
        (0, 0),
        "{row} were not all answered well"
    );
}

/// The webhook at half of its rate: what a text waits for is the disk.
async fn half_rate(table: &mut Table, service: &Service, address: &str, span: Duration, rate: f64) {
    let pause = Duration::from_secs_f64(CONNECTIONS as f64 / (rate / 2.0));
    let calm = hammer(
        address,
        CONNECTIONS,
        span,
        pause,
        rows::help(service.inbound_url(), 3_000_000),
    )
    .await;
    clean(&calm, "texts at half rate");
    let (_, disk) = limits::fsync_millis(service.folder());
    table.note("disk fsync p99", disk, "ms");
    table.note("text p99 at half rate", calm.percentile(99), "ms");
    table.judge(
        "text p99 / disk fsync p99",
        calm.percentile(99) / disk,
        "x",
        Asked::AtMost(4.0),
    );
}

/// Sign-ins, and the webhook while they are many.
async fn logins(table: &mut Table, service: &Service, address: &str, span: Duration) {
    let threads = std::thread::available_parallelism().unwrap().get();
    let floor = threads as f64 / limits::argon2_seconds(threads);
    let sign_in = rows::sign_in(EMAIL, PASSWORD);
    let many = hammer(address, 8, span * 2, Duration::ZERO, sign_in.clone()).await;
    table.note("sign-ins", many.rate(), "req/s");
    table.judge(
        "sign-ins / Argon2id floor",
        many.rate() / floor,
        "",
        Asked::AtLeast(0.9),
    );
    let few = Duration::from_millis(20);
    let texts = async |offset| {
        hammer(
            address,
            8,
            span * 2,
            few,
            rows::help(service.inbound_url(), offset),
        )
        .await
    };
    let quiet = texts(5_000_000).await;
    let storm = hammer(address, 32, span * 2, Duration::ZERO, sign_in);
    let (noisy, _) = tokio::join!(texts(7_000_000), storm);
    clean(&noisy, "texts under a login flood");
    table.judge(
        "text p50 under login flood / quiet",
        noisy.percentile(50) / quiet.percentile(50),
        "x",
        Asked::AtMost(2.0),
    );
    table.judge(
        "text p99 under login flood / quiet",
        noisy.percentile(99) / quiet.percentile(99),
        "x",
        Asked::AtMost(3.0),
    );
}

/// Whether time tells a known address from an unknown one: medians of interleaved pairs, over as many addresses, so
/// that no throttle joins in.
async fn enumeration(table: &mut Table, service: &Service) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for pair in 0..40 {
        let email = format!("known-{pair}@example.org");
        let account = serde_json::json!({ "email": email, "password": PASSWORD });
        service
            .http()
            .post(service.url("/auth/register"))
            .json(&account)
            .send()
            .await
            .unwrap();
        known.push(attempt(service, &email).await);
        unknown.push(attempt(service, &format!("unknown-{pair}@example.org")).await);
    }
    let ratio = median(known) / median(unknown);
    table.judge(
        "known / unknown sign-in time, off by",
        (ratio - 1.0).abs() * 100.0,
        "%",
        Asked::AtMost(5.0),
    );
}

async fn attempt(service: &Service, email: &str) -> f64 {
    let form = [("username", email), ("password", "not the password")];
    let began = Instant::now();
    let answer = service
        .http()
        .post(service.url("/auth/token"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    began.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap()
}
