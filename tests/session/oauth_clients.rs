//! Stock OAuth2 clients at the real binary. Run by `cargo xtask oauth-clients`, which says what it needs.

use std::process::{Command, Stdio};

use thunderbird_testkit::service::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs authlib and requests-oauthlib: cargo xtask oauth-clients"]
async fn stock_clients_sign_in_refresh_and_read_errors() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the task that runs this says which Python has the clients"
    )]
    let python = std::env::var("THUNDERBIRD_PYTHON").unwrap_or("python3".to_owned());
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LIMIT_LOGIN_FAILURES_PER_10_MIN", "1000")
        .start()
        .await;
    let mut command = Command::new(python);
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/session/oauth_clients.py"
        ))
        .arg(service.base_url())
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .env("AUTHLIB_INSECURE_TRANSPORT", "1")
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(said, "authlib agreed\nrequests-oauthlib agreed\n");
}
