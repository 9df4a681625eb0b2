//! Signing in: the same answers for every identifier, throttles that outlive a crash, and OAuth 2.0.

use futures_util::future::join_all;
use serde_json::json;
use thunderbird_testkit::{
    eventually_holds,
    fake_twilio::FakeTwilio,
    service::{Operator, Service, WebAnswer, web::answer},
};

use crate::{ADA, BINARY, RIGHT, WRONG, start};

#[tokio::test]
async fn unknown_known_and_disabled_identifiers_get_the_same_bytes_and_the_same_curve() {
    let service = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000")
        .start()
        .await;
    service.web_register(ADA, RIGHT).await;
    let mut seen = Vec::new();
    service.web_register("disabled@example.org", RIGHT).await;
    let mut admin = Operator::signed_in(&service, "ada", "operator").await;
    let disabled = admin
        .submit("/admin/accounts/2/disable", &[("sure", "yes")])
        .await;
    assert_eq!(
        disabled.headers()["location"],
        "/admin/accounts/2?notice=disabled"
    );
    for identifier in [ADA, "nobody@example.org", "no address", "disabled@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(service.web_login(identifier, WRONG).await);
        }
        assert!(answers.iter().all(|answer| answer.status == 401), "{identifier}");
        let first = &answers[0];
        assert_eq!(first.header("www-authenticate"), Some("Bearer"));
        assert_eq!(
            (&first.body["error"], &first.body["detail"]),
            (&json!("invalid_grant"), &json!("Incorrect email or password"))
        );
        assert_eq!(first.body["error_description"], first.body["detail"]);
        let closed = service.web_login(identifier, WRONG).await;
        assert_eq!((closed.status, closed.problem()), (429, "too-many-attempts"));
        assert_eq!(closed.body["error"], "temporarily_unavailable");
        let wait: u64 = closed.header("retry-after").unwrap().parse().unwrap();
        assert!((25..=30).contains(&wait), "{wait}");
        seen.push((first.text.clone(), closed.text.clone()));
    }
    assert!(seen.iter().all(|answers| answers == &seen[0]), "{seen:?}");
    assert_eq!(
        service.web_login(ADA, RIGHT).await.status,
        429,
        "the right password waits, too"
    );
}

#[tokio::test]
async fn a_forged_forwarding_header_changes_nothing_and_throttles_outlive_a_crash() {
    let mut service = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "4")
        .start()
        .await;
    let guess = async |service: &Service, number: usize| {
        let form = [
            ("username", format!("guess-{number}@example.org")),
            ("password", WRONG.to_owned()),
        ];
        let request = service.http().post(service.url("/auth/token")).form(&form);
        let forged = format!("203.0.113.{number}");
        let request = request
            .header("x-forwarded-for", &forged)
            .header("x-real-ip", &forged);
        answer(
            request
                .header("forwarded", format!("for={forged}"))
                .send()
                .await
                .unwrap(),
        )
        .await
        .status
    };
    for number in 0..4 {
        assert_eq!(guess(&service, number).await, 401);
    }
    assert_eq!(guess(&service, 4).await, 429);
    service.kill();
    service.start_again().await;
    assert_eq!(guess(&service, 5).await, 429);
}

#[tokio::test]
async fn the_token_endpoint_speaks_oauth2_also_about_mistakes() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let long = "x".repeat(1025);
    for (fields, error) in [
        (vec![], "invalid_request"),
        (vec![("username", ADA)], "invalid_request"),
        (vec![("username", ADA), ("password", "")], "invalid_request"),
        (vec![("username", ADA), ("password", &long)], "invalid_request"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (
            vec![("grant_type", "client_credentials")],
            "unsupported_grant_type",
        ),
        (
            vec![("username", ADA), ("username", ADA), ("password", RIGHT)],
            "invalid_request",
        ),
    ] {
        let refused = service.token(&fields).await;
        assert_eq!(
            (refused.status, &refused.body["error"]),
            (400, &json!(error)),
            "{fields:?}"
        );
    }
    let unknown = service.web_refresh(&"0".repeat(64)).await;
    assert_eq!(
        (unknown.status, &unknown.body["error"]),
        (401, &json!("invalid_grant"))
    );
    let form = [
        ("grant_type", "password"),
        ("username", ADA),
        ("password", RIGHT),
        ("scope", ""),
        ("client_id", "app"),
    ];
    for basic in ["Basic Og==", "Basic YXBwOg=="] {
        let request = service
            .http()
            .post(service.url("/auth/token"))
            .header("authorization", basic)
            .form(&form);
        assert_eq!(request.send().await.unwrap().status(), 200, "{basic}");
    }
}

#[tokio::test]
async fn five_hundred_logins_at_once_silence_no_hiker_and_fill_no_memory() {
    let twilio = FakeTwilio::start().await;
    let builder = Service::builder(BINARY).env("THUNDERBIRD_HASH_THREADS", "1");
    let service = builder.twilio(&twilio).start().await;
    service.web_register(ADA, RIGHT).await;
    let logins = join_all((0..500).map(|_| service.web_login(ADA, RIGHT)));
    let texts = join_all((0..20).map(|number| help(&service, number)));
    let (answers, texts): (Vec<WebAnswer>, Vec<u16>) = futures_util::future::join(logins, texts).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(200) + count(503), 500);
    assert!(count(200) >= 10 && count(503) >= 1, "{} signed in", count(200));
    for busy in answers.iter().filter(|answer| answer.status == 503) {
        assert!(busy.header("retry-after").is_some() && busy.problem() == "busy");
        assert_eq!(busy.body["error"], "temporarily_unavailable");
    }
    assert!(texts.iter().all(|status| *status == 200), "{texts:?}");
    let peak = peak_memory(&service);
    assert!(peak < 128 * 1024, "{peak} KiB for one hash of 19 MiB at a time");
}

/// The status of a signed text from a number of its own.
async fn help(service: &Service, number: u32) -> u16 {
    service.text(&format!("+6149157{number:04}"), "HELP").await.status
}

/// The most memory the process ever had, in KiB.
fn peak_memory(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Whoever guesses and hangs up before the answer has guessed all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guess_counts_although_the_guesser_hangs_up() {
    use std::{io::Write as _, net::TcpStream, time::Duration};

    let service = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "8")
        .start()
        .await;
    service.web_register(ADA, RIGHT).await;
    let address = service.base_url().strip_prefix("http://").unwrap();
    for guess in 0..12 {
        let form = format!("username=nobody{guess}%40example.org&password=wrong+guess+{guess}");
        let mut stream = TcpStream::connect(address).unwrap();
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
        write!(
            stream,
            "POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        )
        .unwrap();
        // Time for the request to leave before the connection is reset.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    eventually_holds("the ninth attempt of the source to be refused", async || {
        service.web_login(ADA, RIGHT).await.status == 429
    })
    .await;
}
