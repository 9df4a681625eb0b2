//! The console and the simulator in a real browser, over the real binary. Run by `cargo xtask browser`, which says what it
//! needs.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and this one is told by the environment where pictures go"
)]

use std::{fs, process::Command};

use thunderbird_testkit::{
    fake_twilio::{FakeTwilio, Fault},
    hostile,
    service::{Service, console::ADMIN_PASSWORD},
};

const SAM: &str = "+61491570006";

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
        "OUT TOMORROW 6PM",
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
    service
        .web_register("kim@example.org", "a long walk in the rain")
        .await;
    service
        .web_login("kim@example.org", "a long walk in the rain")
        .await;
    twilio.wait_for(4).await;
    service.make_admin("ada", "operator");
}

/// Every hostile string as a text, as a contact's name and as a trail name.
async fn plant(service: &Service) {
    for text in ["START", "Kea", "1"] {
        service.text(SAM, text).await;
    }
    for (number, text) in hostile::strings().iter().enumerate() {
        service.text(SAM, text).await;
        service
            .text(SAM, &format!("SAFE 04915701{:02} {text}", number % 10))
            .await;
        let stranger = format!("+614915720{number:02}");
        for step in ["START", text, "1"] {
            service.text(&stranger, step).await;
        }
    }
    service.make_admin("ada", "operator");
}

/// Runs one of the walks and insists that it got to its end.
async fn walk(service: &Service, script: &str, arguments: &[&str]) {
    let mut walk = Command::new("node");
    walk.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/browser"))
        .arg(script)
        .arg(service.base_url())
        .args(arguments);
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

fn pictures() -> String {
    std::env::var("SCREENSHOTS").unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_works_in_a_browser_at_two_widths() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    furnish(&service, &twilio).await;
    walk(&service, "console.mjs", &[ADMIN_PASSWORD, &pictures()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_strings_do_nothing_in_a_browser() {
    let twilio = FakeTwilio::start().await;
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .twilio(&twilio)
        .start()
        .await;
    plant(&service).await;
    let list = service.folder().join("hostile.json");
    fs::write(&list, serde_json::to_string(&hostile::strings()).unwrap()).unwrap();
    walk(&service, "hostile.mjs", &[ADMIN_PASSWORD, list.to_str().unwrap()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_simulator_works_in_a_browser_and_shows_hostile_strings_as_they_are() {
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird")).start().await;
    let list = service.folder().join("hostile.json");
    fs::write(&list, serde_json::to_string(&hostile::strings()).unwrap()).unwrap();
    let link = service.simulator_link().await;
    let link = link.split_once('=').unwrap().1;
    walk(
        &service,
        "simulator.mjs",
        &[link, list.to_str().unwrap(), &pictures()],
    )
    .await;
}
