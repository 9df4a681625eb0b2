//! Twilio's Message resource: one POST to send, one GET to read back
//! (<https://www.twilio.com/docs/messaging/api/message-resource>).

use std::{sync::Arc, time::Duration};

use reqwest::{Client, RequestBuilder, Response, header, redirect, retry};
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::{Fault, PortFuture},
    secret::Secret,
    sms::gateway::{Fetched, GatewayText, MAX_VALIDITY, MessageSid, Sent, SmsGateway},
    time::Clock,
};
use tokio::time::Instant;

use super::{answer::Answer, answer_date::AnswerDates, error_code};

const PORT: &str = "SMS gateway";
const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);

/// An idle connection is dropped before the other side would: a request on a connection that is just being closed
/// ends ambiguous.
const IDLE: Duration = Duration::from_secs(15);

/// More than this of an answer is not read.
pub(super) const MAX_ANSWER: usize = 64 * 1024;

/// On whose behalf our texts are sent.
#[derive(Debug, Clone)]
pub enum Sender {
    /// One of our numbers.
    Number(PhoneNumber),
    /// A messaging service, by its sid.
    Service(String),
}

/// An account at Twilio, as sending needs it.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// Where the API is, without a slash at the end.
    pub base_url: String,
    /// `AC` and 32 hex digits.
    pub account_sid: String,
    /// The account's sid, or an API key's.
    pub user: String,
    /// The auth token, or the API key's secret.
    pub password: Secret<String>,
    /// On whose behalf texts are sent.
    pub sender: Sender,
    /// Where Twilio reports deliveries to.
    pub status_callback: String,
}

/// Sends through Twilio.
pub struct TwilioGateway {
    pub(super) client: Client,
    pub(super) account: TwilioAccount,
    pub(super) clock: Arc<dyn Clock>,
    dates: Arc<AnswerDates>,
}

impl TwilioGateway {
    /// A client for `account`. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// A fault when the TLS library cannot be set up.
    pub fn new(account: TwilioAccount, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        // The first of the process wins; everybody here installs the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent(concat!("thunderbird/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Fault::lasting(PORT, error))?;
        Ok(Self {
            client,
            account,
            clock,
            dates: Arc::default(),
        })
    }

    /// What time it is at Twilio, as its answers say.
    pub fn dates(&self) -> Arc<AnswerDates> {
        Arc::clone(&self.dates)
    }

    /// Sends a request, and notes the time of the answer.
    pub(super) async fn ask(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let asked = Instant::now();
        let answer = request.send().await?;
        self.dates.note(answer.headers(), asked);
        Ok(answer)
    }

    fn messages_url(&self) -> String {
        let TwilioAccount {
            base_url,
            account_sid,
            ..
        } = &self.account;
        format!("{base_url}/2010-04-01/Accounts/{account_sid}/Messages")
    }

    async fn post(&self, text: &GatewayText) -> Sent {
        let seconds = text.validity.min(MAX_VALIDITY).as_secs().max(1);
        let (sender, name) = match &self.account.sender {
            Sender::Number(number) => ("From", number.as_str()),
            Sender::Service(sid) => ("MessagingServiceSid", sid.as_str()),
        };
        let form = [
            ("To", text.to.as_str()),
            (sender, name),
            ("Body", text.body.expose().as_str()),
            ("StatusCallback", &self.account.status_callback),
            ("ValidityPeriod", &seconds.to_string()),
        ];
        let request = self
            .client
            .post(format!("{}.json", self.messages_url()))
            .basic_auth(&self.account.user, Some(self.account.password.expose()))
            .header(header::ACCEPT, "application/json")
            .form(&form);
        match self.ask(request).await {
            Ok(answer) => self.judge(answer).await,
            Err(error) if error.is_connect() || error.is_builder() => {
                tracing::warn!(event = "twilio.unreachable", error = %error.without_url(), "not sent");
                Sent::Temporary {
                    code: None,
                    retry_after: None,
                }
            }
            Err(error) => {
                tracing::warn!(event = "twilio.ambiguous", error = %error.without_url(), "sent or not, nobody knows");
                Sent::Ambiguous
            }
        }
    }

    async fn judge(&self, answer: Response) -> Sent {
        let status = answer.status().as_u16();
        let asked = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| error_code::retry_after(value, self.clock.now()));
        let body = read(answer, MAX_ANSWER).await;
        let sent = Answer {
            status,
            retry_after,
            body: body.as_deref(),
        }
        .sent();
        match &sent {
            Sent::Temporary { code, .. } | Sent::Permanent { code } => {
                tracing::warn!(event = "twilio.refused", status, code, "not sent");
            }
            Sent::AcceptedUnreadable => {
                tracing::error!(event = "twilio.unreadable", status, "sent, but without a name");
            }
            Sent::Accepted { .. } | Sent::Ambiguous => {}
        }
        sent
    }

    async fn get(&self, sid: &MessageSid) -> Fetched {
        let request = self
            .client
            .get(format!("{}/{sid}.json", self.messages_url()))
            .basic_auth(&self.account.user, Some(self.account.password.expose()))
            .header(header::ACCEPT, "application/json");
        let Ok(answer) = self.ask(request).await else {
            return Fetched::Unavailable;
        };
        let status = answer.status().as_u16();
        let body = read(answer, MAX_ANSWER).await;
        Answer {
            status,
            retry_after: None,
            body: body.as_deref(),
        }
        .fetched()
    }
}

/// The answer's body; `None` when it breaks off or is longer than anything Twilio writes.
pub(super) async fn read(mut answer: Response, most: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > most {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

impl SmsGateway for TwilioGateway {
    fn send<'a>(&'a self, text: &'a GatewayText) -> PortFuture<'a, Sent> {
        Box::pin(async move { Ok(self.post(text).await) })
    }

    fn fetch<'a>(&'a self, sid: &'a MessageSid) -> PortFuture<'a, Fetched> {
        Box::pin(async move { Ok(self.get(sid).await) })
    }
}
