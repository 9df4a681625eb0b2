//! A machine whose clock tells nonsense for a while, a listening socket that stops answering, and one that is full.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::net::UnixDatagram,
    path::Path,
    process::Command,
};

use thunderbird_testkit::{
    eventually_holds,
    service::{Service, ServiceBuilder},
};
use tokio::net::{TcpSocket, TcpStream};

const BINARY: &str = env!("CARGO_BIN_EXE_thunderbird");

/// Stands between the service and the C library. While the file `clock` is there, it is the seconds that it names; while
/// the file `deaf` is there, no connection is accepted.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, id, now);
    if (id == CLOCK_REALTIME) {
        FILE *file = fopen("clock", "r");
        if (file) {
            long long seconds;
            if (fscanf(file, "%lld", &seconds) == 1) now->tv_sec = seconds;
            fclose(file);
        }
    }
    return result;
}

int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags) {
    while (access("deaf", F_OK) == 0) usleep(10000);
    return syscall(SYS_accept4, socket, address, length, flags);
}
"#;

/// A service whose folder holds the shim.
fn shimmed() -> ServiceBuilder {
    let builder = Service::builder(BINARY);
    let (source, shim) = (builder.folder().join("shim.c"), builder.folder().join("shim.so"));
    fs::write(&source, SHIM).unwrap();
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&shim, &source])
        .status();
    assert!(made.unwrap().success());
    builder.env("LD_PRELOAD", shim.to_str().unwrap())
}

async fn healthy(service: &Service) -> bool {
    service.web("GET", "/healthz", None, None).await.status == 200
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_tells_nonsense_ends_the_process_and_not_the_service() {
    let mut service = shimmed().start().await;
    let clock = service.folder().join("clock");
    for seconds in ["-86400", "253402300800"] {
        assert!(healthy(&service).await);
        fs::write(&clock, seconds).unwrap();
        let ended = service.ends().await;
        assert_eq!(ended.code(), Some(70), "at {seconds}");
        let again = service.run(&["serve"]);
        assert_eq!(again.status.code(), Some(1), "at {seconds}: {again:?}");
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(said.contains("The clock of this machine"), "{said}");
        fs::remove_file(&clock).unwrap();
        service.start_again().await;
    }
    assert!(healthy(&service).await);
}

/// The service's messages to systemd, read as systemd reads them.
fn systemd(folder: &Path) -> UnixDatagram {
    let socket = UnixDatagram::bind(folder.join("notify")).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

/// How many signs of life have come since the last look.
fn signs_of_life(socket: &UnixDatagram) -> usize {
    let mut message = [0; 512];
    let messages = std::iter::from_fn(|| {
        socket
            .recv(&mut message)
            .ok()
            .and_then(|length| message.get(..length).map(<[u8]>::to_vec))
    });
    messages
        .filter(|message| String::from_utf8_lossy(message).contains("WATCHDOG=1"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watchdog_is_fed_only_while_the_listening_socket_answers() {
    let builder = shimmed();
    let socket = systemd(builder.folder());
    let notify = builder.folder().join("notify");
    let service = builder
        .env("NOTIFY_SOCKET", notify.to_str().unwrap())
        .env("WATCHDOG_USEC", "900000")
        .start()
        .await;
    let deaf = service.folder().join("deaf");
    let unanswered = || service.output().matches("watchdog.unanswered").count();
    eventually_holds("a sign of life", async || signs_of_life(&socket) > 0).await;
    fs::write(&deaf, "").unwrap();
    eventually_holds("an unanswered question", async || unanswered() > 0).await;
    signs_of_life(&socket);
    let before = unanswered();
    eventually_holds("two more", async || unanswered() >= before + 2).await;
    assert_eq!(signs_of_life(&socket), 0);
    fs::remove_file(&deaf).unwrap();
    eventually_holds("signs of life again", async || signs_of_life(&socket) > 0).await;
    assert!(healthy(&service).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_only_full_feeds_the_watchdog() {
    let builder = Service::builder(BINARY);
    let socket = systemd(builder.folder());
    let notify = builder.folder().join("notify");
    // 256 connections, of which 240 have places and 16 are open to be refused.
    let service = builder
        .env("NOTIFY_SOCKET", notify.to_str().unwrap())
        .env("WATCHDOG_USEC", "900000")
        .inside(["/bin/sh", "-c", "ulimit -n 512 && exec \"$0\""])
        .start()
        .await;
    let address: SocketAddr = service.base_url().trim_start_matches("http://").parse().unwrap();
    let mut held = Vec::new();
    let many = (10..30).flat_map(|host| [host; 12]);
    for host in many.chain((31..41).flat_map(|host| [host; 3])) {
        held.push(connection(address, host).await);
    }
    signs_of_life(&socket);
    let mut signs = 0;
    eventually_holds("four signs of life", async || {
        signs += signs_of_life(&socket);
        signs >= 4
    })
    .await;
    let said = service.output();
    assert!(!said.contains("watchdog."), "{said}");
    drop(held);
}

/// A connection from 127.0.0.`host` on which nothing is asked.
async fn connection(address: SocketAddr, host: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), 0))
        .unwrap();
    socket.connect(address).await.unwrap()
}
