//! Limits on accounts, their mails and the console.

use serde_json::json;
use thunderbird_testkit::service::{Client, Operator, client::PASSWORD};

use super::Watched;
use crate::delete;

const ADA: &str = "ada@example.org";
const WRONG: &str = "a wrong password";
const NEW: &str = "a quieter kea on the ridge";

/// What this file makes refuse.
pub const LIMITS: &[&str] = &[
    "login.identifier",
    "login.device",
    "login.source",
    "login.sessions",
    "password.session",
    "registration.source",
    "reset.address",
    "verification.account",
    "verification.address",
    "notices.address",
    "export.account",
    "console.search",
    "writes.source",
    "admin.identifier",
    "admin.source",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_sign_ins() {
    let watched = Watched::new(&[
        ("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "14"),
        ("THUNDERBIRD_LIMIT_SESSIONS_PER_HOUR", "3"),
        ("THUNDERBIRD_LIMIT_REGISTRATIONS_PER_HOUR", "2"),
    ])
    .await;
    let service = &watched.world.service;
    for email in [ADA, "grace@example.org", "joan@example.org"] {
        service.web_register(email, PASSWORD).await;
    }
    watched.have_refused(&["registration.source"]).await;
    for _ in 0..4 {
        service.web_login(ADA, PASSWORD).await;
    }
    for _ in 0..6 {
        service.web_login("grace@example.org", WRONG).await;
    }
    watched
        .have_refused(&["login.sessions", "login.identifier"])
        .await;
    for nth in 0..15 {
        service
            .web_login(&format!("nobody{nth}@example.org"), WRONG)
            .await;
    }
    watched.have_refused(&["login.source"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_a_device_and_of_a_session() {
    let watched = Watched::new(&[("THUNDERBIRD_LIMIT_WRITES_PER_MINUTE", "40")]).await;
    let service = &watched.world.service;
    let ada = watched.world.client("ada").await;
    let granted = service.web_login(ADA, PASSWORD).await;
    let device = granted.body["device_token"].as_str().unwrap();
    let form = [("username", ADA), ("password", WRONG), ("device_token", device)];
    for _ in 0..6 {
        service.token(&form).await;
    }
    let wrong = json!({"current_password": WRONG, "new_password": NEW});
    for _ in 0..6 {
        ada.post("/auth/password", wrong.clone()).await;
    }
    for _ in 0..7 {
        ada.get("/auth/me/export").await;
    }
    for _ in 0..4 {
        service
            .web(
                "POST",
                "/auth/forgot-password",
                None,
                Some(json!({ "email": ADA })),
            )
            .await;
    }
    watched
        .have_refused(&[
            "login.device",
            "password.session",
            "export.account",
            "reset.address",
        ])
        .await;
    for _ in 0..90 {
        ada.call("DELETE", "/api/user/trip", None).await;
    }
    watched.have_refused(&["writes.source"]).await;
}

/// Changes the password there and back, `times` times.
async fn change(account: &Client, times: usize) {
    for nth in 0..times {
        let (current, new) = if nth % 2 == 0 {
            (PASSWORD, NEW)
        } else {
            (NEW, PASSWORD)
        };
        let change = json!({"current_password": current, "new_password": new});
        account.post("/auth/password", change).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_mails() {
    let watched = Watched::new(&[]).await;
    let ada = watched.world.client("ada").await;
    for _ in 0..4 {
        ada.call("POST", "/auth/email/resend", None).await;
    }
    watched.have_refused(&["verification.account"]).await;
    delete(&ada).await;
    let ada = watched.world.client("ada").await;
    ada.call("POST", "/auth/email/resend", None).await;
    change(&ada, 11).await;
    watched
        .have_refused(&["verification.address", "notices.address"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_of_the_console() {
    let watched = Watched::new(&[("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "8")]).await;
    let service = &watched.world.service;
    let vera = Operator::signed_in(service, "vera", "viewer").await;
    for _ in 0..=60 {
        vera.get("/admin/accounts?email=a@example.org").await;
    }
    for nth in 0..12 {
        let name = if nth < 6 {
            "vera".to_owned()
        } else {
            format!("nobody{nth}")
        };
        let fields = [("name", name.as_str()), ("password", WRONG)];
        Operator::new(service).post("/admin/login", &fields).await;
    }
    watched
        .have_refused(&["console.search", "admin.identifier", "admin.source"])
        .await;
}
