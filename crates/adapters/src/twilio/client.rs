//! Twilio's Message resource: one POST to send, one GET to read back
//! (<https://www.twilio.com/docs/messaging/api/message-resource>).

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Response, StatusCode, header, redirect, retry};
use serde::Deserialize;
use thunderbird_domain::{
    phone_number::PhoneNumber,
    port::{Fault, PortFuture},
    secret::Secret,
    sms::{
        gateway::{Fetched, GatewayText, MAX_VALIDITY, MessageSid, Sent, SmsGateway},
        price::{Currency, Price},
    },
    time::Clock,
};

use super::{error_code, status};

const PORT: &str = "SMS gateway";
const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);

/// An idle connection is dropped before the other side would: a request on a connection that is just being closed
/// ends ambiguous.
const IDLE: Duration = Duration::from_secs(15);

/// More than this of an answer is not read.
const MAX_ANSWER: usize = 64 * 1024;

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
    client: Client,
    account: TwilioAccount,
    clock: Arc<dyn Clock>,
}

/// The parts of a Message resource that matter here. Twilio writes numbers as strings, unknown values as null.
#[derive(Deserialize)]
struct Message {
    sid: String,
    status: Option<String>,
    error_code: Option<Number>,
    price: Option<Number>,
    price_unit: Option<String>,
    num_segments: Option<Number>,
}

/// Twilio's error JSON.
#[derive(Deserialize)]
struct Refusal {
    code: Option<u32>,
}

/// A number, or a string that holds one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(serde_json::Number),
}

impl Number {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    fn count(&self) -> Option<u32> {
        self.text().parse().ok()
    }
}

impl Message {
    fn price(&self) -> Option<Price> {
        let currency = Currency::parse(self.price_unit.as_deref()?)?;
        let charged = Price::from_decimal(&self.price.as_ref()?.text(), currency)?;
        Some(Price {
            micros: charged.micros.saturating_abs(),
            currency,
        })
    }

    fn segments(&self) -> Option<u32> {
        self.num_segments.as_ref().and_then(Number::count)
    }
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
        })
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
        match request.send().await {
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
        let status = answer.status();
        let asked = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| error_code::retry_after(value, self.clock.now()));
        let body = read(answer).await;
        if !status.is_success() {
            let refusal: Option<Refusal> = body.and_then(|body| serde_json::from_slice(&body).ok());
            let code = refusal.and_then(|refusal| refusal.code);
            tracing::warn!(
                event = "twilio.refused",
                status = status.as_u16(),
                code,
                "not sent"
            );
            return error_code::refusal(status.as_u16(), code, retry_after);
        }
        let message: Option<Message> = body.and_then(|body| serde_json::from_slice(&body).ok());
        let named = message.and_then(|message| Some((MessageSid::parse(&message.sid)?, message)));
        if let Some((sid, message)) = named {
            let (price, segments) = (message.price(), message.segments());
            return Sent::Accepted { sid, price, segments };
        }
        tracing::error!(
            event = "twilio.unreadable",
            status = status.as_u16(),
            "sent, but without a name"
        );
        Sent::AcceptedUnreadable
    }

    async fn get(&self, sid: &MessageSid) -> Fetched {
        let request = self
            .client
            .get(format!("{}/{sid}.json", self.messages_url()))
            .basic_auth(&self.account.user, Some(self.account.password.expose()))
            .header(header::ACCEPT, "application/json");
        let Ok(answer) = request.send().await else {
            return Fetched::Unavailable;
        };
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Fetched::Missing,
            _ => return Fetched::Unavailable,
        }
        let message: Option<Message> = read(answer)
            .await
            .and_then(|body| serde_json::from_slice(&body).ok());
        let known =
            message.and_then(|message| Some((status::provider_status(message.status.as_deref()?)?, message)));
        match known {
            Some((status, message)) => Fetched::Found {
                status,
                code: message
                    .error_code
                    .as_ref()
                    .and_then(Number::count)
                    .filter(|code| *code > 0),
                price: message.price(),
                segments: message.segments().filter(|segments| *segments > 0),
            },
            None => Fetched::Unavailable,
        }
    }
}

/// The answer's body; `None` when it breaks off or is longer than anything Twilio writes.
async fn read(mut answer: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > MAX_ANSWER {
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
