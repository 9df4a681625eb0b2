//! The operator's console through the real binary: who gets in, what a page shows, what a form does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::fs;

use reqwest::{Response, StatusCode};
use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";
const PASSWORD: &str = "a quiet ridge at dusk";

/// A browser at the console: keeps the cookie, and says where a form was sent from.
struct Browser<'a> {
    service: &'a Service,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    fn new(service: &'a Service) -> Self {
        Self {
            service,
            cookie: None,
        }
    }

    /// Makes an administrator and signs it in.
    async fn signed_in(service: &'a Service, name: &str, role: &str) -> Self {
        fs::write(service.folder().join("password"), PASSWORD).unwrap();
        let made = service.run(&[
            "admin",
            "create",
            name,
            "--role",
            role,
            "--password-file",
            "password",
        ]);
        assert!(made.status.success(), "{made:?}");
        let mut browser = Self::new(service);
        let welcome = browser
            .post("/admin/login", &[("name", name), ("password", PASSWORD)])
            .await;
        assert_eq!(welcome.status(), 303);
        browser
    }

    async fn get(&self, path: &str) -> Response {
        let mut request = self.service.http().get(self.service.url(path));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a form as a browser does from one of our own pages, with the session's token.
    async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = csrf(&self.page("/admin").await);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from("same-origin", path, fields).await
    }

    async fn post_from(&mut self, site: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut request = self
            .service
            .http()
            .post(self.service.url(path))
            .header("Sec-Fetch-Site", site)
            .form(fields);
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let answer = request.send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest[..64].to_owned()
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

async fn service() -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    (service, twilio)
}

async fn hiker(service: &Service, name: &str) {
    service.text(SAM, "START").await;
    service.text(SAM, name).await;
    service.text(SAM, "1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_in_any_alphabet_is_401_and_the_sixth_is_429() {
    let (service, _twilio) = service().await;
    Browser::signed_in(&service, "ada", "operator").await;
    let mut stranger = Browser::new(&service);
    for wrong in [
        "",
        "wrong",
        "пароль",
        "密码密码",
        "\u{202e}drowssap",
        "' OR 1=1 --",
    ] {
        let answer = stranger
            .post("/admin/login", &[("name", "ada"), ("password", wrong)])
            .await;
        let expected = if wrong.starts_with('\'') { 429 } else { 401 };
        assert_eq!(answer.status(), expected, "{wrong}");
        assert_eq!(stranger.cookie, None);
    }
    let right = stranger
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(right.headers().contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_without_token_or_from_elsewhere_do_nothing() {
    let (service, _twilio) = service().await;
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    let fields = [
        ("phone", "0491 570 006"),
        ("trail_name", "Sam"),
        ("route", "overland_track"),
    ];
    assert_eq!(ada.post("/admin/users", &fields).await.status(), 403);
    let token = csrf(&ada.page("/admin").await);
    let mut with_token = vec![("csrf", token.as_str())];
    with_token.extend_from_slice(&fields);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(
            ada.post_from(site, "/admin/users", &with_token).await.status(),
            403,
            "{site}"
        );
    }
    let get = ada.get("/admin/logout").await;
    assert_eq!(get.status(), 405);
    assert!(ada.page("/admin/users").await.contains("No hiker matches."));
    assert_eq!(
        location(&ada.post("/admin/users", &with_token).await),
        "/admin/users/1?notice=registered"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_fixed_beforehand_is_worthless_and_an_ended_one_is_over() {
    let (service, _twilio) = service().await;
    let mut victim = Browser::new(&service);
    let planted = format!("thunderbird-console={}", "ab".repeat(32));
    victim.cookie = Some(planted.clone());
    assert_eq!(location(&victim.get("/admin").await), "/admin/login");
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    assert_ne!(ada.cookie.as_ref(), Some(&planted));
    let thief = Browser {
        service: &service,
        cookie: ada.cookie.clone(),
    };
    assert_eq!(thief.get("/admin").await.status(), 200);
    assert_eq!(
        location(&ada.submit("/admin/logout", &[]).await),
        "/admin/login?notice=signed-out"
    );
    assert_eq!(location(&thief.get("/admin").await), "/admin/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_sees_and_changes_nothing() {
    let (service, _twilio) = service().await;
    hiker(&service, "Sam").await;
    let mut viewer = Browser::signed_in(&service, "vera", "viewer").await;
    for path in [
        "/admin/users",
        "/admin/users/1/route",
        "/admin/users/1/remove",
        "/admin/users/1/reveal",
        "/admin/accounts/1/reveal",
        "/admin/accounts/1/disable",
        "/admin/accounts/1/enable",
        "/admin/accounts/1/end-sessions",
        "/admin/accounts/1/reset-link",
        "/admin/messages/1/resend",
        "/admin/messages/1/reveal",
        "/admin/test-text",
        "/admin/opt-outs",
        "/admin/opt-outs/clear",
    ] {
        let fields = [
            ("phone", MUM),
            ("words", "x"),
            ("sure", "yes"),
            ("route", "federation_peak"),
        ];
        assert_eq!(viewer.submit(path, &fields).await.status(), 403, "{path}");
    }
    let page = viewer.page("/admin/users/1").await;
    assert!(
        page.contains("Overland Track") && page.contains("+614***006"),
        "{page}"
    );
    assert!(!page.contains(SAM) && !page.contains("Remove this hiker"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_and_texts_are_masked_until_revealed_and_the_reveal_is_audited() {
    let (service, _twilio) = service().await;
    hiker(&service, "Sam").await;
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    let masked = ada.page("/admin/users/1").await;
    assert!(
        !masked.contains(SAM) && !masked.contains("trail name?"),
        "{masked}"
    );
    let revealed = ada
        .submit("/admin/users/1/reveal", &[])
        .await
        .text()
        .await
        .unwrap();
    assert!(revealed.contains(SAM) && revealed.contains("START"), "{revealed}");
    let audit = ada.page("/admin/audit?actor=admin:1").await;
    assert!(
        audit.contains("console.revealed") && audit.contains("user:1"),
        "{audit}"
    );
    let csv = ada.page("/admin/audit.csv").await;
    assert!(csv.starts_with("number,at,actor,action,subject,detail\r\n"));
    assert!(csv.contains("\"console.revealed\",\"user:1\""), "{csv}");
    assert!(!csv.contains(SAM));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_text_is_sent_once_and_a_failed_text_can_be_sent_again() {
    let (service, twilio) = service().await;
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    twilio.script([Fault::Refused(21211)]);
    let fields = [
        ("phone", "0491 570 110"),
        ("words", "Is this thing on?"),
        ("nonce", "form-1"),
    ];
    assert_eq!(
        location(&ada.submit("/admin/test-text", &fields).await),
        "/admin/messages?notice=test-queued"
    );
    let again = ada.submit("/admin/test-text", &fields).await;
    assert_eq!(location(&again), "/admin/messages?notice=test-not-queued");
    let mut list = String::new();
    for _ in 0..200 {
        list = ada.page("/admin/messages?state=failed").await;
        if list.contains("error 21211") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(
        list.contains("error 21211") && list.contains("+614***110"),
        "{list}"
    );
    assert_eq!(
        location(&ada.submit("/admin/messages/1/resend", &[]).await),
        "/admin/messages?notice=resent"
    );
    let accepted = twilio.wait_for(1).await;
    assert_eq!(accepted[0].parameter("Body"), Some("Is this thing on?"));
    assert_eq!(accepted[0].parameter("To"), Some(MUM));
    let twice = ada.submit("/admin/messages/1/resend", &[]).await;
    assert_eq!(location(&twice), "/admin/messages?notice=not-given-up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_strings_are_inert_on_every_page() {
    let (service, _twilio) = service().await;
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'onmouseover='alert(1)",
        "</textarea><svg onload=alert(1)>",
        "=HYPERLINK(\"http://evil\")",
        "\u{202e}600075194+",
        "{{7*7}}<b>",
        "javascript:alert(1)",
    ];
    hiker(&service, "Sam").await;
    for text in hostile {
        service.text(SAM, text).await;
        service.text(MUM, text).await;
    }
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    let revealed = ada
        .submit("/admin/users/1/reveal", &[])
        .await
        .text()
        .await
        .unwrap();
    let mut pages = vec![revealed];
    for path in [
        "/admin/messages",
        "/admin/users?name=%3Cscript%3E&phone=%22%3E",
        "/admin/audit?actor=%3Cb%3E",
    ] {
        pages.push(ada.page(path).await);
    }
    for page in &pages {
        for live in [
            "<script",
            "<img",
            "<b>",
            "<svg onload",
            "onerror=alert(1)>",
            "\u{202e}",
        ] {
            assert!(!page.contains(live), "{live}: {page}");
        }
    }
    assert!(pages[0].contains("[U+202E]600075194+"), "{}", pages[0]);
    let policy = ada.get("/admin").await.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_a_hiker_ends_their_time_on_the_number_and_keeps_history() {
    let (service, _twilio) = service().await;
    hiker(&service, "Sam").await;
    service.text(SAM, "CHECKIN RONNY").await;
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    let unsure = ada.submit("/admin/users/1/remove", &[]).await;
    assert_eq!(location(&unsure), "/admin/users/1?notice=unsure");
    let removed = ada.submit("/admin/users/1/remove", &[("sure", "yes")]).await;
    assert_eq!(location(&removed), "/admin/users/1?notice=removed");
    let page = ada.page("/admin/users/1").await;
    assert!(page.contains("ended") && page.contains("Ronny Creek"), "{page}");
    let answer = service.text(SAM, "CHECKIN RONNY").await.message();
    assert!(answer.contains("START"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_is_signed_out_and_cannot_sign_in_until_enabled() {
    let (service, _twilio) = service().await;
    let account = serde_json::json!({ "email": "kim@example.org", "password": "a long walk in the rain" });
    let registered = service
        .http()
        .post(service.url("/auth/register"))
        .json(&account)
        .send()
        .await
        .unwrap();
    assert_eq!(registered.status(), 201);
    let form = [
        ("username", "kim@example.org"),
        ("password", "a long walk in the rain"),
    ];
    let sign_in = async || {
        service
            .http()
            .post(service.url("/auth/token"))
            .form(&form)
            .send()
            .await
            .unwrap()
    };
    let token: serde_json::Value = sign_in().await.json().await.unwrap();
    let me = async || {
        let token = token["access_token"].as_str().unwrap();
        service
            .http()
            .get(service.url("/auth/me"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(me().await, 200);
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    assert!(!ada.page("/admin/accounts/1").await.contains("kim@"));
    ada.submit("/admin/accounts/1/disable", &[("sure", "yes")]).await;
    assert_eq!(me().await, 401);
    assert_eq!(sign_in().await.status(), 401);
    ada.submit("/admin/accounts/1/enable", &[]).await;
    assert_eq!(sign_in().await.status(), 200);
    assert_eq!(me().await, 401);
    let audit = ada.page("/admin/audit?subject=account:1").await;
    assert!(
        audit.contains("account.disabled") && audit.contains("admin:1"),
        "{audit}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_factor_is_enrolled_asked_for_and_each_code_works_once() {
    let (service, _twilio) = service().await;
    let mut ada = Browser::signed_in(&service, "ada", "operator").await;
    let page = ada.page("/admin/second-factor").await;
    let secret = page.split_once("name=\"secret\" value=\"").unwrap().1[..40].to_owned();
    let wrong = ada
        .submit("/admin/second-factor", &[("secret", &secret), ("code", "000000")])
        .await;
    assert_eq!(location(&wrong), "/admin/second-factor?notice=wrong-key-code");
    let code = totp::code(&secret);
    let enrolled = ada
        .submit("/admin/second-factor", &[("secret", &secret), ("code", &code)])
        .await;
    let shown = enrolled.text().await.unwrap();
    let recovery: Vec<&str> = shown
        .split("<li><code>")
        .skip(1)
        .filter_map(|part| part.split_once('<'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(recovery.len(), 10, "{shown}");

    let mut again = Browser::new(&service);
    let awaiting = again
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    assert_eq!(location(&awaiting), "/admin/code");
    assert_eq!(location(&again.get("/admin/users").await), "/admin/code");
    let form = csrf(&again.page("/admin/code").await);
    let used = again
        .post("/admin/code", &[("csrf", &form), ("code", &code)])
        .await;
    assert_eq!(used.status(), 401);
    let before = again.cookie.clone();
    let welcome = again
        .post("/admin/code", &[("csrf", &form), ("code", recovery[0])])
        .await;
    assert_eq!(location(&welcome), "/admin");
    assert_ne!(again.cookie, before);
    assert_eq!(again.get("/admin").await.status(), 200);

    let mut third = Browser::new(&service);
    third
        .post("/admin/login", &[("name", "ada"), ("password", PASSWORD)])
        .await;
    let form = csrf(&third.page("/admin/code").await);
    let spent = third
        .post("/admin/code", &[("csrf", &form), ("code", recovery[0])])
        .await;
    assert_eq!(spent.status(), 401);
    assert!(service.run(&["admin", "reset-totp", "ada"]).status.success());
    assert_eq!(location(&again.get("/admin").await), "/admin/login");
}

/// An authenticator.
mod totp {
    use hmac::{Hmac, KeyInit as _, Mac as _};

    /// The code of the present 30 seconds (RFC 6238).
    pub fn code(secret: &str) -> String {
        let bytes: Vec<u8> = (0..secret.len())
            .step_by(2)
            .map(|place| u8::from_str_radix(&secret[place..place + 2], 16).unwrap())
            .collect();
        let now = std::process::Command::new("date")
            .arg("+%s")
            .output()
            .unwrap()
            .stdout;
        let step = String::from_utf8(now).unwrap().trim().parse::<u64>().unwrap() / 30;
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&bytes).unwrap();
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest[19] & 0xf);
        let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}
