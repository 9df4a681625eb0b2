//! Texts as Twilio delivers them to the service's webhook.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Service, Site};
use crate::fake_twilio::{ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, signature};

/// One delivery of one text; send it once, again, or changed.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The form's fields, in the order they are sent.
    pub form: Vec<(String, String)>,
    /// What goes into `X-Twilio-Signature`; `None` leaves the header out, "" is sent as it is.
    pub signature: Option<String>,
}

/// What the webhook answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came.
    pub body: String,
    /// The texts inside `<Message>`, unescaped, in order.
    pub messages: Vec<String>,
}

impl TextAnswer {
    /// All messages of the answer, joined with a line break.
    pub fn message(&self) -> String {
        self.messages.join("\n")
    }

    /// The answer as one line, as a person reads it.
    pub fn line(&self) -> String {
        self.message().replace('\n', " ")
    }
}

/// The way to a service's webhook, for a client that outlives a start of the service.
#[derive(Debug, Clone)]
pub struct Line {
    client: reqwest::Client,
    inbound_url: String,
}

impl Line {
    /// A text that is ready to be delivered.
    pub fn webhook(&self, from: &str, body: &str) -> Webhook {
        Webhook::new(&self.inbound_url, from, body)
    }

    /// The webhook's address, which is what is signed.
    pub fn url(&self) -> &str {
        &self.inbound_url
    }

    /// Delivers a webhook as it stands.
    pub async fn deliver(&self, webhook: &Webhook) -> Result<TextAnswer, reqwest::Error> {
        deliver(&self.client, &self.inbound_url, webhook).await
    }
}

async fn deliver(
    client: &reqwest::Client,
    url: &str,
    webhook: &Webhook,
) -> Result<TextAnswer, reqwest::Error> {
    let mut request = client.post(url).form(&webhook.form);
    if let Some(signature) = &webhook.signature {
        request = request.header("X-Twilio-Signature", signature);
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = response.text().await?;
    let messages = messages(&body);
    Ok(TextAnswer {
        status,
        body,
        messages,
    })
}

impl Site {
    /// The address that Twilio posts texts to.
    pub fn inbound_url(&self) -> String {
        self.url("/webhook/sms/inbound")
    }

    /// Delivers a webhook as it stands to the service as it runs now.
    pub async fn deliver(&self, webhook: &Webhook) -> Result<TextAnswer, reqwest::Error> {
        deliver(self.http(), &self.inbound_url(), webhook).await
    }
}

static NEXT_SID: AtomicU64 = AtomicU64::new(1);

impl Webhook {
    /// A text with a sid of its own, signed for `url` as Twilio signs it.
    pub fn new(url: &str, from: &str, body: &str) -> Self {
        let unique =
            u128::from(NEXT_SID.fetch_add(1, Ordering::Relaxed)) | u128::from(std::process::id()) << 64;
        let sid = format!("SM{unique:032x}");
        let fields = [
            ("ToCountry", "AU"),
            ("ToState", ""),
            ("SmsMessageSid", &sid),
            ("NumMedia", "0"),
            ("ToCity", ""),
            ("FromZip", ""),
            ("SmsSid", &sid),
            ("FromState", ""),
            ("SmsStatus", "received"),
            ("FromCity", ""),
            ("Body", body),
            ("FromCountry", "AU"),
            ("To", OUR_NUMBER),
            ("ToZip", ""),
            ("NumSegments", "1"),
            ("MessageSid", &sid),
            ("AccountSid", ACCOUNT_SID),
            ("From", from),
            ("ApiVersion", "2010-04-01"),
        ];
        let form = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Self {
            form,
            signature: None,
        }
        .signed(url)
    }

    /// The same with one field set to another value, not signed again.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.form.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.form.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The same without one field, not signed again.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.form.retain(|(field, _)| field != name);
        self
    }

    /// The same, signed for `url`.
    #[must_use]
    pub fn signed(mut self, url: &str) -> Self {
        self.signature = Some(signature(AUTH_TOKEN, url, &self.form));
        self
    }

    /// The MessageSid.
    pub fn sid(&self) -> &str {
        self.form
            .iter()
            .find(|(name, _)| name == "MessageSid")
            .map_or("", |(_, value)| value)
    }
}

impl Service {
    /// The address that Twilio posts texts to.
    pub fn inbound_url(&self) -> String {
        self.site().inbound_url()
    }

    /// A text that is ready to be delivered.
    pub fn webhook(&self, from: &str, body: &str) -> Webhook {
        assert!(
            self.env("TWILIO_AUTH_TOKEN").is_some(),
            "texts are signed with the fake Twilio's token"
        );
        Webhook::new(&self.inbound_url(), from, body)
    }

    /// Delivers a text and insists on a 200.
    pub async fn text(&self, from: &str, body: &str) -> TextAnswer {
        let answer = self.deliver(&self.webhook(from, body)).await;
        assert_eq!(answer.status, 200, "{body:?}: {}", answer.body);
        answer
    }

    /// Delivers a webhook as it stands.
    pub async fn deliver(&self, webhook: &Webhook) -> TextAnswer {
        self.try_deliver(webhook).await.expect("the service answers")
    }

    /// Delivers a webhook to a service that may be dying.
    pub async fn try_deliver(&self, webhook: &Webhook) -> Result<TextAnswer, reqwest::Error> {
        self.site().deliver(webhook).await
    }

    /// The way to the webhook of the service as it runs now.
    pub fn line(&self) -> Line {
        Line {
            client: self.http().clone(),
            inbound_url: self.inbound_url(),
        }
    }
}

/// The texts of the `<Message>` elements of a TwiML answer.
fn messages(body: &str) -> Vec<String> {
    let unescape = |text: &str| {
        let entities = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#10;", "\n"),
            ("&amp;", "&"),
        ];
        entities.iter().fold(text.to_owned(), |text, (entity, letter)| {
            text.replace(entity, letter)
        })
    };
    let parts = body.split("<Message>").skip(1);
    parts
        .filter_map(|part| part.split_once("</Message>"))
        .map(|(text, _)| unescape(text))
        .collect()
}
