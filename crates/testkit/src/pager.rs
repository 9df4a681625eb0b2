//! A receiver of pages on loopback, which can misbehave.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    eventually,
    request_head::{headers, read_head},
};

/// What the receiver does with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bell {
    /// Takes it, and says so.
    Takes,
    /// Answers with this status, which is not one of 2xx.
    Answers(u16),
    /// Answers with a redirect to itself.
    Redirects,
    /// Reads it, and closes the connection without an answer.
    HangsUp,
    /// Reads it, and never answers.
    Hangs,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Ring {
    /// Method and target.
    pub line: String,
    /// The headers as they came.
    pub headers: Vec<(String, String)>,
    /// The JSON as it came.
    pub body: Value,
}

/// A receiver of pages, gone when dropped.
pub struct FakePager {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

struct Shared {
    bell: Mutex<Bell>,
    /// Every request, in the order of arrival.
    asked: Mutex<Vec<Ring>>,
    /// Those that were taken.
    taken: Mutex<Vec<Ring>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakePager {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            bell: Mutex::new(Bell::Takes),
            asked: Mutex::default(),
            taken: Mutex::default(),
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

    /// What `THUNDERBIRD_PAGER_URL` is set to.
    pub fn url(&self) -> String {
        format!("http://{}/topic-5e6f", self.address)
    }

    /// The port alone, for a URL with another host.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The settings of a service that pages here.
    pub fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("THUNDERBIRD_PAGER_URL", self.url()),
            ("THUNDERBIRD_PAGER_PRIVATE", "allowed".to_owned()),
        ]
    }

    /// What it does with the next pages.
    pub fn set(&self, bell: Bell) {
        *held(&self.shared.bell) = bell;
    }

    /// The requests so far, whatever became of them.
    pub fn asked(&self) -> Vec<Ring> {
        held(&self.shared.asked).clone()
    }

    /// The pages that it took.
    pub fn taken(&self) -> Vec<Ring> {
        held(&self.shared.taken).clone()
    }

    /// Waits for a page of this kind, and returns all of them.
    pub async fn wait_for(&self, kind: &str) -> Vec<Value> {
        eventually(&format!("a page {kind}"), async || {
            let found = self.of(kind);
            (!found.is_empty()).then_some(found)
        })
        .await
    }

    /// The pages of this kind that it took.
    pub fn of(&self, kind: &str) -> Vec<Value> {
        let taken = self.taken().into_iter().map(|ring| ring.body);
        taken.filter(|body| body["kind"] == kind).collect()
    }
}

impl Drop for FakePager {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut buffered = Vec::new();
    let Ok(Some(head)) = read_head(&mut stream, &mut buffered).await else {
        return;
    };
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let headers = headers(lines);
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, length)| length.parse().unwrap_or(0));
    while buffered.len() < length {
        match stream.read_buf(&mut buffered).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    let ring = Ring {
        line,
        headers,
        body: serde_json::from_slice(&buffered).unwrap_or(Value::Null),
    };
    held(&shared.asked).push(ring.clone());
    let bell = *held(&shared.bell);
    let answer = match bell {
        Bell::Takes => {
            held(&shared.taken).push(ring);
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned()
        }
        Bell::Answers(status) => format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n"),
        Bell::Redirects => {
            "HTTP/1.1 307 Elsewhere\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
        Bell::HangsUp => return,
        Bell::Hangs => {
            // Until the other side gives up.
            drop(stream.read_buf(&mut buffered).await);
            return;
        }
    };
    // The other side may be gone already.
    drop(stream.write_all(answer.as_bytes()).await);
}
