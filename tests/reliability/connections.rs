//! Clients that hold connections and give nothing: the service answers everybody else, and lets go of them.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use rustix::process::{Resource, getrlimit, setrlimit};
use thunderbird_testkit::{fake_twilio::FakeTwilio, service::Service};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use super::{
    attempts::Attempts,
    effort::{self, figure},
    oracle::Oracle,
};

/// How a client holds a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    /// Says nothing.
    Silent,
    /// A header's line a second, never the last.
    SlowHead,
    /// A byte of the body a second.
    SlowBody,
    /// A byte of a body that nobody reads a second.
    UnwantedBody,
    /// One request, then nothing.
    Idle,
}

impl Habit {
    const ALL: [Self; 5] = [
        Self::Silent,
        Self::SlowHead,
        Self::SlowBody,
        Self::UnwantedBody,
        Self::Idle,
    ];

    /// What the client says first.
    fn opening(self) -> &'static str {
        match self {
            Self::Silent => "",
            Self::SlowHead => "GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
            Self::SlowBody => {
                "POST /webhook/sms/inbound HTTP/1.1\r\nHost: localhost\r\nX-Twilio-Signature: a\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n\r\nBody="
            }
            Self::UnwantedBody => "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n",
            Self::Idle => "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        }
    }

    /// What the client says each second.
    fn drip(self) -> &'static str {
        match self {
            Self::Silent | Self::Idle => "",
            Self::SlowHead => "X-Drip: drop\r\n",
            Self::SlowBody | Self::UnwantedBody => "x",
        }
    }

    /// What the service says before it lets go.
    fn answer(self) -> &'static str {
        match self {
            Self::Silent | Self::SlowHead | Self::SlowBody => "HTTP/1.1 408 Request Timeout",
            Self::UnwantedBody | Self::Idle => "HTTP/1.1 200 OK",
        }
    }

    /// When the service has had enough, with some time for a busy machine.
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::Silent | Self::SlowHead => 5,
            Self::SlowBody => 10,
            Self::UnwantedBody | Self::Idle => 30,
        }) + Duration::from_secs(10)
    }
}

/// Holds a connection until the service closes it. How long that took, and the first line of what was said.
#[expect(clippy::disallowed_methods, reason = "measures how long a connection lives")]
async fn hold(address: SocketAddr, habit: Habit) -> io::Result<(Duration, String)> {
    let mut stream = TcpStream::connect(address).await?;
    let connected = Instant::now();
    stream.write_all(habit.opening().as_bytes()).await?;
    let mut said = Vec::new();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        let mut buffer = [0; 512];
        tokio::select! {
            read = stream.read(&mut buffer) => match read {
                Ok(0) | Err(_) => break,
                Ok(length) => said.extend_from_slice(&buffer[..length]),
            },
            _ = second.tick() => {
                // A reset is seen by the next read.
                drop(stream.write_all(habit.drip().as_bytes()).await);
            }
        }
    }
    let said = String::from_utf8_lossy(&said);
    Ok((connected.elapsed(), said.lines().next().unwrap_or("").to_owned()))
}

/// Connections whose clients ask for more than fits on the way, and read nothing.
async fn never_read(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut client = socket.connect(address).await.unwrap();
        let requests = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
        client.write_all(requests.as_bytes()).await.unwrap();
        clients.push(client);
    }
    clients
}

/// How many files the service has open.
fn open_files(service: &Service) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", service.pid()))
        .unwrap()
        .count()
}

/// This process may open as many files as the machine allows.
fn raise_own_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

/// A line of the kernel's account of the service, in MiB.
fn mebibytes(service: &Service, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

/// How long a text takes while others hold connections; it must be answered.
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
async fn timed_text(service: &Service, attempts: &mut Attempts) -> Duration {
    let began = Instant::now();
    assert!(attempts.text(service).await, "{:?}", attempts.statuses);
    began.elapsed()
}

async fn service(soft_limit: usize) -> (Service, FakeTwilio) {
    let twilio = FakeTwilio::start().await;
    let limited = format!("ulimit -S -n {soft_limit} && exec \"$0\"");
    let service = Service::builder(env!("CARGO_BIN_EXE_thunderbird"))
        .env("THUNDERBIRD_LOG", "error")
        // Everybody here has one address, which is that of a proxy for the service: it may hold any number.
        .env("THUNDERBIRD_TRUSTED_PROXIES", "127.0.0.1/32")
        .twilio(&twilio)
        .inside(["/bin/sh", "-c", &limited])
        .start()
        .await;
    (service, twilio)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_holds_connections_keeps_nobody_from_being_heard() {
    raise_own_limit();
    let each = effort::of(100, 2_000);
    let (service, _twilio) = service(256).await;
    let address: SocketAddr = service.base_url().trim_start_matches("http://").parse().unwrap();
    let mut attempts = Attempts::default();
    assert!(attempts.text(&service).await);
    let (before, files) = (mebibytes(&service, "VmRSS"), open_files(&service));
    let mut holding = JoinSet::new();
    for _ in 0..each {
        for habit in Habit::ALL {
            // A keep-alive of half a minute is waited for when there is time.
            if effort::of(habit.patience() < Duration::from_secs(30), true) {
                holding.spawn(async move { (habit, hold(address, habit).await) });
            }
        }
    }
    let unread = never_read(address, effort::of(60, 200)).await;
    let opened = holding.len() + unread.len();
    let mut slowest = Duration::ZERO;
    let mut ends: BTreeMap<Habit, (Duration, BTreeMap<String, usize>)> = BTreeMap::new();
    while !holding.is_empty() || open_files(&service) > files + 20 {
        slowest = slowest.max(timed_text(&service, &mut attempts).await);
        while let Some(ended) = holding.try_join_next() {
            let (habit, held) = ended.unwrap();
            let (held, said) = held.unwrap();
            let (longest, answers) = ends.entry(habit).or_default();
            *longest = (*longest).max(held);
            *answers.entry(said).or_default() += 1;
        }
        // One text each turn, for as long as the connections are held.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("{ends:?}");
    let peak = mebibytes(&service, "VmHWM");
    attempts
        .settle(&service, &mut Oracle::of(&service.database()))
        .await;
    for (habit, (longest, answers)) in &ends {
        assert!(*longest <= habit.patience(), "{habit:?}: held for {longest:?}");
        let said: Vec<&str> = answers.keys().map(String::as_str).collect();
        assert_eq!(said, [habit.answer()], "{habit:?}");
    }
    let bound = 96 + u64::try_from(opened * 32 / 1_024 + unread.len()).unwrap();
    assert!(peak <= bound, "{peak} MiB for {opened} connections");
    drop(unread);
    figure(&format!(
        "{opened} connections that are silent, slow, idle or unread: all closed by the service; {} texts in the meantime, all \
         answered, the slowest in {} ms; memory {before} MiB before, {peak} MiB at most",
        attempts.ledger.texts.len(),
        slowest.as_millis()
    ));
}
