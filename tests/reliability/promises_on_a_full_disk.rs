//! A stage that comes due while the disk is full.

use std::{fs, path::Path};

use thunderbird_testkit::{eventually, eventually_holds, service::Service};

use super::{
    effort::figure,
    promises::{STRANGER, count_in, phone, says},
    unwritable::{fill, mount},
};

const SAM: &str = "+61491570006";
const MUM: &str = "+61491570110";

/// Most texts that find room in the log of a full disk, because its file is used again.
const MOST: usize = 1_000;

/// Alerts that were queued for the contact.
fn alerts(file: &Path) -> i64 {
    let first = format!("messages WHERE phone = '{MUM}' AND body LIKE '%ALERT 1 of 3%'");
    count_in(file, &first)
}

/// Moves the clock to a stage; on a full disk the text itself is refused.
fn moves_on(service: &Service, at: &str) -> bool {
    let at = format!("2030-01-10T{at}+11:00");
    phone(service, STRANGER, "HELP", Some(&at)).status.success()
}

async fn has_fired(file: &Path, stages: i64) {
    eventually_holds(&format!("{stages} stages"), async || {
        count_in(file, "deadline_stages WHERE outcome = 'fired'") == stages
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "mounts a disk of its own: cargo xtask disk"]
async fn an_alert_that_a_full_disk_keeps_back_is_sent_once_as_soon_as_there_is_room() {
    let builder = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_DB_PATH", "disk/thunderbird.db")
        .env("THUNDERBIRD_LIMIT_SMS_PER_HOUR", "100000");
    let disk = builder.folder().join("disk");
    let file = disk.join("thunderbird.db");
    fs::create_dir(&disk).unwrap();
    mount(
        &["-t", "tmpfs", "-o", "size=32m", "tmpfs", "disk"],
        builder.folder(),
    );
    let service = builder.start().await;
    moves_on(&service, "08:00:00");
    for body in ["START", "Sam", "1", "SAFE 0491570110 Mum", "OUT THU 6PM"] {
        says(&service, SAM, body);
    }
    for (at, fired) in [("08:03:00", 1), ("17:00:10", 2), ("18:00:10", 3), ("18:30:10", 4)] {
        assert!(moves_on(&service, at), "{at}");
        has_fired(&file, fired).await;
    }
    let ballast = disk.join("ballast");
    fill(&ballast);
    let long = "the rain goes on ".repeat(80);
    let full = (0..MOST).any(|_| !phone(&service, STRANGER, &long, None).status.success());
    assert!(full, "the disk is not full");
    assert!(
        !moves_on(&service, "19:00:10"),
        "the text that moves the clock finds no room"
    );
    eventually("the firing fails", async || {
        service.output().contains("deadline.fault").then_some(())
    })
    .await;
    assert_eq!(alerts(&file), 0, "an alert that is not stored is not sent");
    fs::remove_file(&ballast).unwrap();
    has_fired(&file, 5).await;
    assert_eq!(alerts(&file), 1);
    assert!(says(&service, SAM, "BACK").starts_with("Welcome back"));
    figure("disk full at the time of an alert: nothing fired, then one alert as soon as there was room");
}
