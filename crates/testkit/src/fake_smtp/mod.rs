//! A mail server on loopback that takes mail, and misbehaves on command.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How long a test waits for mail before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

mod fault;

pub use fault::SmtpFault;

/// A mail that the server kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// The envelope's recipient.
    pub to: String,
    /// Headers and body as they came.
    pub content: String,
}

impl TakenMail {
    /// The value of a header, folded lines joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.content.split_once("\r\n\r\n")?;
        let head = head.replace("\r\n ", " ");
        let found = head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")))?;
        Some(found.to_owned())
    }

    /// What stands after the headers, without line ends at its end.
    pub fn body(&self) -> &str {
        self.content
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body.trim_end())
    }
}

#[derive(Default)]
struct Script {
    faults: VecDeque<SmtpFault>,
    mails: Vec<TakenMail>,
}

/// The server. It stops when it is dropped.
pub struct FakeSmtp {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    taken: watch::Sender<usize>,
    endless: Arc<AtomicUsize>,
    serving: tokio::task::JoinHandle<()>,
}

impl FakeSmtp {
    /// Listens on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let taken = watch::Sender::new(0);
        let endless = Arc::new(AtomicUsize::new(0));
        let mouth = (Arc::clone(&script), taken.clone(), Arc::clone(&endless));
        let serving = tokio::spawn(serve(listener, mouth));
        Self {
            address,
            script,
            taken,
            endless,
            serving,
        }
    }

    /// What `THUNDERBIRD_SMTP_URL` is to be.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Does this to the next connections, one each, and behaves afterwards. Who signs in and brings no mail meets the faults
    /// of the greeting only.
    pub fn misbehave(&self, faults: &[SmtpFault]) {
        self.script.lock().unwrap().faults.extend(faults);
    }

    /// Forgets what it was told to do to connections that have not come yet.
    pub fn behave(&self) {
        self.script.lock().unwrap().faults.clear();
    }

    /// Every mail that was kept so far.
    pub fn mails(&self) -> Vec<TakenMail> {
        self.script.lock().unwrap().mails.clone()
    }

    /// Bytes of lines without an end that clients took, or that the way to them holds.
    pub fn endless(&self) -> usize {
        self.endless.load(Ordering::SeqCst)
    }

    /// Waits until this many mails were kept.
    pub async fn wait_for(&self, count: usize) -> Vec<TakenMail> {
        let mut taken = self.taken.subscribe();
        let waited = tokio::time::timeout(PATIENCE, taken.wait_for(|taken| *taken >= count)).await;
        match waited {
            Ok(Ok(_)) => self.mails(),
            _ => panic!("{} mails instead of {count}", self.mails().len()),
        }
    }
}

impl Drop for FakeSmtp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, mouth: (Arc<Mutex<Script>>, watch::Sender<usize>, Arc<AtomicUsize>)) {
    while let Ok((stream, _)) = listener.accept().await {
        let (script, taken, endless) = mouth.clone();
        tokio::spawn(async move {
            let next = || script.lock().unwrap().faults.pop_front();
            let greets = || {
                let faults = &mut script.lock().unwrap().faults;
                faults
                    .front()
                    .is_some_and(|fault| fault.greets())
                    .then(|| faults.pop_front())?
            };
            let keep = |mail| {
                let mut script = script.lock().unwrap();
                script.mails.push(mail);
                taken.send_replace(script.mails.len());
            };
            // A client that goes away ends its own conversation.
            let _ = converse(stream, (greets, next), keep, &endless).await;
        });
    }
}

async fn converse(
    stream: TcpStream,
    (greets, next): (impl Fn() -> Option<SmtpFault>, impl Fn() -> Option<SmtpFault>),
    keep: impl Fn(TakenMail),
    said: &AtomicUsize,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut fault = greets();
    match fault {
        Some(SmtpFault::Busy) => return stream.write_all(b"421 try later\r\n").await,
        Some(SmtpFault::NoGreeting) => return gone(&mut stream).await,
        Some(SmtpFault::EndlessGreeting) => return endless(&mut stream, "220 ", said).await,
        Some(SmtpFault::OddGreeting) => stream.write_all(b"SSH-2.0-OpenSSH\r\n").await?,
        _ => stream.write_all(b"220 fake\r\n").await?,
    }
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
        if verb == "MAIL" && fault.is_none() {
            fault = next();
        }
        let answer = match (verb.as_str(), fault) {
            ("EHLO", Some(SmtpFault::EndlessHello)) | ("MAIL", Some(SmtpFault::EndlessSender)) => {
                return endless(&mut stream, "250 ", said).await;
            }
            ("MAIL", Some(SmtpFault::HangUpEarly)) => return Ok(()),
            ("MAIL", Some(SmtpFault::ResetEarly)) => return reset(&stream),
            ("MAIL", Some(SmtpFault::Sender(code)))
            | ("DATA", Some(SmtpFault::Data(code)))
            | ("RCPT", Some(SmtpFault::Recipient(code))) => format!("{code} refused"),
            ("RCPT", _) => {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                "250 ok".to_owned()
            }
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                if fault == Some(SmtpFault::ResetInContent) {
                    stream.read_line(&mut line).await?;
                    return reset(&stream);
                }
                let content = read_content(&mut stream).await?;
                let mail = TakenMail {
                    to: to.clone(),
                    content,
                };
                if !matches!(fault, Some(SmtpFault::Content(_))) {
                    keep(mail);
                }
                match last_word(&mut stream, fault, said).await? {
                    Some(answer) => answer,
                    None => return Ok(()),
                }
            }
            ("QUIT", _) => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 ok".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// The answer to a whole mail; `None` when the conversation is over instead.
async fn last_word(
    stream: &mut BufReader<TcpStream>,
    fault: Option<SmtpFault>,
    said: &AtomicUsize,
) -> std::io::Result<Option<String>> {
    match fault {
        Some(SmtpFault::Content(code)) => return Ok(Some(format!("{code} refused"))),
        Some(SmtpFault::LostAnswer) => {}
        Some(SmtpFault::ResetAnswer) => reset(stream)?,
        Some(SmtpFault::EndlessWord) => endless(stream, "250 ", said).await?,
        Some(SmtpFault::HalfAnswer) => stream.write_all(b"250-kept").await?,
        Some(SmtpFault::Silence) => gone(stream).await?,
        Some(SmtpFault::Nonsense) => return Ok(Some("HTTP/1.1 200 OK".to_owned())),
        _ => return Ok(Some("250 kept".to_owned())),
    }
    Ok(None)
}

/// Says nothing until the client has gone away.
async fn gone(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    let mut unheard = [0; 512];
    while stream.read(&mut unheard).await? > 0 {}
    Ok(())
}

/// Begins a line and goes on until the client has gone away.
async fn endless(
    stream: &mut BufReader<TcpStream>,
    beginning: &str,
    said: &AtomicUsize,
) -> std::io::Result<()> {
    stream.write_all(beginning.as_bytes()).await?;
    let more = [b'a'; 4096];
    loop {
        stream.write_all(&more).await?;
        said.fetch_add(more.len(), Ordering::SeqCst);
    }
}

/// Ends the connection with a reset.
fn reset(stream: &BufReader<TcpStream>) -> std::io::Result<()> {
    stream.get_ref().set_zero_linger()
}

async fn read_content(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut content = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(content);
        }
        content.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
