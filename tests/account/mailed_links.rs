//! Links that are mailed, and the pages behind them.

use serde_json::json;
use thunderbird_testkit::{
    eventually,
    fake_twilio::FakeTwilio,
    service::{Service, web::answer},
};

use crate::{ADA, BINARY, RIGHT, start};

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
        assert!(!page.text.contains("://"), "nothing is fetched from elsewhere");
        let (_, rest) = page.text.split_once(r#"<script src="/assets/"#).unwrap();
        let (address, _) = rest.split_once(r#"" defer></script>"#).unwrap();
        let script = service
            .web("GET", &format!("/assets/{address}"), None, None)
            .await;
        assert_eq!(script.status, 200, "{address}");
        assert_eq!(
            script.header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(
            script.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        let plain = service.web("GET", "/account-pages.js", None, None).await;
        assert_eq!(plain.text, script.text, "the plain path keeps answering");
    }
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
    let body = service.mailed(ADA, "new password").await;
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
    assert!(service.mailed(ADA, "was changed").await.contains("signed out"));
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
    let resets = eventually("a mail with a reset", async || {
        let mut mails = service.mailbox(None);
        mails.retain(|mail| mail["subject"].as_str().unwrap().contains("new password"));
        (!mails.is_empty()).then_some(mails)
    })
    .await;
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
