//! The console in a real browser, over the real binary and a fake Twilio. Run by `cargo xtask browser`, which says what
//! it needs.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and this one is told by the environment where pictures go"
)]

use std::{fs, process::Command};

use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    service::Service,
};

const SAM: &str = "+61491570006";
const PASSWORD: &str = "a quiet ridge at dusk";

/// Something to look at: a hiker with a contact and check-ins, an account, texts in and out, one of them failed.
async fn furnish(service: &Service, twilio: &FakeTwilio) {
    twilio.script_for("+61491570313", [Fault::Refused(21211)]);
    for text in [
        "START",
        "Sam",
        "1",
        "SAFE 0491 570 110 Mum",
        "SAFE 0491 570 313 Dad",
        "CHECKIN RONNY",
        "STATUS",
    ] {
        service.text(SAM, text).await;
    }
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "=HYPERLINK(\"x\")",
    ] {
        service.text(SAM, hostile).await;
    }
    service.text("+61491570737", "STOP").await;
    let account = serde_json::json!({ "email": "kim@example.org", "password": "a long walk in the rain" });
    service
        .http()
        .post(service.url("/auth/register"))
        .json(&account)
        .send()
        .await
        .unwrap();
    twilio.wait_for(4).await;
    fs::write(service.folder().join("password"), PASSWORD).unwrap();
    let made = service.run(&["admin", "create", "ada", "--password-file", "password"]);
    assert!(made.status.success(), "{made:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_works_in_a_browser_at_two_widths() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    furnish(&service, &twilio).await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/browser");
    let mut walk = Command::new("node");
    walk.current_dir(folder)
        .args(["console.mjs", service.base_url(), PASSWORD]);
    walk.args(std::env::var("SCREENSHOTS").ok());
    let walked = tokio::task::spawn_blocking(move || walk.output().unwrap())
        .await
        .unwrap();
    assert!(
        walked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&walked.stdout),
        String::from_utf8_lossy(&walked.stderr)
    );
}
