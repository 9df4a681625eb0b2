//! What systemd hears from us: ready, stopping, and that the writer still writes and the listening socket still answers.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sd_notify::NotifyState;
use thunderbird_domain::health::StoreHealth;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What is asked of the service as any client asks it.
const QUESTION: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Connections are accepted.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// Whether the listening socket is closed because the service comes to an end.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// The service comes to an end.
pub fn stopping() {
    STOPPING.store(true, Ordering::Relaxed);
    tell(&[NotifyState::Stopping]);
}

/// Feeds the watchdog, if there is one, as long as the writer answers and so does the listening socket. A store that
/// refuses is alive: only silence is a reason to be started again. So is a server that is full and says so, or that takes a
/// connection only to close it.
pub async fn watch(store: Arc<dyn StoreHealth>, listening: SocketAddr) {
    let Some(deadline) = sd_notify::watchdog_enabled() else {
        return;
    };
    let between = (deadline / 3).max(Duration::from_millis(100));
    let mut beat = tokio::time::interval(between);
    loop {
        beat.tick().await;
        if let Err(fault) = store.ping_writer().await {
            tracing::warn!(port = fault.port(), "the writer refuses");
        }
        if STOPPING.load(Ordering::Relaxed) {
            tell(&[NotifyState::Watchdog]);
            continue;
        }
        match tokio::time::timeout(between, ask(from_here(listening))).await {
            Ok(Ok(None | Some(200 | 503))) => tell(&[NotifyState::Watchdog]),
            Ok(Ok(Some(status))) => {
                tracing::error!(event = "watchdog.refused", status, "the service does not serve");
            }
            Ok(Err(error)) => {
                tracing::error!(event = "watchdog.unreached", %error, "the service is not reached");
            }
            Err(_) => tracing::error!(event = "watchdog.unanswered", "the service does not answer"),
        }
    }
}

/// The status that the service answers; `None` if it accepts the connection and closes it, having no place for it.
async fn ask(address: SocketAddr) -> io::Result<Option<u16>> {
    let mut stream = TcpStream::connect(address).await?;
    match question(&mut stream).await {
        Ok(status) => Ok(Some(status)),
        Err(error) if is_closed(error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the other end closed the connection. The kernel alone never does that to one that nobody has accepted.
fn is_closed(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe
    )
}

async fn question(stream: &mut TcpStream) -> io::Result<u16> {
    stream.write_all(QUESTION).await?;
    let mut head = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut head).await?;
    let status = head
        .last_chunk::<3>()
        .and_then(|digits| str::from_utf8(digits).ok());
    status
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Where this machine reaches what listens at every address.
fn from_here(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd was not told");
    }
}
