//! Watchdogs: one on loopback that hears signs of life by HTTP, and one in memory.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use thunderbird_domain::{
    deadline::Watchdog,
    port::{Fault, PortFuture},
};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::request_head::read_head;

/// What a watchdog does with a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    /// Hears it, and says so.
    Hears,
    /// Answers with this status, which is not one of 2xx.
    Answers(u16),
    /// Answers with a redirect to itself.
    Redirects,
    /// Closes the connection without an answer.
    HangsUp,
}

/// A watchdog on loopback, gone when dropped.
pub struct FakeWatchdog {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

struct Shared {
    ear: Mutex<Ear>,
    asked: Mutex<Vec<String>>,
}

impl FakeWatchdog {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            ear: Mutex::new(Ear::Hears),
            asked: Mutex::default(),
        });
        let listening = Arc::clone(&shared);
        let listener = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&listening)));
            }
        });
        Self {
            address,
            shared,
            listener,
        }
    }

    /// What `THUNDERBIRD_WATCHDOG_URL` is set to.
    pub fn url(&self) -> String {
        format!("http://{}/ping/0f1e2d3c", self.address)
    }

    /// What it does with the next signs of life.
    pub fn set(&self, ear: Ear) {
        *self.shared.ear.lock().unwrap_or_else(PoisonError::into_inner) = ear;
    }

    /// The first lines of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.shared.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeWatchdog {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let Ok(Some(head)) = read_head(&mut stream, &mut Vec::new()).await else {
        return;
    };
    let line = head.lines().next().unwrap_or_default().to_owned();
    shared
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line);
    let ear = *shared.ear.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = match ear {
        Ear::Hears => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned(),
        Ear::Answers(status) => format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n"),
        Ear::Redirects => {
            "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
        Ear::HangsUp => return,
    };
    // The other side may be gone already.
    drop(stream.write_all(answer.as_bytes()).await);
}

/// A watchdog in memory.
#[derive(Default)]
pub struct MemoryWatchdog {
    heard: AtomicUsize,
    ear: Mutex<Option<Ear>>,
}

impl MemoryWatchdog {
    /// How many signs of life it was given.
    pub fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// What it does with the next signs of life.
    pub fn set(&self, ear: Ear) {
        *self.ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(ear);
    }
}

impl Watchdog for MemoryWatchdog {
    fn ping(&self) -> PortFuture<'_, ()> {
        self.heard.fetch_add(1, Ordering::SeqCst);
        let ear = *self.ear.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(async move {
            match ear {
                None | Some(Ear::Hears) => Ok(()),
                Some(_) => Err(Fault::passing("watchdog", "the watchdog has not heard us")),
            }
        })
    }
}
