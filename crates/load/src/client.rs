//! A small HTTP/1.1 client over kept connections: as little work as possible beside what is measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// Makes the request with this number, as bytes on the wire.
pub type Requests = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// What was measured.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers with a 2xx status.
    pub good: u64,
    /// Answers with a 5xx status.
    pub failed: u64,
    /// Every other answer.
    pub other: u64,
    /// How long each answer took, sorted.
    pub times: Vec<Duration>,
    /// How long it all took.
    pub span: Duration,
}

impl Outcome {
    /// Good answers a second.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.span.as_secs_f64()
    }

    /// The time that `percent` of the answers stayed under, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.times.len().saturating_sub(1)) * percent / 100;
        self.times
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }

    fn add(&mut self, other: Self) {
        self.good += other.good;
        self.failed += other.failed;
        self.other += other.other;
        self.times.extend(other.times);
    }
}

/// A request for this address.
pub fn get(path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n").into_bytes()
}

/// A form for this address.
pub fn post_form(path: &str, more: &str, form: &[(&str, &str)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n{more}\r\n{body}"
    )
    .into_bytes()
}

/// Keeps `connections` busy for `span`; each waits for its answer before it asks again, or for `pause` after it.
pub async fn hammer(
    address: &str,
    connections: u64,
    span: Duration,
    pause: Duration,
    requests: Requests,
) -> Outcome {
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for place in 0..connections {
        let (address, requests) = (address.to_owned(), Arc::clone(&requests));
        clients.spawn(async move { one(&address, place, began + span, pause, &requests).await });
    }
    let mut all = Outcome::default();
    while let Some(done) = clients.join_next().await {
        all.add(done.unwrap());
    }
    all.span = began.elapsed();
    all.times.sort_unstable();
    all
}

async fn one(address: &str, place: u64, until: Instant, pause: Duration, requests: &Requests) -> Outcome {
    let mut outcome = Outcome::default();
    let mut stream = connect(address).await;
    let mut number = place << 32;
    let mut buffer = vec![0; 64 * 1024];
    while Instant::now() < until {
        let request = requests(number);
        number += 1;
        let asked = Instant::now();
        stream.write_all(&request).await.unwrap();
        let (status, closes) = answer(&mut stream, &mut buffer).await;
        outcome.times.push(asked.elapsed());
        match status {
            200..300 => outcome.good += 1,
            500..600 => outcome.failed += 1,
            _ => outcome.other += 1,
        }
        if closes {
            stream = connect(address).await;
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    outcome
}

async fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads one answer. The status, and whether the connection ends with it.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> (u16, bool) {
    let mut filled = 0;
    loop {
        let read = stream.read(buffer.get_mut(filled..).unwrap()).await.unwrap();
        assert!(
            read > 0,
            "the service closed a connection in the middle of an answer"
        );
        filled += read;
        let text = String::from_utf8_lossy(buffer.get(..filled).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let field = |name: &str| {
            head.lines().find_map(|line| {
                let (field, value) = line.split_once(':')?;
                field.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let length: usize = field("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            let status = head.split(' ').nth(1).unwrap().parse().unwrap();
            return (status, field("connection").as_deref() == Some("close"));
        }
    }
}
