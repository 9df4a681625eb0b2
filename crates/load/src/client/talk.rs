//! One request after the other over one kept connection, for everything that is not load.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

use super::{
    answer::{self, Head},
    dial,
};

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

    /// A member of the JSON object in the body.
    pub fn member(&self, member: &str) -> Option<Value> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        Some(body.get(member)?.clone())
    }

    /// A text member of the JSON object in the body.
    pub fn text(&self, member: &str) -> Option<String> {
        Some(self.member(member)?.as_str()?.to_owned())
    }
}

/// A kept connection.
pub struct Talk {
    address: SocketAddr,
    from: Option<Ipv4Addr>,
    stream: Option<TcpStream>,
}

impl Talk {
    /// Nothing is connected yet.
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            from: None,
            stream: None,
        }
    }

    /// The same from another address of this machine.
    pub fn from(from: Ipv4Addr, to: SocketAddr) -> Self {
        Self {
            from: Some(from),
            ..Self::to(to)
        }
    }

    /// Sends a request and reads its answer; stops the run if there is none.
    pub fn ask(&mut self, request: &[u8]) -> Answer {
        self.try_ask(request).unwrap()
    }

    /// Sends a request and reads its answer, if the other side gives one.
    pub fn try_ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => dial::connect(self.address, self.from)?,
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request)?;
        let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1_024]);
        loop {
            let read = stream.read(&mut part)?;
            bytes.extend_from_slice(part.get(..read).unwrap());
            if let Some(head) = answer::whole(&bytes) {
                if !head.closes {
                    self.stream = Some(stream);
                }
                return Ok(spelled(&bytes, &head));
            }
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
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
