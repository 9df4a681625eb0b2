//! The key ring of a running service: found, renewed, lost and replaced.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use thunderbird_testkit::{
    eventually_holds,
    service::{Client, Service},
};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

async fn signed_in(service: &Service) -> String {
    Client::sign_in(service, "ada@example.org").await.tokens.access
}

fn ring_of(service: &Service) -> PathBuf {
    let mut path = service.database().into_os_string();
    path.push(".keys");
    path.into()
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn hang_up(service: &Service) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(service.pid()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
}

/// Makes the newest keys 31 seconds older, as if they had settled.
fn settle(service: &Service) {
    let path = ring_of(service);
    let mut ring: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let keys = ring["keys"].as_array_mut().unwrap();
    for key in keys {
        let born: jiff::Timestamp = key["born_at"].as_str().unwrap().parse().unwrap();
        key["born_at"] = (born - Duration::from_secs(31)).to_string().into();
    }
    fs::write(&path, ring.to_string()).unwrap();
}

fn token_keys(service: &Service) -> Vec<String> {
    let listed = service.run(&["keys", "list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let tokens = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|key| key["purpose"] == "token");
    tokens.map(|key| key["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotation_under_load_refuses_no_valid_token() {
    let service = Arc::new(Service::builder(BINARY).start().await);
    let first = Client::sign_up(&service, "ada").await.tokens.access;
    let tokens = Arc::new(tokio::sync::RwLock::new(vec![first]));
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (tokens, stop, asked) = (Arc::clone(&tokens), Arc::clone(&stop), Arc::clone(&asked));
            let service = Arc::clone(&service);
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    for token in tokens.read().await.clone() {
                        assert_eq!(service.me(&token).await, 200);
                        asked.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        })
        .collect();
    for round in 1..=3 {
        let rotated = service.run(&["keys", "rotate"]);
        assert!(rotated.status.success(), "{}", text(&rotated));
        settle(&service);
        hang_up(&service);
        tokens.write().await.push(signed_in(&service).await);
        assert_eq!(token_keys(&service).len(), round + 1);
    }
    let seen = asked.load(Ordering::SeqCst);
    eventually_holds("200 more answers, or a reader that was refused", async || {
        asked.load(Ordering::SeqCst) >= seen + 200 || readers.iter().any(tokio::task::JoinHandle::is_finished)
    })
    .await;
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    let tokens = tokens.read().await;
    let footers: std::collections::BTreeSet<_> = tokens
        .iter()
        .map(|token| token.rsplit_once('.').unwrap().1)
        .collect();
    assert_eq!(footers.len(), 4, "every rotation sealed with a key of its own");
}

#[tokio::test]
async fn a_lost_ring_stops_the_start_until_it_is_back_or_replaced() {
    let mut service = Service::builder(BINARY).start().await;
    let token = Client::sign_up(&service, "ada").await.tokens.access;
    assert!(service.terminate().await.success());
    let (ring, away) = (ring_of(&service), service.folder().join("away"));
    assert_eq!(fs::metadata(&ring).unwrap().permissions().mode() & 0o777, 0o600);

    fs::rename(&ring, &away).unwrap();
    let refused = service.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(78));
    assert!(text(&refused).contains("keys replace"), "{}", text(&refused));
    assert!(!ring.exists());

    fs::rename(&away, &ring).unwrap();
    fs::set_permissions(&ring, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = service.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(78));
    assert!(text(&refused).contains("chmod 600"), "{}", text(&refused));
    fs::set_permissions(&ring, fs::Permissions::from_mode(0o600)).unwrap();

    let careful = service.run(&["keys", "replace"]);
    assert_eq!(careful.status.code(), Some(1), "{}", text(&careful));
    service.start_again().await;
    assert_eq!(service.me(&token).await, 200);

    let replaced = service.run(&["keys", "replace", "--yes"]);
    assert!(replaced.status.success(), "{}", text(&replaced));
    hang_up(&service);
    eventually_holds("the end of a session whose ring is gone", async || {
        service.me(&token).await == 401
    })
    .await;
    let fresh = signed_in(&service).await;
    assert_eq!(service.me(&fresh).await, 200);
}

#[tokio::test]
async fn a_ring_from_the_configuration_is_renewed_where_it_comes_from() {
    let mut service = Service::builder(BINARY).start().await;
    let token = Client::sign_up(&service, "ada").await.tokens.access;
    assert!(service.terminate().await.success());
    let ring = fs::read_to_string(ring_of(&service)).unwrap();
    fs::remove_file(ring_of(&service)).unwrap();
    service.set_env("THUNDERBIRD_KEYS", &ring);
    service.start_again().await;
    assert_eq!(service.me(&token).await, 200);
    for action in ["rotate", "replace"] {
        let refused = service.run(&["keys", action]);
        assert_eq!(refused.status.code(), Some(78), "{}", text(&refused));
    }
    assert!(!ring_of(&service).exists());
    let said = service.output();
    assert!(!said.contains("k4.local."), "a key was printed");
}
