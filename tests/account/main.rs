//! Accounts through the real binary: registering, signing in, throttles, deletion, and what survives a crash.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mailed_links;
mod privacy;
mod register;
mod sign_in;

use serde_json::{Value, json};
use thunderbird_testkit::service::Service;

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
