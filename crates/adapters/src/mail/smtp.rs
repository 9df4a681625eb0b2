//! Hands mails to an SMTP server (RFC 5321, message submission RFC 6409), one connection a mail.
//!
//! Done step by step rather than through the library's transport, because only the step at which something fails
//! tells whether the server may have taken the mail over.

use std::{
    fmt::Display,
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use lettre::{
    Address, Message,
    message::{Mailbox, SinglePart, header::ContentType},
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use thunderbird_domain::{
    mail::mailer::{Handed, Letter, Mailer},
    port::PortFuture,
    secret::Secret,
    time::Clock,
};
use tokio::net::TcpStream;
use url::Url;

use super::{bounded::Bounded, wrapped::Wrapped};

/// From the first packet to the server's readiness for the mail itself.
const PREPARING: Duration = Duration::from_secs(30);
/// From the mail's first byte to the server's word on it.
const HANDING_OVER: Duration = Duration::from_mins(1);
/// For saying goodbye, which changes nothing any more.
const LEAVING: Duration = Duration::from_secs(1);

/// Why the mail settings cannot be used; it never repeats a password.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSettingsError {
    /// The URL.
    #[error("THUNDERBIRD_SMTP_URL is not like smtps://user:password@mail.example.org")]
    Url,
    /// The sender.
    #[error("THUNDERBIRD_MAIL_FROM is not like Thunderbird <thunderbird@example.org>")]
    From,
    /// TLS cannot be set up for this host.
    #[error("THUNDERBIRD_SMTP_URL: no TLS for this host: {0}")]
    Tls(lettre::transport::smtp::Error),
}

/// How the way to the server is protected.
enum Protection {
    /// TLS from the first byte (`smtps://`).
    Wrapped(TlsParameters),
    /// STARTTLS before anything is said; without it nothing is sent (`smtp://`).
    Upgraded(TlsParameters),
    /// None: the server is on this machine.
    Loopback,
}

/// Hands mails to one server.
pub struct SmtpMailer {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    from: Mailbox,
    clock: Arc<dyn Clock>,
}

/// Why there is no conversation with the server.
#[derive(Debug, thiserror::Error)]
enum ConnectError {
    /// No connection came about.
    #[error("connection error: {0}")]
    Unreachable(#[from] std::io::Error),
    /// The conversation did not get under way.
    #[error(transparent)]
    Smtp(#[from] lettre::transport::smtp::Error),
}

impl ConnectError {
    /// The server's code, if it gave one.
    fn code(&self) -> Option<u16> {
        match self {
            Self::Unreachable(_) => None,
            Self::Smtp(error) => code_of(error),
        }
    }
}

/// A step that did not succeed before the mail itself was begun: certainly nothing was taken over.
enum Before {
    /// The server, or the way to it, is not usable now. Wrong credentials too: they are the operator's to mend.
    Unusable(Option<u16>),
    /// The server wants no mail of this sender or for this recipient.
    Refused(Option<u16>),
}

impl SmtpMailer {
    /// A mailer for `smtp://[user:password@]host[:port]` or `smtps://…`, whose mails come from `from`.
    ///
    /// # Errors
    ///
    /// [`SmtpSettingsError`].
    pub fn new(url: &Secret<String>, from: &str, clock: Arc<dyn Clock>) -> Result<Self, SmtpSettingsError> {
        // Whoever was first has won; everything in this process installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let url = Url::parse(url.expose()).map_err(|_| SmtpSettingsError::Url)?;
        let host = url.host_str().ok_or(SmtpSettingsError::Url)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = || TlsParameters::new_rustls(host.clone()).map_err(SmtpSettingsError::Tls);
        let (protection, default_port) = match url.scheme() {
            "smtps" => (Protection::Wrapped(tls()?), 465),
            "smtp" if is_loopback(&host) => (Protection::Loopback, 25),
            "smtp" => (Protection::Upgraded(tls()?), 587),
            _ => return Err(SmtpSettingsError::Url),
        };
        Ok(Self {
            port: url.port().unwrap_or(default_port),
            credentials: credentials(&url)?,
            from: from.parse().map_err(|_| SmtpSettingsError::From)?,
            protection,
            host,
            clock,
        })
    }

    /// Connects and signs in, as for a mail, and leaves without one.
    ///
    /// # Errors
    ///
    /// What is in the way, in a sentence without a secret.
    pub async fn try_out(&self) -> Result<(), &'static str> {
        match tokio::time::timeout(PREPARING, self.connect()).await {
            Ok(Ok(mut connection)) => {
                // What matters has been seen, whatever becomes of the goodbye.
                let _ = tokio::time::timeout(LEAVING, connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(match error.code() {
                Some(530 | 534 | 535 | 538) => "the mail server refuses the user name or the password",
                Some(_) => "the mail server refuses to talk",
                None => "the mail server cannot be reached, or its certificate is not good",
            }),
            Err(_) => Err("the mail server does not answer"),
        }
    }

    async fn hand_over(&self, letter: &Letter) -> Handed {
        let Some((to, content)) = self.write(letter) else {
            return Handed::Permanent { code: None };
        };
        let prepared = tokio::time::timeout(PREPARING, self.prepare(&to)).await;
        let mut connection = match prepared {
            Ok(Ok(connection)) => connection,
            Ok(Err(Before::Unusable(code))) => return Handed::Temporary { code },
            Ok(Err(Before::Refused(code))) => return Handed::Permanent { code },
            Err(_) => return Handed::Temporary { code: None },
        };
        match tokio::time::timeout(HANDING_OVER, connection.message(&content)).await {
            Ok(Ok(_)) => {
                // The mail is theirs whatever becomes of the goodbye.
                let _ = tokio::time::timeout(LEAVING, connection.quit()).await;
                Handed::Accepted
            }
            Ok(Err(error)) if error.is_permanent() => Handed::Permanent {
                code: code_of(&error),
            },
            Ok(Err(error)) if error.is_transient() => Handed::Temporary {
                code: code_of(&error),
            },
            Ok(Err(_)) | Err(_) => Handed::Ambiguous,
        }
    }

    /// Everything before the mail itself, up to the server's 354.
    async fn prepare(&self, to: &Address) -> Result<AsyncSmtpConnection, Before> {
        let mut connection = self.connect().await.map_err(|error| unusable(&error))?;
        let sender = Mail::new(Some(self.from.email.clone()), Vec::new());
        command(&mut connection, sender).await?;
        command(&mut connection, Rcpt::new(to.clone(), Vec::new())).await?;
        command(&mut connection, Data).await?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, ConnectError> {
        let hello = ClientId::default();
        let bounded = Bounded::new(TcpStream::connect((self.host.as_str(), self.port)).await?);
        let stream: Box<dyn AsyncTokioStream> = match &self.protection {
            Protection::Wrapped(tls) => Box::new(Wrapped::around(bounded, tls.clone()).await?),
            Protection::Upgraded(_) | Protection::Loopback => Box::new(bounded),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
        if let Protection::Upgraded(tls) = &self.protection {
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// The mail as bytes, and whom it goes to; `None` when it cannot be written down.
    fn write(&self, letter: &Letter) -> Option<(Address, Vec<u8>)> {
        let to: Address = letter.to.as_str().parse().ok()?;
        let micros = u64::try_from(self.clock.now().as_micros()).ok()?;
        let domain = self.from.email.domain();
        let mut letter_head = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(letter.subject.clone())
            .date(SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros))?)
            .message_id(Some(format!("<{}@{domain}>", letter.tag)))
            .header(AutoSubmitted);
        if let Some(stop) = &letter.stop {
            letter_head = letter_head
                .header(ListUnsubscribe(stop.expose().clone()))
                .header(ListUnsubscribePost);
        }
        let message = letter_head
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.body.expose().clone()),
            )
            .ok()?;
        Some((to, message.formatted()))
    }
}

/// Nobody's holiday notice shall answer (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Where a mail program stops these mails by one request (RFC 2369, section 3.2, and RFC 8058, section 3.1).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl lettre::message::header::Header for ListUnsubscribe {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(link: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(link.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), format!("<{}>", self.0))
    }
}

/// Says that one request is enough, without a page (RFC 8058, section 3.1).
#[derive(Clone)]
struct ListUnsubscribePost;

impl lettre::message::header::Header for ListUnsubscribePost {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        let one_click = "List-Unsubscribe=One-Click".to_owned();
        lettre::message::header::HeaderValue::new(Self::name(), one_click)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpSettingsError> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    let plain = |text: &str| percent_decoded(text).ok_or(SmtpSettingsError::Url);
    Ok(Some(Credentials::new(plain(url.username())?, plain(password)?)))
}

fn percent_decoded(text: &str) -> Option<String> {
    // What means something in a form means itself in a user name or password.
    let escaped = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    let (_, value) = form_urlencoded::parse(escaped.as_bytes()).next()?;
    (!value.contains(char::REPLACEMENT_CHARACTER)).then(|| value.into_owned())
}

async fn command(connection: &mut AsyncSmtpConnection, command: impl Display) -> Result<(), Before> {
    match connection.command(command).await {
        Ok(_) => Ok(()),
        Err(error) => match code_of(&error) {
            // Authentication is wanted, failed or too weak (RFC 4954, section 6).
            Some(code @ (530 | 534 | 535 | 538)) => Err(Before::Unusable(Some(code))),
            code if error.is_permanent() => Err(Before::Refused(code)),
            code => Err(Before::Unusable(code)),
        },
    }
}

/// Logs why, but no reply's text: a server may repeat in it what it was told.
fn unusable(error: &ConnectError) -> Before {
    let code = error.code();
    if let Some(code) = code {
        tracing::warn!(event = "mail.server_unusable", code, "the mail server refuses us");
    } else {
        tracing::warn!(event = "mail.server_unusable", %error, "the mail server cannot be reached");
    }
    Before::Unusable(code)
}

fn code_of(error: &lettre::transport::smtp::Error) -> Option<u16> {
    error.status().map(u16::from)
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> PortFuture<'a, Handed> {
        Box::pin(async move { Ok(self.hand_over(letter).await) })
    }
}
