//! One request after the other over one kept connection, for everything that is not load.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::answer::{self, Head};

/// How long an answer may take before the run stops.
const PATIENCE: Duration = Duration::from_mins(1);

/// An answer with all that is in it.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    head: String,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// A text member of the JSON object in the body.
    pub fn text(&self, member: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_str(&self.body).ok()?;
        Some(body.get(member)?.as_str()?.to_owned())
    }
}

/// A kept connection.
pub struct Talk {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Talk {
    /// Nothing is connected yet.
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
        }
    }

    /// Sends a request and reads its answer.
    pub fn ask(&mut self, request: &[u8]) -> Answer {
        let mut stream = self.stream.take().unwrap_or_else(|| connect(self.address));
        stream.write_all(request).unwrap();
        let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1_024]);
        loop {
            let read = stream.read(&mut part).unwrap();
            bytes.extend_from_slice(part.get(..read).unwrap());
            if let Some(head) = answer::whole(&bytes) {
                if !head.closes {
                    self.stream = Some(stream);
                }
                return spelled(&bytes, &head);
            }
            assert!(read > 0, "the connection ended in the middle of an answer");
        }
    }
}

fn spelled(bytes: &[u8], head: &Head) -> Answer {
    let text = |from: usize, to: usize| String::from_utf8_lossy(bytes.get(from..to).unwrap()).into_owned();
    Answer {
        status: head.status,
        head: text(0, head.body_at),
        body: text(head.body_at, head.ends_at.unwrap_or(bytes.len())),
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}
