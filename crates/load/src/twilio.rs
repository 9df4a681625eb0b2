//! A Twilio that answers every request to send after a while, fast enough for thousands a second on two cores.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::random::Numbers;

/// How long it takes for a text.
pub const TAKES: Duration = Duration::from_millis(50);

/// A text that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// For whom.
    pub to: String,
    /// What it says.
    pub body: String,
    /// When it came.
    pub at: Instant,
}

/// A Twilio on loopback that takes over everything.
pub struct Twilio {
    address: SocketAddr,
    book: Arc<Book>,
}

struct Book {
    /// What no sid of another run begins with.
    run: u64,
    sids: AtomicU64,
    taken: Mutex<Vec<Taken>>,
    delay: Duration,
}

impl Twilio {
    /// Listens on a free port for as long as the runtime lives; every answer takes `delay`.
    pub async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let book = Arc::new(Book {
            run: Numbers::of_this_run().next(),
            sids: AtomicU64::new(0),
            taken: Mutex::default(),
            delay,
        });
        let for_all = Arc::clone(&book);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&for_all)));
            }
        });
        Self { address, book }
    }

    /// What `TWILIO_API_BASE_URL` is set to.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many texts it has taken over.
    pub fn count(&self) -> usize {
        self.book.taken.lock().unwrap().len()
    }

    /// The texts that came since the last call, in order.
    pub fn take(&self) -> Vec<Taken> {
        std::mem::take(&mut self.book.taken.lock().unwrap())
    }
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    ToSend,
    ForText,
    ForList,
}

impl Asked {
    fn of(request: &[u8]) -> Self {
        let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        if line.starts_with("POST ") {
            Self::ToSend
        } else if line.contains("/Messages.json") {
            Self::ForList
        } else {
            Self::ForText
        }
    }
}

async fn converse(mut stream: TcpStream, book: Arc<Book>) {
    let mut buffer = Vec::with_capacity(8 * 1_024);
    if stream.set_nodelay(true).is_err() {
        return;
    }
    while let Some((asked, end)) = request(&mut stream, &mut buffer).await {
        if asked == Asked::ToSend {
            let text = text(buffer.get(..end).unwrap());
            book.taken.lock().unwrap().push(text);
            tokio::time::sleep(book.delay).await;
        }
        buffer.drain(..end);
        let sid = (book.run, book.sids.fetch_add(1, Ordering::Relaxed));
        let answer = match asked {
            Asked::ToSend => answer("201 Created", &message("queued", sid)),
            Asked::ForText => answer("200 OK", &message("delivered", sid)),
            // No text has come in that no webhook has brought.
            Asked::ForList => answer("200 OK", r#"{"messages":[],"next_page_uri":null}"#),
        };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Waits until a whole request is there: what it is for, and where it ends.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(Asked, usize)> {
    loop {
        if let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let lines = String::from_utf8_lossy(buffer.get(..head)?).to_ascii_lowercase();
            let length = lines
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().unwrap());
            let end = head + 4 + length;
            while buffer.len() < end {
                if stream.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            }
            return Some((Asked::of(buffer), end));
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

fn text(request: &[u8]) -> Taken {
    let body = request
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(request.len(), |head| head + 4);
    let mut text = Taken {
        to: String::new(),
        body: String::new(),
        at: Instant::now(),
    };
    for (name, value) in form_urlencoded::parse(request.get(body..).unwrap()) {
        match &*name {
            "To" => text.to = value.into_owned(),
            "Body" => text.body = value.into_owned(),
            _ => {}
        }
    }
    text
}

/// The members of Twilio's Message resource that a sender reads; a sid is never given twice in a run.
fn message(status: &str, (run, number): (u64, u64)) -> String {
    format!(
        "{{\"sid\":\"SM{run:016x}{number:016x}\",\"status\":\"{status}\",\"num_segments\":\"1\",\"price\":null,\
         \"price_unit\":\"USD\",\"error_code\":null,\"error_message\":null}}"
    )
}

fn answer(line: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    // Without a date the service would doubt the machine's clock and hold alerts (RFC 9110, section 5.6.7).
    let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    format!(
        "HTTP/1.1 {line}\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{requests::post_form, talk::Talk};

    #[test]
    fn it_takes_texts_over_in_order_and_tells_each_its_own_sid() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let twilio = runtime.block_on(Twilio::start(Duration::from_millis(1)));
        let mut talk = Talk::to(twilio.address);
        let sids: Vec<_> = ["one & all", "two"]
            .map(|body| {
                let answer = talk.ask(&post_form(
                    "/Messages.json",
                    "",
                    &[("To", "+61400000001"), ("Body", body)],
                ));
                assert_eq!(answer.status, 201);
                answer.text("sid").unwrap()
            })
            .into();
        assert_ne!(sids.first(), sids.last());
        assert_eq!(twilio.count(), 2);
        let taken = twilio.take();
        let bodies: Vec<_> = taken
            .iter()
            .map(|text| (text.to.as_str(), text.body.as_str()))
            .collect();
        assert_eq!(bodies, [("+61400000001", "one & all"), ("+61400000001", "two")]);
        assert_eq!(twilio.count(), 0);
    }
}
