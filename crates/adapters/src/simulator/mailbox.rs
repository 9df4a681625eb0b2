//! The mailer that sends nothing, and a reader of what it was handed.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, StatusCode, header, redirect};
use serde::Deserialize;
use thunderbird_domain::{
    email::Email,
    mail::mailer::{Handed, Letter, Mailer},
    port::PortFuture,
    secret::Secret,
    time::{Clock, Timestamp},
};

use super::{KEPT, client::PhoneError, newest::Newest};

/// How long an answer may take: longer than the service lets a long poll wait.
const PATIENCE: Duration = Duration::from_secs(40);

/// A mail that would have been sent.
#[derive(Clone)]
pub struct SimulatedMail {
    /// Who would have received it.
    pub to: Email,
    /// Its subject line.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// When it would have been sent.
    pub at: Timestamp,
}

/// Keeps the newest mails in memory, and calls them sent.
pub struct SimulatorMailbox {
    mails: Newest<SimulatedMail>,
    clock: Arc<dyn Clock>,
}

impl SimulatorMailbox {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            mails: Newest::new(KEPT),
            clock,
        }
    }

    /// The mails after number `after`, oldest first; waits at most `patience` until there is one.
    pub async fn mails_after(&self, after: u64, patience: Duration) -> Vec<(u64, SimulatedMail)> {
        self.mails.wait_after(after, patience, |_| true).await
    }

    /// Ends every wait, now and later: nothing will come any more.
    pub fn close(&self) {
        self.mails.close();
    }

    /// The number of the newest mail.
    pub fn last(&self) -> u64 {
        self.mails.last()
    }
}

impl Mailer for SimulatorMailbox {
    fn send<'a>(&'a self, letter: &'a Letter) -> PortFuture<'a, Handed> {
        Box::pin(async move {
            self.mails.push(SimulatedMail {
                to: letter.to.clone(),
                subject: letter.subject.clone(),
                body: letter.body.expose().clone(),
                at: self.clock.now(),
            });
            Ok(Handed::Accepted)
        })
    }
}

/// A mail as the running service shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShownMail {
    /// Its number; ask for what follows with it.
    pub id: u64,
    /// Who would have received it.
    pub to: String,
    /// Its subject line.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// When it would have been sent, in RFC 3339.
    pub at: String,
}

#[derive(Deserialize)]
struct Shown {
    events: Vec<ShownMail>,
}

/// Reads the mailbox of a running service.
pub struct MailboxReader {
    client: Client,
    url: String,
    token: Secret<String>,
}

impl MailboxReader {
    /// A reader for the service at `url`, whose simulator key in hex is `token`.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Unreachable`] when no client can be made.
    pub fn new(url: String, token: Secret<String>) -> Result<Self, PhoneError> {
        // The first of the process wins; everybody here installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy();
        match builder.build() {
            Ok(client) => Ok(Self { client, url, token }),
            Err(source) => Err(PhoneError::Unreachable { url, source }),
        }
    }

    /// The mails after number `after`, oldest first; waits up to `wait` seconds (at most 25) for the first.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub async fn mails(&self, after: u64, wait: u64) -> Result<Vec<ShownMail>, PhoneError> {
        let url = format!("{}/simulator/mails", self.url);
        let unreachable = |source: reqwest::Error| PhoneError::Unreachable {
            url: self.url.clone(),
            source: source.without_url(),
        };
        let request = self
            .client
            .get(format!("{url}?after={after}&wait={wait}"))
            .header(
                header::AUTHORIZATION,
                format!("Simulator {}", self.token.expose()),
            );
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(PhoneError::Refused { url, status });
        }
        let text = answer.text().await.map_err(unreachable)?;
        let shown: Shown = serde_json::from_str(&text).map_err(|_| PhoneError::Unreadable { url })?;
        Ok(shown.events)
    }
}
