//! Accounts through the real binary: registering, signing in, throttles, deletion, and what survives a crash.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use futures_util::future::join_all;
use serde_json::{Value, json};
use thunderbird_testkit::{
    fake_twilio::FakeTwilio,
    service::{ConsoleBrowser, Service, WebAnswer, web::answer},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");
const ADA: &str = "ada@example.org";
const RIGHT: &str = "kea nest on the ridge";
const WRONG: &str = "not the kea's password";

async fn start() -> Service {
    Service::builder(BINARY).start().await
}

#[tokio::test]
async fn an_account_is_registered_signs_in_and_is_read() {
    let service = start().await;
    let registered = service.web_register(" Ada@Example.ORG ", RIGHT).await;
    assert_eq!(registered.status, 201, "{}", registered.text);
    let account = &registered.body;
    assert_eq!(
        (&account["email"], &account["email_verified"]),
        (&json!(ADA), &json!(false))
    );
    assert_eq!(account["phone"], Value::Null);
    assert!(account["created_at"].as_str().unwrap().ends_with('Z'));
    assert!(!registered.text.contains(RIGHT));
    let granted = service.web_login(ADA, RIGHT).await;
    assert_eq!(granted.body["token_type"], "bearer");
    let seconds = granted.body["expires_in"].as_u64().unwrap();
    assert!((1790..=1800).contains(&seconds), "{seconds}");
    assert_eq!(granted.header("cache-control"), Some("no-store"));
    let tokens = granted.tokens();
    assert!(tokens.access.starts_with("v4.local."));
    let me = service.web("GET", "/auth/me", Some(&tokens.access), None).await;
    assert_eq!((me.status, &me.body), (200, account));
}

#[tokio::test]
async fn of_a_hundred_registrations_of_one_address_one_is_made() {
    let service = start().await;
    let answers = join_all((0..100).map(|_| service.web_register(ADA, RIGHT))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(400)), (1, 99));
    let duplicates = answers.iter().filter(|answer| answer.status == 400);
    assert!(
        duplicates
            .into_iter()
            .all(|answer| answer.problem() == "email-already-registered")
    );
}

#[tokio::test]
async fn what_cannot_be_registered_is_named_and_never_repeated() {
    let service = start().await;
    let long = "x".repeat(129);
    for (email, password, field, code) in [
        ("ada", RIGHT, "email", "malformed"),
        ("ada@example", RIGHT, "email", "malformed"),
        ("a\r\nb@example.org", RIGHT, "email", "malformed"),
        (ADA, "kea", "password", "too-short"),
        (ADA, &long, "password", "too-long"),
        (ADA, "            ", "password", "blank"),
        (ADA, "password1", "password", "common"),
        (ADA, "Thunderbird", "password", "guessable"),
        (
            "ada.lovelace@example.org",
            "ADA.lovelace",
            "password",
            "guessable",
        ),
        (ADA, "kea nest\ton the ridge", "password", "control-character"),
    ] {
        let refused = service.web_register(email, password).await;
        assert_eq!(refused.status, 422, "{email} {password}: {}", refused.text);
        assert_eq!(refused.body["errors"][0]["field"], field, "{email} {password}");
        assert_eq!(refused.body["errors"][0]["code"], code, "{email} {password}");
        assert!(!refused.text.contains(password));
    }
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
}

#[tokio::test]
async fn unknown_known_and_disabled_identifiers_get_the_same_bytes_and_the_same_curve() {
    let service = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000")
        .start()
        .await;
    service.web_register(ADA, RIGHT).await;
    let mut seen = Vec::new();
    service.web_register("disabled@example.org", RIGHT).await;
    let mut admin = ConsoleBrowser::signed_in(&service, "ada", "operator").await;
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
async fn registrations_are_limited_per_source_and_can_be_closed() {
    let limited = Service::builder(BINARY)
        .env("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "2")
        .start()
        .await;
    for name in ["ada", "grace"] {
        assert_eq!(
            limited
                .web_register(&format!("{name}@example.org"), RIGHT)
                .await
                .status,
            201
        );
    }
    let third = limited.web_register("joan@example.org", RIGHT).await;
    assert_eq!(third.status, 429);
    assert!(third.header("retry-after").unwrap().parse::<u64>().unwrap() > 3500);
    let closed = Service::builder(BINARY)
        .env("THUNDERBIRD_REGISTRATION", "closed")
        .start()
        .await;
    let refused = closed.web_register(ADA, RIGHT).await;
    assert_eq!((refused.status, refused.problem()), (403, "registration-closed"));
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

#[tokio::test]
async fn a_changed_password_ends_every_other_session() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let (here, there) = (
        service.web_login(ADA, RIGHT).await.tokens(),
        service.web_login(ADA, RIGHT).await.tokens(),
    );
    let change = async |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        service
            .web("POST", "/auth/password", Some(&here.access), Some(body))
            .await
    };
    let wrong = change(WRONG, "a tarn below the saddle").await;
    assert_eq!((wrong.status, wrong.problem()), (403, "wrong-password"));
    let weak = change(RIGHT, "password1").await;
    assert_eq!(
        (weak.status, &weak.body["errors"][0]["field"]),
        (422, &json!("new_password"))
    );
    assert_eq!(service.me(&there.access).await, 200);
    assert_eq!(change(RIGHT, "a tarn below the saddle").await.status, 204);
    assert_eq!(
        (service.me(&here.access).await, service.me(&there.access).await),
        (200, 401)
    );
    assert_eq!(service.web_refresh(&there.refresh).await.status, 401);
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
    assert_eq!(
        service.web_login(ADA, "a tarn below the saddle").await.status,
        200
    );
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
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut status = 0;
    for _ in 0..100 {
        status = service.web_login(ADA, RIGHT).await.status;
        if status == 429 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status, 429, "the source has failed eight times");
}

#[tokio::test]
async fn of_many_deletions_at_once_one_deletes_and_the_others_find_nobody() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let deletions = (0..8).map(|_| {
        let password = Some(json!({ "password": RIGHT }));
        service.web("DELETE", "/auth/me", Some(&tokens.access), password)
    });
    let mut answers: Vec<u16> = join_all(deletions)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, [204, 401, 401, 401, 401, 401, 401, 401]);
}

#[tokio::test]
async fn an_export_holds_every_number_and_deed_and_a_deletion_leaves_no_trace_in_the_file() {
    const CANARY: &str = "canary.of.the.deletion@example.org";
    let mut service = start().await;
    service.web_register(CANARY, RIGHT).await;
    let tokens = service.web_login(CANARY, RIGHT).await.tokens();
    let wanted = json!({ "phone": "0491 570 156" });
    let texted = service
        .web("POST", "/auth/phone", Some(&tokens.access), Some(wanted))
        .await;
    assert_eq!(texted.status, 202, "{}", texted.text);
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await
        .body;
    assert_eq!(export["claimed_phone"], Value::Null);
    assert_eq!(export["codes"][0]["phone"], "+61491570156");
    let deeds: Vec<_> = export["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        deeds,
        ["account.registered", "session.started", "phone.code_sent"]
    );
    let password = Some(json!({ "password": RIGHT }));
    let deleted = service
        .web("DELETE", "/auth/me", Some(&tokens.access), password)
        .await;
    assert_eq!(deleted.status, 204);
    assert!(service.terminate().await.success());
    for entry in std::fs::read_dir(service.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn an_account_is_exported_deleted_and_free_again() {
    let service = start().await;
    let id = service.web_register(ADA, RIGHT).await.body["id"]
        .as_i64()
        .unwrap();
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let export = service
        .web("GET", "/auth/me/export", Some(&tokens.access), None)
        .await;
    assert_eq!(export.status, 200, "{}", export.text);
    assert_eq!(
        (
            &export.body["account"]["id"],
            export.body["sessions"].as_array().unwrap().len()
        ),
        (&json!(id), 1)
    );
    assert!(!export.text.contains("argon2") && !export.text.contains(&tokens.refresh));
    let delete = async |password: &str| {
        service
            .web(
                "DELETE",
                "/auth/me",
                Some(&tokens.access),
                Some(json!({ "password": password })),
            )
            .await
    };
    assert_eq!(delete(WRONG).await.status, 403);
    assert_eq!(service.me(&tokens.access).await, 200);
    assert_eq!(delete(RIGHT).await.status, 204);
    assert_eq!(service.me(&tokens.access).await, 401);
    assert_eq!(service.web_refresh(&tokens.refresh).await.status, 401);
    assert_eq!(service.web_login(ADA, RIGHT).await.status, 401);
    let again = service.web_register(ADA, RIGHT).await;
    assert!(
        again.body["id"].as_i64().unwrap() > id,
        "an id is never given twice"
    );
}

#[tokio::test]
async fn the_pages_behind_mailed_links_run_one_own_script_and_spend_nothing() {
    let service = start().await;
    for path in ["/reset-password", "/verify-email"] {
        let page = service.web("GET", path, None, None).await;
        assert_eq!(
            (page.status, page.header("referrer-policy")),
            (200, Some("no-referrer")),
            "{path}"
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("script-src 'self'"),
            "{policy}"
        );
        assert_eq!(page.text.matches("<script").count(), 1);
        assert!(
            page.text
                .contains(r#"<script src="/account-pages.js" defer></script>"#)
        );
        assert!(!page.text.contains("://"), "nothing is fetched from elsewhere");
    }
    let script = service.web("GET", "/account-pages.js", None, None).await;
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
}

#[tokio::test]
async fn what_was_answered_is_audited_and_a_changed_log_is_found_out() {
    let mut service = start().await;
    service.web_register(ADA, RIGHT).await;
    service.web_login(ADA, WRONG).await;
    service.web_login(ADA, RIGHT).await;
    let sound = service.run(&["audit", "verify", "--json"]);
    let verdict: Value = serde_json::from_slice(&sound.stdout).unwrap();
    assert_eq!(
        (sound.status.code(), &verdict["sound"]),
        (Some(0), &json!(true)),
        "{verdict}"
    );
    assert!(verdict["rows"].as_u64().unwrap() >= 3);
    service.terminate().await;
    for spoil in [
        "UPDATE audit_log SET action = 'account.greeted' WHERE action = 'login.failed'",
        "DELETE FROM audit_log WHERE action = 'account.registered'",
        "DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)",
    ] {
        let kept = std::fs::read(service.database()).unwrap();
        execute(&service, spoil);
        let broken = service.run(&["audit", "verify"]);
        assert_eq!(
            broken.status.code(),
            Some(1),
            "{spoil}: {}",
            String::from_utf8_lossy(&broken.stdout)
        );
        std::fs::write(service.database(), kept).unwrap();
    }
    assert_eq!(service.run(&["audit", "verify"]).status.code(), Some(0));
}

/// Runs SQL on the database of a stopped service, as somebody with access to the file would.
fn execute(service: &Service, sql: &str) {
    use diesel::{Connection as _, connection::SimpleConnection as _};

    let mut connection = diesel::SqliteConnection::establish(service.database().to_str().unwrap()).unwrap();
    connection.batch_execute(sql).unwrap();
    connection
        .batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
        .unwrap();
}

/// The newest mail of this subject to Ada, once the running service has sent it.
async fn mailed(service: &Service, subject: &str) -> String {
    for _ in 0..100 {
        let read = service.run(&["mailbox", "--json", "--to", ADA, "--url", service.base_url()]);
        let lines = String::from_utf8_lossy(&read.stdout).into_owned();
        let mails = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let wanted = mails
            .rev()
            .find(|mail| mail["subject"].as_str().unwrap().contains(subject));
        if let Some(mail) = wanted {
            return mail["body"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no mail about {subject}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_password_is_reset_by_mail_whatever_host_was_asked() {
    let service = start().await;
    service.web_register(ADA, RIGHT).await;
    let request = service
        .http()
        .post(service.url("/auth/forgot-password"))
        .header("host", "evil.example.com");
    let asked = answer(request.json(&json!({ "email": ADA })).send().await.unwrap()).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let body = mailed(&service, "new password").await;
    let link = body.lines().find(|line| line.contains("#token=")).unwrap();
    let page = format!("{}/reset-password#token=", service.base_url());
    let token = link.strip_prefix(&page).unwrap();
    let reset = json!({ "token": token, "new_password": "a tarn below the saddle" });
    assert_eq!(
        service
            .web("POST", "/auth/reset-password", None, Some(reset.clone()))
            .await
            .status,
        204
    );
    assert_eq!(
        service
            .web("POST", "/auth/reset-password", None, Some(reset))
            .await
            .status,
        400
    );
    assert_eq!(
        service.web_login(ADA, "a tarn below the saddle").await.status,
        200
    );
    assert!(mailed(&service, "was changed").await.contains("signed out"));
    assert!(!service.output().contains(token), "no token in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_for_an_address_that_only_looks_alike_goes_nowhere() {
    let service = start().await;
    service.web_register("mike@example.org", RIGHT).await;
    let mut answers = Vec::new();
    for alike in [
        "m\u{131}ke@example.org",
        "M\u{130}KE@example.org",
        "mi\u{212a}e@example.org",
        "\u{ff4d}ike@example.org",
        "mike\u{200b}@example.org",
        "mike@ex\u{430}mple.org",
        "mike@examp1e.org",
        "mike@example.org.evil.example",
        "mike@example.org@evil.example",
        "evil@evil.example,mike@example.org",
        "mike@example.org\r\nBcc: evil@evil.example",
        "mike+x@example.org",
    ] {
        let asked = json!({ "email": alike });
        let answer = service
            .web("POST", "/auth/forgot-password", None, Some(asked))
            .await;
        assert!([202, 422].contains(&answer.status), "{alike:?}: {}", answer.text);
        if answer.status == 202 {
            answers.push(answer.text);
        }
    }
    let asked = json!({ "email": " MIKE@\u{ff25}xample.ORG" });
    let known = service
        .web("POST", "/auth/forgot-password", None, Some(asked))
        .await;
    assert_eq!(known.status, 202, "another spelling of the same mailbox");
    assert!(answers.len() > 3 && answers.iter().all(|answer| *answer == known.text));
    let mut resets = Vec::new();
    for _ in 0..100 {
        let read = service.run(&["mailbox", "--json", "--url", service.base_url()]);
        let mails = String::from_utf8_lossy(&read.stdout).into_owned();
        let mails = mails
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        resets = mails
            .filter(|mail| mail["subject"].as_str().unwrap().contains("new password"))
            .collect();
        if !resets.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let to: Vec<_> = resets.iter().map(|mail| &mail["to"]).collect();
    assert_eq!(
        to,
        ["mike@example.org"],
        "one mail, to the address as it was registered"
    );
}

#[tokio::test]
async fn without_a_mailer_the_routes_that_need_one_say_so() {
    let twilio = FakeTwilio::start().await;
    let public = Service::builder(BINARY).env("THUNDERBIRD_PUBLIC_URL", "https://hike.example.org");
    let service = public.twilio(&twilio).start().await;
    service.web_register(ADA, RIGHT).await;
    let tokens = service.web_login(ADA, RIGHT).await.tokens();
    let forgot = service
        .web(
            "POST",
            "/auth/forgot-password",
            None,
            Some(json!({ "email": ADA })),
        )
        .await;
    let resend = service
        .web("POST", "/auth/email/resend", Some(&tokens.access), None)
        .await;
    for refused in [forgot, resend] {
        assert_eq!((refused.status, refused.problem()), (503, "mail-not-configured"));
        assert!(refused.header("retry-after").is_some());
    }
}
